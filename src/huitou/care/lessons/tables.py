"""Texts whose cause a person named: what staff teach the sorter."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from huitou.store.columns import Instant, metadata

lesson = Table(
    "lesson",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("language", String(10), nullable=False),
    Column("cause", String(40), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
)
