"""What a decision was drawn from, which lot held somebody out, and the name of each act."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_draws"
down_revision = "0011_reports"


def upgrade() -> None:
    """Forward only. Decisions from before know nothing of it: null."""
    op.add_column("decision", sa.Column("held_by", sa.String(length=12), nullable=True))
    for name in ("act_name", "intended_name", "runner_up_name"):
        op.add_column("decision", sa.Column(name, sa.String(length=40), nullable=True))
    op.add_column("decision", sa.Column("propensity", sa.Float(), nullable=True))
    op.add_column("decision", sa.Column("explored", sa.Boolean(), nullable=True))
    op.add_column("decision", sa.Column("chances", sa.Text(), nullable=True))
