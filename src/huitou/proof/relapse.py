"""Whether who was won back stays: how many left again, beside those who came back by themselves.

Who comes back by an offer is not who comes back without one, so the two shares are a comparison
and no proof. What is drawn by lot is who was asked: of *all* asked and *all* left alone, the share
that came back and stayed can be compared, and that difference has an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from huitou.stats.intervals import wilson
from huitou.stats.sums import Moments
from huitou.stats.tests import welch

FEWEST = 20
"""Who came back, in an arm, before anything is said of those who left again."""


@dataclass(frozen=True)
class Group:
    """People of one arm: all, those who came back within their window, those gone again."""

    people: int
    back: int
    gone_again: int

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not 0 <= self.gone_again <= self.back <= self.people:
            raise ValueError(f"{self} cannot be counted")

    @property
    def stayed(self) -> int:
        """Who came back and is with us."""
        return self.back - self.gone_again


@dataclass(frozen=True)
class Compared:
    """Both arms, and the difference of the shares that came back and stayed."""

    asked: Group
    alone: Group
    more_stayed: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """more, fewer, or not_proven: also where too few came back to tell."""
        if min(self.asked.back, self.alone.back) < FEWEST:
            return "not_proven"
        if self.low > 0:
            return "more"
        return "fewer" if self.high < 0 else "not_proven"

    def written(self) -> dict[str, Any]:
        """As a plain value."""
        return {
            "asked": _shares(self.asked),
            "alone": _shares(self.alone),
            "more_stayed": self.more_stayed,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict,
        }


def compared(asked: Group, alone: Group) -> Compared:
    """Asked against left alone; with fewer than two in an arm the interval is everything."""
    one, other = _stayed(asked), _stayed(alone)
    if min(one.n, other.n) < 2:
        return Compared(asked, alone, 0.0, -1.0, 1.0)
    found = welch(one, other)
    within = found.interval()
    return Compared(asked, alone, found.estimate, max(-1.0, within.low), min(1.0, within.high))


def _stayed(group: Group) -> Moments:
    flags = np.zeros(group.people)
    flags[: group.stayed] = 1.0
    return Moments.of(flags)


def _shares(group: Group) -> dict[str, Any]:
    again = wilson(group.gone_again, group.back)
    return {
        "people": group.people,
        "back": group.back,
        "gone_again": group.gone_again,
        "share": group.gone_again / group.back if group.back else None,
        "low": again.low,
        "high": again.high,
    }
