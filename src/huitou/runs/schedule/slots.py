"""At which moments a chore is due, as values: the slot that holds a moment, and nothing else.

A slot has one name for ever, a moment in UTC, so that whoever looks, however often, whatever their
clock did meanwhile, means the same firing. Slots that nobody looked at are not made up for: after
ten years asleep a chore is due once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def every(span: timedelta, now: datetime) -> datetime:
    """The start of the span that holds `now`, counted from 1970 in UTC: no zone moves it."""
    return EPOCH + (now - EPOCH) // span * span


def daily(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The last moment, up to `now`, at which a clock in `zone` came to `at` on its day.

    Each day has exactly one. Where clocks spring over `at` it is as far after midnight as if they
    had not (half past two becomes half past three); where they show it twice, the first time.
    """
    today = now.astimezone(zone).date()
    slot = _on(today, at, zone)
    return slot if slot <= now else _on(today - timedelta(days=1), at, zone)


def _on(day: date, at: time, zone: ZoneInfo) -> datetime:
    # A time that does not exist goes to UTC by the offset before the gap: it comes out after it.
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)
