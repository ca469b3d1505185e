"""What an offer counts on, the rule that struck, own acts, do-not-chase marks, second approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount

revision = "0013_rules"
down_revision = "0012_draws"


def upgrade() -> None:
    """Forward only. Rows from before know nothing of it: null."""
    op.add_column("decision", sa.Column("rule", sa.String(length=40), nullable=True))
    op.add_column("decision", sa.Column("rule_day", sa.Date(), nullable=True))
    for name in ("least_order", "least_pays", "most_pays"):
        op.add_column("decision", sa.Column(name, Amount(), nullable=True))
    op.add_column("offer", sa.Column("least", Amount(), nullable=True))
    op.add_column("offer", sa.Column("served", sa.Boolean(), nullable=True))
