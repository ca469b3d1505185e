"""What each plan promised and what was proven, and what a receipt's effect rests on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant
from huitou.store.migrations.guards import append_only

revision = "0013_effects"
down_revision = "0012_draws"

GUARDS = [*append_only("plan_promise")]


def upgrade() -> None:
    """Forward only. Decisions from before know neither suspicion nor letters: null."""
    op.create_table(
        "plan_promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("low", Amount(), nullable=False),
        sa.Column("high", Amount(), nullable=False),
        sa.Column("shrunk", Amount(), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("level", sa.Float(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'promised') = (shrunk IS NOT NULL)", name=op.f("ck_plan_promise_shrunk")
        ),
        sa.CheckConstraint("kind IN ('promised', 'proven')", name=op.f("ck_plan_promise_kind")),
        sa.CheckConstraint("low <= value AND value <= high", name=op.f("ck_plan_promise_interval")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_promise_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_promise")),
        sa.UniqueConstraint("plan_id", "kind", "as_of", name="uq_plan_promise"),
    )
    op.add_column("decision", sa.Column("suspicion", sa.Float(), nullable=True))
    op.add_column("decision", sa.Column("letters", sa.Integer(), nullable=True))
    for guard in GUARDS:
        guard.post()
