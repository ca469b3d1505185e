"""Which moment a run looks at, how far ahead, and at which earlier moments it tests itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from huitou.ground.clock import end_of_day

SHORTEST, LONGEST = 28, 183
"""A horizon of a month to half a year: shorter is noise, longer is too late to act."""
GAPS_AHEAD = 2.0
"""The horizon is two of the shop's usual gaps: a customer who keeps to it will have bought."""
EARLIER_MOMENTS = 6
"""Moments looked back at, half a horizon apart: three whole horizons."""
YEAR = 365
LEAST_HISTORY = 45
"""Days of history without which a moment says nothing."""


FORMAT = 5
"""Counts up whenever what an edition holds changes, so that no reader takes an old one for new."""


@dataclass(frozen=True)
class Moment:
    """A day whose evening is the present, and the evenings before it that serve as tests."""

    day: date
    """The last day known."""
    horizon_days: int
    earlier: tuple[date, ...]
    """Half a horizon apart and a year ago, latest first."""
    zone: str

    @property
    def as_of(self) -> datetime:
        """The end of `day`, naive UTC: what was ordered before it is known."""
        return self.evening(self.day)

    @property
    def one_horizon_ago(self) -> date | None:
        """The evening exactly one horizon before, where history reaches back so far."""
        wanted = self.day - timedelta(days=self.horizon_days)
        return wanted if wanted in self.earlier else None

    def evening(self, day: date) -> datetime:
        """The end of another day in the shop's zone, naive UTC."""
        return end_of_day(day, ZoneInfo(self.zone))

    def origins(self, day: date) -> tuple[date, ...]:
        """Earlier moments whose horizon is over by the evening of `day`: nothing later leaks in."""
        over = day - timedelta(days=self.horizon_days)
        return tuple(each for each in self.earlier if each <= over)

    def windows(self, day: date) -> tuple[tuple[date, int], ...]:
        """Evenings, each with the days after it that are compared with what was forecast then.

        Those whose whole horizon is over by the evening of `day`, and from each moment to the next
        one: half a horizon, which tells sooner how forecasts err of late.
        """
        moments = [each for each in (self.day, *self.earlier) if each <= day]
        halves = [(each, (after - each).days) for after, each in pairwise(moments)]
        return (
            *((each, self.horizon_days) for each in self.origins(day)),
            *((each, days) for each, days in halves if days < self.horizon_days),
        )

    def label(self, evening: date, days: int) -> str:
        """The table of who bought in the days after an evening."""
        whole = f"bought_{evening}"
        return whole if days == self.horizon_days else f"{whole}_{days}"

    def written(self) -> dict[str, Any]:
        """As a plain value."""
        return {
            "day": self.day.isoformat(),
            "horizon_days": self.horizon_days,
            "earlier": [day.isoformat() for day in self.earlier],
            "zone": self.zone,
            "format": FORMAT,
        }

    @classmethod
    def read(cls, written: dict[str, Any]) -> Moment:
        """Back from a plain value."""
        return cls(
            day=date.fromisoformat(written["day"]),
            horizon_days=written["horizon_days"],
            earlier=tuple(map(date.fromisoformat, written["earlier"])),
            zone=written["zone"],
        )


def usual_horizon(shop_gap: float | None, history_days: int) -> int:
    """The horizon in whole weeks: two usual gaps, and no more than a third of the history."""
    wanted = GAPS_AHEAD * (shop_gap if shop_gap is not None else history_days / 6)
    longest = max(SHORTEST, min(LONGEST, history_days // 3))
    weeks = round(min(max(wanted, SHORTEST), longest) / 7)
    return max(1, weeks) * 7


def earlier_moments(first: date, day: date, horizon_days: int) -> tuple[date, ...]:
    """Evenings half a horizon apart before `day`, while there was history enough to judge from.

    Every second one lies a whole number of horizons back. The evening a year ago is among them
    where history allows: of all of them it alone looked into the same season.
    """
    found: list[date] = []
    for half in range(1, EARLIER_MOMENTS + 1):
        back = horizon_days * half // 2
        each = day - timedelta(days=back)
        if (each - first).days < max(LEAST_HISTORY, horizon_days // 2):
            break
        found.append(each)
    year_ago = day - timedelta(days=YEAR)
    if (year_ago - first).days >= max(LEAST_HISTORY, horizon_days) and year_ago not in found:
        found.append(year_ago)
    return tuple(sorted(found, reverse=True))
