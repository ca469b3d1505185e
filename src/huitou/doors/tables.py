"""What the doors keep in the books: staff, their sessions, one-time links and API tokens.

Secrets are never kept: a session, a link and a token are found by the SHA-256 of what the holder
shows, a password by its argon2id hash.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from huitou.store.columns import Instant, Json, metadata

ROLES = ("owner", "manager", "clerk", "viewer")
"""Owner: everything. Manager: plans and files. Clerk: customers. Viewer: reads only."""

_IS_ROLE = "role IN ('owner', 'manager', 'clerk', 'viewer')"

staff_user = Table(
    "staff_user",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(10), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("wait_until", Instant),
    CheckConstraint(_IS_ROLE, name="role"),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("staff_user.id"), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

staff_link = Table(
    "staff_link",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
    CheckConstraint(_IS_ROLE, name="role"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", Json, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)
