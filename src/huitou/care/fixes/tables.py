"""What was mended, and who was told that it is."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from huitou.store.columns import Instant, Serial, metadata

fix = Table(
    "fix",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("cause", String(40), nullable=False),
    Column("product", String(200)),
    Column("store", String(200)),
    Column("step", String(40)),
    Column("words", Text, nullable=False),
    Column("owner", String(120), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("expected", Float),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("expected IS NULL OR (expected > 0 AND expected <= 1)", name="expected"),
)
Index("ix_fix_cause", fix.c.cause, fix.c.made_on)

fix_told = Table(
    "fix_told",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("fix_id", String(26), ForeignKey("fix.id"), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("fix_id", "person_id"),
)
Index("ix_fix_told_person", fix_told.c.person_id)

fix_due = Table(
    "fix_due",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("fix_id", String(26), ForeignKey("fix.id"), nullable=False),
    Column("said", Boolean, nullable=False),
)
