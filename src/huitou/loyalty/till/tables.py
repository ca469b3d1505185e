"""Sales that a till or a checkout told as they happened, before any file brings them.

till_order   one sale to a customer who was named, or whose offer was used; kept when cancelled
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String, Table

from huitou.store.columns import Amount, Instant, metadata

till_order = Table(
    "till_order",
    metadata,
    Column("order_id", String(200), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("total", Amount, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    CheckConstraint("total >= 0", name="total"),
)
Index("ix_till_order_person", till_order.c.person_id, till_order.c.at)
