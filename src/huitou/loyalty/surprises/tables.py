"""Small gifts nobody was promised: drawn, waiting at the till, handed over once.

surprise         one gift to one person on one occasion, or that they were drawn to get none
surprise_budget  what a month may cost, and what of it is spoken for
surprise_count   how many one person was given in a year
birthday         the month in which somebody was born, where they told it
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
)

from huitou.store.columns import Amount, Instant, Json, metadata

surprise = Table(
    "surprise",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("gift", String(40), nullable=False),
    Column("occasion", String(60), nullable=False),
    Column("what", String(200), nullable=False),
    Column("cost", Amount, nullable=False),
    Column("arm", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("chance", Float, nullable=False),
    Column("lot", Float, nullable=False),
    Column("day", Date, nullable=False),
    Column("month", String(7), nullable=False),
    Column("receipt", Json, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Column("delivered_by", String(120)),
    CheckConstraint("arm IN ('given', 'control')", name="arm"),
    CheckConstraint("state IN ('waiting', 'delivered', 'expired', 'control')", name="state"),
    CheckConstraint("(arm = 'control') = (state = 'control')", name="control"),
    CheckConstraint("chance > 0 AND chance <= 1", name="chance"),
    CheckConstraint("cost > 0", name="cost"),
)
"""`chance`: with which this person came into this arm; `lot`: the keyed lot that drew them."""
Index("ix_surprise_person", surprise.c.person_id)
Index("ix_surprise_waiting", surprise.c.state, surprise.c.ends_at)

surprise_budget = Table(
    "surprise_budget",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("cap", Amount, nullable=False),
    Column("spent", Amount, nullable=False),
    CheckConstraint("spent >= 0 AND spent <= cap", name="within"),
)

surprise_count = Table(
    "surprise_count",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
    CheckConstraint("n >= 0", name="n"),
)

birthday = Table(
    "birthday",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("month", SmallInteger, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("month BETWEEN 1 AND 12", name="month"),
)
