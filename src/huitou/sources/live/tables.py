"""What connections keep: in the books who may tell us, in the lake what they told beside orders."""

from __future__ import annotations

import duckdb
from sqlalchemy import CheckConstraint, Column, String, Table

from huitou.store.columns import Instant, metadata

connection = Table(
    "connection",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(80), nullable=False, unique=True),
    Column("source", String(80), nullable=False),
    Column("key_hash", String(64), unique=True),
    Column("secret_env", String(80)),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("(key_hash IS NULL) <> (secret_env IS NULL)", name="one_secret"),
)
"""A write key is never kept, only its SHA-256; a shop's secret stays in the environment."""

_STATEMENTS = (
    # One row a message, be it a visit (`segment.VISIT`) or not; the same message of the same source
    # is one row for ever.
    """CREATE TABLE IF NOT EXISTS visits (
        source VARCHAR NOT NULL, message VARCHAR NOT NULL, seen_at TIMESTAMP NOT NULL,
        day DATE NOT NULL, kind VARCHAR NOT NULL, name VARCHAR, visitor VARCHAR,
        member_no VARCHAR, phone VARCHAR, email VARCHAR, sku VARCHAR, product VARCHAR,
        path VARCHAR, loaded_at TIMESTAMP NOT NULL)""",
    # What people say of themselves: the latest word of a source about each.
    """CREATE TABLE IF NOT EXISTS profiles (
        source VARCHAR NOT NULL, key VARCHAR NOT NULL, member_no VARCHAR, phone VARCHAR,
        email VARCHAR, name VARCHAR, address VARCHAR, birthday DATE, first_at TIMESTAMP NOT NULL,
        told_at TIMESTAMP NOT NULL, loaded_at TIMESTAMP NOT NULL)""",
    # Which visitor was seen as whom.
    """CREATE TABLE IF NOT EXISTS visitor_ties (
        visitor VARCHAR NOT NULL, key VARCHAR NOT NULL, seen_at TIMESTAMP NOT NULL)""",
    # Each order as it stands, with what was paid back: from it its lines are written.
    """CREATE TABLE IF NOT EXISTS live_orders (
        source VARCHAR NOT NULL, order_id VARCHAR NOT NULL, standing VARCHAR NOT NULL,
        visitor VARCHAR)""",
    """CREATE TABLE IF NOT EXISTS rejected (
        connection VARCHAR NOT NULL, message VARCHAR NOT NULL, name VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, received TIMESTAMP NOT NULL, raw VARCHAR NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS heard (
        connection VARCHAR NOT NULL, last TIMESTAMP NOT NULL)""",
)


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the lake that are not there yet."""
    for statement in _STATEMENTS:
        con.execute(statement)
