"""Which chore was done at which of its moments, by whom: one row, so that one process wins."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from huitou.store.columns import Instant, Json, Serial, index_where, metadata

firing = Table(
    "firing",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("chore", String(40), nullable=False),
    Column("slot", Instant, nullable=False),
    Column("owner", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("beats", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("did", Json),
    Column("reason", Text),
    UniqueConstraint("chore", "slot", name="uq_firing_slot"),
    CheckConstraint("state IN ('running', 'done', 'failed', 'lost')", name="state"),
)
"""`beats` goes up while its owner lives: others judge that by watching it, not by any clock."""
index_where("uq_firing_running", "state = 'running'", firing.c.chore, unique=True)
