"""When somebody may be written to: hours of the day on the clocks where they may be. Pure.

The clock on their wall counts, whatever it does in spring and autumn: an hour that is skipped is
not waited for, and one that comes twice counts both times. Where several places are possible all
of them must be open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTE = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=21)
"""No calendar rests longer; what has no open minute until then has none."""


@dataclass(frozen=True)
class Hours:
    """From `opens` on, and before `closes`, on the clock of a place. They lie in one day."""

    opens: time
    closes: time
    rule: str
    """Which rule says so."""


@dataclass(frozen=True)
class Clock:
    """What must be open at once: hours on each of the places, and days on which nothing goes."""

    zones: tuple[str, ...]
    hours: tuple[Hours, ...]
    rests: frozenset[date] = frozenset()
    resting_rule: str = "holiday"

    def closed_by(self, moment: datetime) -> str | None:
        """The rule that keeps a moment closed; None where all are open."""
        return next((rule for rule, _ in self._closed(moment)), None)

    def next_open(self, moment: datetime) -> datetime | None:
        """The first open moment from this one on; None where there is none in sight."""
        at, last = moment, moment + LONGEST_WAIT
        while at <= last:
            ends = [end for _, end in self._closed(at)]
            if not ends:
                return at
            at = max(ends)
        return None

    def _closed(self, moment: datetime) -> Iterator[tuple[str, datetime]]:
        """Each rule that is closed at a moment, and the first moment at which it may be open."""
        for name in self.zones:
            zone = located(name)
            here = moment.astimezone(zone)
            if here.date() in self.rests:
                yield self.resting_rule, _reached(zone, here.date() + timedelta(days=1), time())
                continue
            for hours in self.hours:
                if not hours.opens <= here.time() < hours.closes:
                    yield hours.rule, _first_open(zone, here.date(), hours, moment)


def open_everywhere(
    zones: Sequence[str],
    shop_zone: str,
    hours: Sequence[Hours],
    rests: Set[date],
    moment: datetime,
) -> Clock:
    """The clock for somebody who may be in any of `zones`; the shop's own must be open too.

    Where these are never open together the shop's is left out: it is not where they are.
    """
    every = tuple(dict.fromkeys((*zones, shop_zone)))
    clock = Clock(every, tuple(hours), frozenset(rests))
    if zones and clock.next_open(moment) is None:
        return Clock(tuple(dict.fromkeys(zones)), tuple(hours), frozenset(rests))
    return clock


@lru_cache(maxsize=1024)
def located(name: str) -> ZoneInfo:
    """A zone by its name; UTC for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def day_of(moment: datetime, zone: str) -> tuple[datetime, datetime]:
    """When the day of a moment begins and ends in a zone."""
    where = located(zone)
    today = moment.astimezone(where).date()
    return _reached(where, today, time()), _reached(where, today + timedelta(days=1), time())


def midnight(day: date, zone: str) -> datetime:
    """When a day begins in a zone."""
    return _reached(located(zone), day, time())


def _first_open(zone: ZoneInfo, today: date, hours: Hours, moment: datetime) -> datetime:
    for ahead in range(3):
        for fold in (0, 1):
            at = _reached(zone, today + timedelta(days=ahead), hours.opens, fold)
            if at > moment:
                return at
    raise AssertionError("a day has at most one fold")


def _reached(zone: ZoneInfo, day: date, wall: time, fold: int = 0) -> datetime:
    """The moment the wall clock shows this, or, where it skips it, the moment it has passed it."""
    meant = datetime.combine(day, wall, zone).replace(fold=fold)
    at = meant.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == meant.replace(tzinfo=None):
        return at
    # Skipped: with fold=1 the later offset is meant, which lies before the gap.
    early = meant.replace(fold=1).astimezone(UTC).replace(second=0, microsecond=0)
    while early.astimezone(zone).replace(tzinfo=None) < meant.replace(tzinfo=None):
        early += MINUTE
    return early
