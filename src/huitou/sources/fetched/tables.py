"""What is kept of sources that are asked: what each is and expects, how far it was read, and the
files of folders, each by its content."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, String, Table, Text

from huitou.store.columns import Instant, Json, metadata

fetched = Table(
    "fetched",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(80), nullable=False, unique=True),
    Column("address", String(500), nullable=False),
    Column("secret_env", String(80)),
    Column("query", Text),
    Column("cursor", String(120)),
    Column("mapping", Json),
    Column("expected", Json, nullable=False),
    Column("position", Json),
    Column("rows", BigInteger, nullable=False),
    Column("newest", Instant),
    Column("last_at", Instant),
    Column("told", Json),
    Column("failed", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("(query IS NULL) = (cursor IS NULL)", name="query_and_cursor"),
    CheckConstraint("failed IN (0, 1)", name="failed_or_not"),
)
"""A secret is never kept, only the name of the variable that holds it."""

fetched_file = Table(
    "fetched_file",
    metadata,
    Column("fetched_id", String(26), primary_key=True),
    Column("content", String(64), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("reason", Text),
)
"""A file of a folder that was taken, or set aside with its reason; the file itself stays."""
