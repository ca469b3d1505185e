"""Walks are found by the id they came in by: an index on another id is of those few alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_who"
down_revision = "0028_second_yes"

OTHER = sa.text("who <> person_id")


def upgrade() -> None:
    """Forward only."""
    op.drop_index("ix_position_who", "position")
    op.create_index(
        "ix_position_other", "position", ["who"], sqlite_where=OTHER, postgresql_where=OTHER
    )
