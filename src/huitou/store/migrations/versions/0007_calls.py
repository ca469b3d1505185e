"""What came of a call."""

from __future__ import annotations

revision = "0007_calls"
down_revision = "0006_alarms"


def upgrade() -> None:
    """Forward only."""
