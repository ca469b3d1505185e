"""The merchant's own acts, in the books: kept for ever, for receipts name them.

own_act     what the merchant said it is (`decisions.acts.act_of` reads it), who added it, and
            who took it away again
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, String, Table

from huitou.store.columns import Instant, Json, metadata

own_act = Table(
    "own_act",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("told", Json, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("removed_by", String(120)),
    Column("removed_at", Instant),
    CheckConstraint("(removed_by IS NULL) = (removed_at IS NULL)", name="removed"),
)
"""A name stands for one act for ever: what was sent by it must not change its meaning."""
