"""Reports that were sent."""

from __future__ import annotations

revision = "0011_reports"
down_revision = "0010_lessons"


def upgrade() -> None:
    """Forward only."""
