"""Reports that were sent, and what the guardrail saw of each plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json
from huitou.store.migrations.guards import Guard, append_only, never_taken_back

revision = "0011_reports"
down_revision = "0010_lessons"

GUARDS = [
    never_taken_back(
        "report_sent",
        "state",
        {
            "waiting": ("handing_over",),
            "handing_over": ("accepted", "refused", "in_doubt", "waiting"),
            "in_doubt": ("accepted", "refused"),
        },
    ),
    Guard("report_sent", "DELETE", "1 = 1", "a report that was sent is kept for ever"),
    *append_only("plan_guard"),
]


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "report_sent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("period IN ('week', 'month')", name=op.f("ck_report_sent_period")),
        sa.CheckConstraint(
            "state IN ('waiting', 'handing_over', 'accepted', 'refused', 'in_doubt')",
            name=op.f("ck_report_sent_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_sent")),
        sa.UniqueConstraint("period", "due_on", "recipient", name="uq_report_sent_due"),
        sa.UniqueConstraint("period", "until", "recipient", name="uq_report_sent_once"),
    )
    op.create_table(
        "plan_guard",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", Json(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('look', 'stopped', 'lifted')", name=op.f("ck_plan_guard_kind")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_guard_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_guard")),
    )
    op.create_index(op.f("ix_plan_guard_plan_id"), "plan_guard", ["plan_id"], unique=False)
    for guard in GUARDS:
        guard.post()
