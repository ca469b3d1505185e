"""Experiments, written down before the first letter and never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json
from huitou.store.migrations.guards import Guard, append_only

revision = "0015_proving"
down_revision = "0014_learning"

GUARDS = [
    *append_only("experiment"),
    Guard(
        "experiment",
        "INSERT",
        "EXISTS (SELECT 1 FROM message WHERE message.plan_id = NEW.plan_id)",
        "an experiment is written down before the first letter, not after it",
    ),
]


def upgrade() -> None:
    """Forward only. Plans from before have none, and are read as before."""
    op.create_table(
        "experiment",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("lot", sa.String(length=40), nullable=False),
        sa.Column("written", Json(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('campaign', 'programme')", name=op.f("ck_experiment_kind")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_experiment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("plan_id", "kind", name="uq_experiment_plan_kind"),
    )
    for guard in GUARDS:
        guard.post()
