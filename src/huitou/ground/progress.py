"""How far work is, told to whoever watches."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float | None], None]
"""Told the name of a step and the share that is done, None where that is not known."""


def silently(_step: str, _share: float | None) -> None:
    """Progress that nobody watches."""
