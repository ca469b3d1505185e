"""What was mended, and who was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant
from huitou.store.migrations.guards import Guard

revision = "0008_fixes"
down_revision = "0007_calls"


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "fix",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("store", sa.String(length=200), nullable=True),
        sa.Column("step", sa.String(length=40), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "expected IS NULL OR (expected > 0 AND expected <= 1)", name=op.f("ck_fix_expected")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fix")),
    )
    with op.batch_alter_table("fix", schema=None) as batch_op:
        batch_op.create_index("ix_fix_cause", ["cause", "made_on"], unique=False)

    op.create_table(
        "fix_told",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fix_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fix_id"], ["fix.id"], name=op.f("fk_fix_told_fix_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fix_told")),
        sa.UniqueConstraint("fix_id", "person_id", name=op.f("uq_fix_told_fix_id_person_id")),
    )
    with op.batch_alter_table("fix_told", schema=None) as batch_op:
        batch_op.create_index("ix_fix_told_person", ["person_id"], unique=False)
    op.create_table(
        "fix_due",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("fix_id", sa.String(length=26), nullable=False),
        sa.Column("said", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["fix_id"], ["fix.id"], name=op.f("fk_fix_due_fix_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_fix_due")),
    )
    Guard("fix_told", "UPDATE", "1 = 1", "who was told is not changed afterwards").post()
