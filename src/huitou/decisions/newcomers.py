"""Winning new: what a newcomer brought in past cohorts, and what it may cost to win one.

The merchant's own history says what newcomers brought, month by month after they came. What it
costs to win one it says only where the merchant entered what was spent; and whether more money
would win more, only where different months saw different sums.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import stdtrit

from huitou.decisions.audience import FloatArray

YEAR = 12
"""Months over which a newcomer is followed."""
LEAST_COHORTS = 3
"""Cohorts without which a month after the first says nothing."""
LATELY = 12
"""Months from which the number of newcomers a month is taken."""
LEAST_MONTHS = 6
"""Months of spending without which no line is drawn through them."""
LEAST_SPREAD = 1.5
"""The dearest month cost at least so many times the cheapest, or they all say the same."""
REACH = 1.5
"""The line is drawn to so many times the dearest month: beyond, nothing was tried."""
STEPS = 12


@dataclass(frozen=True)
class Cohort:
    """The newcomers of a month, and the profit they made k months later, where that is over."""

    month: date
    size: int
    profit: tuple[float, ...]
    """Minor units, of all of them together; as many months as are over."""


@dataclass(frozen=True)
class Grown:
    """What one newcomer has brought by the end of a month; minor units."""

    months: int
    """1 is the month they came in."""
    value: float
    low: float
    high: float
    cohorts: int


@dataclass(frozen=True)
class Newcomers:
    """How many come, and what each brings."""

    per_month: float
    by_age: tuple[Grown, ...]
    """Cumulated, after one month, two, … up to twelve, as far as cohorts reach."""

    def payback(self, cost: float) -> tuple[int | None, int | None, int | None]:
        """The month by whose end one newcomer has brought what it cost to win them, the one they
        came in being 1: as expected, at best, at worst; None where that is not within what is
        known.
        """

        def first(name: str) -> int | None:
            over = (each.months for each in self.by_age if getattr(each, name) >= cost)
            return next(over, None)

        return first("value"), first("high"), first("low")


def newcomers(cohorts: Sequence[Cohort]) -> Newcomers | None:
    """What the cohorts say; None where there are too few.

    The first cohort of a log is to be left out by the caller: it holds all who came before.

    The interval is that of a jack-knife over cohorts (Efron 1982), 90 %: a month has its own
    weather, so customers of one month are no independent witnesses.
    """
    by_age = []
    for months in range(1, YEAR + 1):
        known = [each for each in cohorts if len(each.profit) >= months and each.size]
        if len(known) < LEAST_COHORTS:
            break
        by_age.append(_grown(cohorts, months, len(known)))
    whole = [each.size for each in sorted(cohorts, key=lambda each: each.month) if each.profit]
    if not by_age or not whole:
        return None
    lately = whole[-LATELY:]
    return Newcomers(sum(lately) / len(lately), tuple(by_age))


def _grown(cohorts: Sequence[Cohort], months: int, known: int) -> Grown:
    usable = [each for each in cohorts if each.profit and each.size]
    value = _brought(usable, months)
    without = np.array(
        [_brought(usable[:at] + usable[at + 1 :], months) for at in range(len(usable))]
    )
    count = len(usable)
    spread = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    half = float(stdtrit(known - 1, 0.95)) * spread
    return Grown(months, value, value - half, value + half, known)


def _brought(cohorts: Sequence[Cohort], months: int) -> float:
    """Profit per newcomer over so many months; each month from the cohorts that have seen it."""
    total = 0.0
    for k in range(months):
        seen = [each for each in cohorts if len(each.profit) > k]
        size = sum(each.size for each in seen)
        total += sum(each.profit[k] for each in seen) / size if size else 0.0
    return total


@dataclass(frozen=True)
class Answer:
    """How newcomers answered to money: `log n = a + e log s`, by least squares."""

    level: float
    elasticity: float
    low: float
    """90 % interval of the elasticity."""
    high: float
    centre: float
    """Mean of the log of what was spent: all lines of the interval cross there."""
    least: float
    most: float
    """What the cheapest and the dearest month cost."""
    months: int

    def come(self, spend: float, elasticity: float | None = None) -> float:
        """How many newcomers a month of this spending is expected to bring."""
        bend = self.elasticity if elasticity is None else elasticity
        at = self.level + self.elasticity * self.centre
        return math.exp(at + bend * (math.log(spend) - self.centre)) if spend > 0 else 0.0

    def spends(self) -> FloatArray:
        """Sums to draw the line at: from the cheapest month to `REACH` times the dearest."""
        return np.linspace(self.least, REACH * self.most, STEPS)


def answered(spent: Mapping[date, float], came: Mapping[date, int]) -> Answer | None:
    """How newcomers answered to what was spent; None where the months cannot tell.

    It is no proof: a season that brings customers also loosens purses. The page says so.
    """
    both = [month for month in spent if came.get(month) and spent[month] > 0]
    if len(both) < LEAST_MONTHS:
        return None
    money = np.array([spent[month] for month in both])
    if money.max() < LEAST_SPREAD * money.min():
        return None
    x, y = np.log(money), np.log([came[month] for month in both])
    mid = float(x.mean())
    apart = float(((x - mid) ** 2).sum())
    bend = float(((x - mid) * y).sum() / apart)
    level = float(y.mean()) - bend * mid
    left = y - level - bend * x
    degrees = len(both) - 2
    half = float(stdtrit(degrees, 0.95)) * math.sqrt(float(left @ left) / degrees / apart)
    return Answer(
        level, bend, bend - half, bend + half, mid, float(money.min()), float(money.max()),
        len(both),
    )  # fmt: skip
