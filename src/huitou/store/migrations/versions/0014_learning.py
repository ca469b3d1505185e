"""Planned tests, and which decision was drawn in one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json

revision = "0014_learning"
down_revision = "0013_effects"


def upgrade() -> None:
    """Forward only. Decisions from before were in no test, and what was meant is not priced."""
    op.create_table(
        "trial",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("arms", Json(), nullable=False),
        sa.Column("stages", Json(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("enrol_until", sa.Date(), nullable=False),
        sa.Column("expected", Json(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.String(length=120), nullable=True),
        sa.Column("stopped_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("most > 0", name=op.f("ck_trial_most")),
        sa.CheckConstraint("days > 0", name=op.f("ck_trial_days")),
        sa.CheckConstraint("outcome IN ('visits', 'profit')", name=op.f("ck_trial_outcome")),
        sa.CheckConstraint(
            "(stopped_by IS NULL) = (stopped_at IS NULL)", name=op.f("ck_trial_stopped")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    op.create_index("ix_trial_at", "trial", ["at"], unique=False)
    op.add_column("decision", sa.Column("test", sa.String(length=26), nullable=True))
    op.add_column("decision", sa.Column("intended_worst", Amount(), nullable=True))
    op.create_index("ix_decision_test", "decision", ["test"], unique=False)
