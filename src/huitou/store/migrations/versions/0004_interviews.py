"""Exit interviews: asked once, answered or not."""

from __future__ import annotations

revision = "0004_interviews"
down_revision = "0003_complaints"


def upgrade() -> None:
    """Forward only."""
