"""Bells to ring, and the days on which they ring."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from huitou.care.alarms.bells import Bell

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)
SINCE = date(2026, 1, 10)
FACTS = {"$": "tuple", "is": []}


def bell(person: str = "ann", **told: Any) -> Bell:
    """An alarm of Ann's silence since January."""
    usual: dict[str, Any] = {
        "person_id": person,
        "rule": "big_silent",
        "since": SINCE,
        "on": DAY,
        "value": 50_000,
        "facts": FACTS,
        "severity": 3,
        "hours": 24,
        "route": "care",
        "ends": "purchase",
    }
    return Bell(**{**usual, **told})


def days(n: float) -> timedelta:
    """So many days."""
    return timedelta(days=n)
