"""Complaints, what was said about each, and what was attached, in the books."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
)

from huitou.store.columns import Amount, Instant, Serial, metadata

complaint = Table(
    "complaint",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("source_key", String(200), nullable=False, unique=True),
    Column("person_id", String(64)),
    Column("name", String(120)),
    Column("phone", String(40)),
    Column("email", String(200)),
    Column("kind", String(10), nullable=False),
    Column("cause", String(40)),
    Column("cause_share", Float),
    Column("cause_by", String(120)),
    Column("words", Text, nullable=False),
    Column("language", String(20), nullable=False),
    Column("product", String(200)),
    Column("store", String(120)),
    Column("order_id", String(120)),
    Column("channel", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("owner", String(120)),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("resolved_at", Instant),
    Column("escalated_at", Instant),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Column("csat", SmallInteger),
    CheckConstraint("kind IN ('product', 'service', 'delivery', 'price', 'other')", name="kind"),
    CheckConstraint("channel IN ('form', 'email', 'api', 'staff', 'import')", name="channel"),
    CheckConstraint(
        "state IN ('new', 'assigned', 'answered', 'resolved', 'held', 'dismissed')", name="state"
    ),
    CheckConstraint("csat IS NULL OR csat BETWEEN 1 AND 5", name="csat"),
    CheckConstraint(
        "cause_share IS NULL OR (cause_share >= 0 AND cause_share <= 1)", name="cause_share"
    ),
)
Index("ix_complaint_waiting", complaint.c.state, complaint.c.received_at, complaint.c.id)
Index("ix_complaint_person", complaint.c.person_id, complaint.c.state)

entry = Table(
    "complaint_entry",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("complaint_id", String(26), ForeignKey("complaint.id"), nullable=False, index=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("by", String(120), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("amount", Amount),
    CheckConstraint("kind IN ('in', 'out', 'note', 'gesture', 'state')", name="kind"),
    CheckConstraint("(kind = 'gesture') = (amount IS NOT NULL)", name="amount"),
)

file = Table(
    "complaint_file",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("complaint_id", String(26), ForeignKey("complaint.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("media", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
