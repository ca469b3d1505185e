"""What customers demanded beyond what is theirs, and what was conceded, in the books.

demand       conceded   within what a clerk may decide alone
             asked      above it: somebody else has to decide
             approved   an exception, with its reason
             refused    with the words that were said, or by whoever was asked
demand_day   what a clerk has conceded alone on a day
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from huitou.store.columns import Amount, Instant, metadata

demand = Table(
    "demand",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("person_id", String(64)),
    Column("kind", String(40), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("by", String(120), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("decided_by", String(120)),
    Column("decided_at", Instant),
    Column("decided_words", Text),
    CheckConstraint("state IN ('conceded', 'asked', 'approved', 'refused')", name="state"),
    CheckConstraint("amount >= 0 AND minutes BETWEEN 0 AND 1440", name="effort"),
    CheckConstraint(
        "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> by)", name="other"
    ),
)
Index("ix_demand_person", demand.c.person_id, demand.c.at)
Index("ix_demand_state", demand.c.state, demand.c.at)

demand_day = Table(
    "demand_day",
    metadata,
    Column("by", String(120), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("spent", Amount, nullable=False),
    CheckConstraint("spent >= 0", name="not_negative"),
)
