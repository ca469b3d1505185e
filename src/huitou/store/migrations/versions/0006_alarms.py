"""Alarms that rang, and the rules that ring them."""

from __future__ import annotations

revision = "0006_alarms"
down_revision = "0005_casefiles"


def upgrade() -> None:
    """Forward only."""
