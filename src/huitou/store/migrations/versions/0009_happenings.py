"""What happened around the shop, as staff and files tell it."""

from __future__ import annotations

revision = "0009_happenings"
down_revision = "0008_fixes"


def upgrade() -> None:
    """Forward only."""
