"""What staff found and did in a case."""

from __future__ import annotations

revision = "0005_casefiles"
down_revision = "0004_interviews"


def upgrade() -> None:
    """Forward only."""
