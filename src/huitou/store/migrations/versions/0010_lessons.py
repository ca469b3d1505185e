"""Texts whose cause a person named."""

from __future__ import annotations

revision = "0010_lessons"
down_revision = "0009_happenings"


def upgrade() -> None:
    """Forward only."""
