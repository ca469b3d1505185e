"""The one place that reads the wall clock. Everybody else is told the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Something that knows the moment we act."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...


class WallClock:
    """The real clock; made once in the wiring."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class StoppedClock:
    """A clock that always shows one moment: for tests and replays."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it was stopped at, in UTC."""
        return self.moment.astimezone(UTC)


def naive_utc(moment: datetime) -> datetime:
    """An aware moment as the lake keeps it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after `day` in the shop's zone, naive UTC: the usual `as_of`."""
    following = datetime.combine(day + timedelta(days=1), time(), zone)
    return naive_utc(following)


def last_day_before(as_of: datetime, zone: ZoneInfo) -> date:
    """The last whole day that lies before `as_of` (naive UTC) in the shop's zone."""
    local = as_of.replace(tzinfo=UTC).astimezone(zone)
    return (local - timedelta(microseconds=1)).date()
