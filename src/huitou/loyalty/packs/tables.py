"""Packs: sessions that were bought together, and are used one visit at a time.

A pack is a parcel of the kind `pack` (see `loyalty.points.tables`): sessions left, and until when,
stand there. Here stands what was sold, and for how much.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from huitou.store.columns import Amount, Instant, metadata

pack = Table(
    "pack",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("parcel", String(240), ForeignKey("parcel.id"), nullable=False, unique=True),
    Column("person_id", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("price", Amount, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("sessions > 0 AND price >= 0", name="sold"),
)
Index("ix_pack_person", pack.c.person_id)
