"""Caps in the books: a reservation for each message that was handed over, or may have been.

cap_turn   one row for each person: whoever reserves for them takes it first
cap_kept   the reservations; every cap is counted from these
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, String, Table

from huitou.store.columns import Amount, Instant, metadata

cap_turn = Table(
    "cap_turn",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("n", BigInteger, nullable=False),
)

cap_kept = Table(
    "cap_kept",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("value", Amount, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    CheckConstraint("state IN ('kept', 'released')", name="state"),
)
Index("ix_cap_kept_person", cap_kept.c.person_id, cap_kept.c.at)
