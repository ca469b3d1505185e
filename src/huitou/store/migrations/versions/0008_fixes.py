"""What was mended, and who was told."""

from __future__ import annotations

revision = "0008_fixes"
down_revision = "0007_calls"


def upgrade() -> None:
    """Forward only."""
