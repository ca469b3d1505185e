"""What became of each message, in the books: at most one hand-over per (decision, channel)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from huitou.store.columns import Instant, metadata

delivery = Table(
    "delivery",
    metadata,
    Column("decision_id", String(64), ForeignKey("message.decision_id"), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("stage", String(20)),
    Column("reason", Text),
    Column("at", Instant, nullable=False),
    Column("settled_by", String(120)),
    CheckConstraint(
        "state IN ('planned', 'handing_over', 'accepted', 'refused', 'in_doubt', 'suppressed',"
        " 'expired')",
        name="state",
    ),
)
Index("ix_delivery_state", delivery.c.channel, delivery.c.state, delivery.c.decision_id)
