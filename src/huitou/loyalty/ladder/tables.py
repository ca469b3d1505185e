"""The step each person stands on, how they came there, and what they were given.

ladder_stand     one row a person who ever left the lowest step: where they stand now
ladder_move      every climb, fall and warning, never changed (triggers, on both databases)
ladder_look      every day whose figures were judged
ladder_delivery  every privilege handed over; `slot` names person, privilege and period, and is
                 free again when a delivery is taken back
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from huitou.store.columns import Instant, Serial, metadata

HOWS = ("placed", "climbed", "hand", "fell")
MOVES = ("placed", "climbed", "warned", "kept", "fell", "hand", "merged")

ladder_stand = Table(
    "ladder_stand",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("step", String(40), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("how", String(10), nullable=False),
    Column("falls_on", Date),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"how IN {HOWS}", name="how"),
    CheckConstraint("rank >= 0", name="rank"),
)

ladder_move = Table(
    "ladder_move",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("step_before", String(40), nullable=False),
    Column("step", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("falls_on", Date),
    Column("why", Text),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"kind IN {MOVES}", name="kind"),
    CheckConstraint("(kind = 'hand') = (why IS NOT NULL)", name="why"),
)
Index("ix_ladder_move_person", ladder_move.c.person_id)
Index("ix_ladder_move_day", ladder_move.c.day, ladder_move.c.kind)

ladder_look = Table(
    "ladder_look",
    metadata,
    Column("day", Date, primary_key=True),
    Column("at", Instant, nullable=False),
)

ladder_delivery = Table(
    "ladder_delivery",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("slot", String(64), unique=True),
    Column("person_id", String(64), nullable=False),
    Column("privilege", String(40), nullable=False),
    Column("step", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("day", Date, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_by", String(120)),
    Column("undone_at", Instant),
    CheckConstraint("(slot IS NULL) = (undone_at IS NOT NULL)", name="slot"),
    CheckConstraint("(undone_by IS NULL) = (undone_at IS NULL)", name="undone"),
)
Index("ix_ladder_delivery_person", ladder_delivery.c.person_id)
Index("ix_ladder_delivery_day", ladder_delivery.c.day)
