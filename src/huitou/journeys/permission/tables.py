"""What the one judge of all that leaves the house knows and keeps, in the books.

sending_rules   the merchant's rules as they were put in force; the latest row counts
sending_place   where somebody is, as far as it is known: it says which law and which clock
sending_harm    by channel: how many letters were answered by asking for silence
cap_turn        one row for each person: whoever reserves takes it first
cap_kept        what was handed over, or may have been: every cap is counted from these
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    Float,
    Integer,
    String,
    Table,
)

from huitou.store.columns import Instant, Json, Serial, metadata

sending_rules = Table(
    "sending_rules",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("told", Json, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
)

sending_place = Table(
    "sending_place",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("country", String(2)),
    Column("phone_country", String(2)),
    Column("zones", Json, nullable=False),
    Column("bought_on", Date),
    Column("at", Instant, nullable=False),
)
"""`country`: as they declared it. `zones`: those their phone number may ring in."""

sending_harm = Table(
    "sending_harm",
    metadata,
    Column("channel", String(10), primary_key=True),
    Column("sent", Integer, nullable=False),
    Column("silenced", Integer, nullable=False),
    Column("low", Float, nullable=False),
    Column("at", Instant, nullable=False),
)
"""`low`: lower end of the 95 % interval of the share that asked for silence."""
