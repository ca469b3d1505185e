"""Complaints, what was said about them, and what was attached."""

from __future__ import annotations

revision = "0003_complaints"
down_revision = "0002_doors"


def upgrade() -> None:
    """Forward only."""
