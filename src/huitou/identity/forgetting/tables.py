"""That somebody was forgotten: when, and by whom. Whom, only their own contacts can show.

    forgetting       one time somebody asked to be forgotten
    forgotten_key    keyed hashes of what they were known by, to know them if they come again

While a `forgetting` is open, in the unit that does it, the guards of the books let the personal
columns of their tables change, and no others (migration 0027).
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from huitou.store.columns import Instant, metadata

forgetting = Table(
    "forgetting",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("open", Boolean, nullable=False),
)

forgotten_key = Table(
    "forgotten_key",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("forgetting_id", String(26), ForeignKey("forgetting.id"), nullable=False, index=True),
)
"""`mark`: HMAC of a key with the shop's salt, which is not in the books."""
