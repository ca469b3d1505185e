"""What happened around the shop, and rows that could not be taken as they stood, in the books."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from huitou.store.columns import Instant, Json, metadata

happening = Table(
    "happening",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("until", Date),
    Column("person_id", String(64)),
    Column("store", String(200)),
    Column("region", String(200)),
    Column("product", String(200)),
    Column("category", String(200)),
    Column("clerk", String(200)),
    Column("words", Text, nullable=False),
    Column("by", String(120), nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("withdrawn_by", String(120)),
    Column("withdrawn_at", Instant),
    CheckConstraint("until IS NULL OR until >= day", name="until"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
)
Index("ix_happening_day", happening.c.day, happening.c.id)
Index("ix_happening_person", happening.c.person_id, happening.c.day)

happening_aside = Table(
    "happening_aside",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("file", String(200), nullable=False),
    Column("line", Integer, nullable=False),
    Column("raw", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("to_try", Text),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_happening_aside_at", happening_aside.c.at)
