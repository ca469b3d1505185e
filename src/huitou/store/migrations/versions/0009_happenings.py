"""What happened around the shop, as staff and files tell it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json
from huitou.store.migrations.guards import Guard

revision = "0009_happenings"
down_revision = "0008_fixes"


GUARDS = (
    Guard(
        "happening",
        "UPDATE",
        "OLD.withdrawn_at IS NOT NULL OR NEW.key <> OLD.key OR NEW.kind <> OLD.kind"
        " OR NEW.day <> OLD.day",
        "what happened is withdrawn, never rewritten",
    ),
)


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "happening",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("store", sa.String(length=200), nullable=True),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("clerk", sa.String(length=200), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("told_at", Instant(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=120), nullable=True),
        sa.Column("withdrawn_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_happening_withdrawn")
        ),
        sa.CheckConstraint("until IS NULL OR until >= day", name=op.f("ck_happening_until")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening")),
        sa.UniqueConstraint("key", name=op.f("uq_happening_key")),
    )
    op.create_index("ix_happening_day", "happening", ["day", "id"], unique=False)
    op.create_index("ix_happening_person", "happening", ["person_id", "day"], unique=False)

    op.create_table(
        "happening_aside",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("raw", Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("to_try", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening_aside")),
    )
    op.create_index("ix_happening_aside_at", "happening_aside", ["at"], unique=False)
    for guard in GUARDS:
        guard.post()
