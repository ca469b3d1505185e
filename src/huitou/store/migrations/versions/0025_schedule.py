"""Which chore was done at which of its moments, by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json, Serial

revision = "0025_schedule"
down_revision = "0024_post"


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "firing",
        sa.Column("id", Serial, nullable=False),
        sa.Column("chore", sa.String(length=40), nullable=False),
        sa.Column("slot", Instant(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("beats", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("began_at", Instant(timezone=True), nullable=False),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("did", Json(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'failed', 'lost')", name=op.f("ck_firing_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing")),
        sa.UniqueConstraint("chore", "slot", name="uq_firing_slot"),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "uq_firing_running",
        "firing",
        ["chore"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
