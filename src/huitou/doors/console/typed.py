"""What somebody types into a field of a page."""

from __future__ import annotations

from datetime import date

from huitou.ground.errors import BadInput


def a_day(text: str) -> date:
    """`2026-03-01` as a date; a plain sentence for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is not a day", to_try="year, month, day: 2026-03-01") from None
