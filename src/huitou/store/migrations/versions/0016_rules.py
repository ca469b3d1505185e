"""What an offer counts on, the rule that struck, own acts, do-not-chase marks, second approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, append_only

revision = "0016_rules"
down_revision = "0015_proving"

ALONE = (
    "NEW.needs_second AND NEW.status IN ('approved', 'applying', 'applied')"
    " AND (NEW.first_by IS NULL OR NEW.first_by = NEW.approved_by"
    " OR coalesce(NEW.drafted_by, '') = NEW.approved_by)"
)
"""What one person alone would have let out of the house (TRUST I-19)."""
LOWERED = "OLD.needs_second AND NOT coalesce(NEW.needs_second, false)"
RENAMED = "NEW.name <> OLD.name OR OLD.removed_at IS NOT NULL"


def upgrade() -> None:
    """Forward only. Rows from before know nothing of it: null."""
    op.add_column("decision", sa.Column("rule", sa.String(length=40), nullable=True))
    op.add_column("decision", sa.Column("rule_day", sa.Date(), nullable=True))
    for name in ("least_order", "least_pays", "most_pays"):
        op.add_column("decision", sa.Column(name, Amount(), nullable=True))
    op.add_column("offer", sa.Column("least", Amount(), nullable=True))
    op.add_column("offer", sa.Column("served", sa.Boolean(), nullable=True))
    _own_acts()
    _marks()
    _second_eyes()


def _own_acts() -> None:
    op.create_table(
        "own_act",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=120), nullable=True),
        sa.Column("removed_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(removed_by IS NULL) = (removed_at IS NULL)", name=op.f("ck_own_act_removed")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_own_act")),
    )
    Guard("own_act", "UPDATE", RENAMED, "an own act is only taken away").post()
    Guard("own_act", "DELETE", "1 = 1", "receipts name it: an own act is kept").post()


def _marks() -> None:
    op.create_table(
        "chase_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('never', 'reviewed', 'lifted')", name=op.f("ck_chase_mark_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chase_mark")),
    )
    op.create_index("ix_chase_mark_person", "chase_mark", ["person_id", "at"], unique=False)
    for guard in append_only("chase_mark"):
        guard.post()


def _second_eyes() -> None:
    op.add_column("plan", sa.Column("drafted_by", sa.String(length=120), nullable=True))
    op.add_column("plan", sa.Column("needs_second", sa.Boolean(), nullable=True))
    op.add_column("plan", sa.Column("first_by", sa.String(length=120), nullable=True))
    op.add_column("plan", sa.Column("first_at", Instant(timezone=True), nullable=True))
    sentence = "above the limit a second person approves, who did not draft it"
    Guard("plan", "UPDATE", f"({ALONE}) OR ({LOWERED})", sentence, also="_alone").post()
