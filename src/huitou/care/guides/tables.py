"""Guides in the books, and how often each was opened.

guide        one page of a product, in the languages it is written in
guide_open   one visit of it, or one tick that it helped; a household a day counts once
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Table

from huitou.store.columns import Instant, Json, metadata

guide = Table(
    "guide",
    metadata,
    Column("slug", String(60), primary_key=True),
    Column("product", String(200), nullable=False),
    Column("told", Json, nullable=False),
    Column("video", String(500)),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("removed_at", Instant),
)
"""`told`: language -> title and steps, one a line."""

guide_open = Table(
    "guide_open",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("slug", String(60), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('open', 'helped')", name="kind"),
)
Index("ix_guide_open_slug", guide_open.c.slug, guide_open.c.day)
