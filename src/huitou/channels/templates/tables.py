"""What messages are written from: every version that was ever saved, never changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, String, Table, Text

from huitou.ground.channels import CHANNELS
from huitou.store.columns import Instant, Json, metadata

template = Table(
    "template",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("channel", String(10), primary_key=True),
    Column("language", String(10), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("names", Json, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"channel IN {tuple(CHANNELS)}", name="channel"),
    CheckConstraint("version >= 1", name="version"),
)
"""The highest version is in use. `names`: what the text may name besides what all may."""
