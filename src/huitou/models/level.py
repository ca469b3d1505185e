"""The level of the forecast: what the shop's own past says about the model's total.

At an earlier moment the model says how many will return, and the days after say how many did.
The level is the factor between the two on the scale of log silence, p_none -> p_none^k, which
moves sure and doubtful buyers alike and keeps chances within [0, 1]; expected purchases have a
plain factor of their own. What is wrong with a model's total today was wrong with it lately, so
the latest windows count most; and what they disagree on widens the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.optimize import brentq

from huitou.models.numbers import Array

WANDER = 0.15
"""Sd of log levels before any window was seen: backtests of seven shops lay in .01 to .40."""
SEASONS = 0.3
"""Sd of log levels between seasons, where none is known, until windows show more or less of it."""
STRENGTH = 1.0
"""How many windows the belief in those two is worth."""
PULL = 0.75
"""How many windows the belief that the total is right as it is, is worth."""
OFF_SEASON = 0.1
"""Share of a season believed where none is known: a window of another season says little of this
one, but something."""
DECAY = 0.25
"""Weight of a window that ended its own length earlier than another."""
YEARLY = 0.9
"""Weight of a window of the same season one year older than another."""
REACH = 3.0
"""Log levels are sought within this distance of 0."""


@dataclass(frozen=True)
class Level:
    """A log factor and the sd of the next window's log factor around it."""

    log: float
    sd: float

    def factor(self, away: float = 0.0) -> float:
        """The factor, `away` standard deviations from the middle."""
        return float(np.exp(self.log + away * self.sd))


@dataclass(frozen=True)
class Witness:
    """One past window: where it began, how long it was, and its log level."""

    start: date
    days: int
    log: float
    share: float = 1.0
    """How long it was, in horizons: half a window says half as much."""


def level(
    witnesses: Sequence[Witness],
    start: date,
    days: int,
    *,
    believed: float | None = None,
    doubt: float = 0.0,
) -> Level:
    """What past windows say of the window of `days` from `start`.

    log = sum w l / (k + sum w). The sd pools the wander believed beforehand with the windows'
    disagreement, plus the uncertainty of the mean itself. `believed` is the share of the season
    that the model goes by: so far the latest windows tell most, and for the rest those of the same
    season; None says that no season is known. `doubt` is how far, in logs, the season may be other
    than it is taken for. Without witnesses: factor 1.
    """
    known = OFF_SEASON if believed is None else believed
    weight = np.array(
        [known * _late(each, start) + (1 - known) * _alike(each, start, days) for each in witnesses]
    )
    logs = np.array([witness.log for witness in witnesses])
    middle = float(weight @ logs) / (PULL + float(weight.sum()))
    # Seasons never seen are wrong twice: with those that taught, and with the one to come.
    season = doubt**2
    if believed is None:
        seen = max((same_season(w.start, w.days, start, days) for w in witnesses), default=0.0)
        season = 2 * (1 - seen) ** 2 * _seasons(logs)
    mass = STRENGTH + float(weight.sum())
    scatter = STRENGTH * WANDER**2 + float(weight @ (logs - middle) ** 2)
    return Level(middle, float(np.sqrt(scatter / mass * (1 + 1 / mass) + season)))


def _seasons(logs: Array) -> float:
    """Variance between seasons: what is believed, and how far the windows seen lie apart.

    They overlap by halves, so each but the first counts for half a window.
    """
    apart = float(((logs - logs.mean()) ** 2).sum()) if len(logs) else 0.0
    return (SEASONS**2 + apart) / (1 + max(len(logs) - 1, 0) / 2)


def _late(seen: Witness, start: date) -> float:
    """How much a window says because it is recent."""
    over = max((start - seen.start).days - seen.days, 0) / seen.days
    return float(DECAY**over * seen.share)


def _alike(seen: Witness, start: date, days: int) -> float:
    """How much a window says because it is of the same season."""
    years = max((start - seen.start).days, 0) / 365.25
    return float(YEARLY**years * seen.share * same_season(seen.start, seen.days, start, days))


def same_season(start: date, days: int, other: date, other_days: int) -> float:
    """Share of the longer window's days of the year that both windows cover, in [0, 1]."""
    one, two = _days_of_year(start, days), _days_of_year(other, other_days)
    return len(one & two) / max(len(one), len(two), 1)


def _days_of_year(start: date, days: int) -> set[int]:
    first = start.timetuple().tm_yday - 1
    return {(first + day) % 365 for day in range(min(days, 365))}


def log_hazard_ratio(p_none: Array, returned: float) -> float:
    """The log power k of silence for which the sum of 1 - p_none^k is the number who returned."""
    if not len(p_none):
        return 0.0
    target = min(max(float(returned), 0.5), len(p_none) - 0.5)
    log_none = np.log(np.clip(p_none, 1e-300, 1.0))

    def excess(log: float) -> float:
        return float(-np.expm1(log_none * np.exp(log)).sum()) - target

    if excess(-REACH) >= 0:
        return -REACH
    if excess(REACH) <= 0:
        return REACH
    return float(brentq(excess, -REACH, REACH, xtol=1e-9))


def log_ratio(expected: float, actual: float) -> float:
    """Log of actual over expected purchases; half a purchase on each side keeps it finite."""
    ratio = np.log((actual + 0.5) / (expected + 0.5))
    return float(np.clip(ratio, -REACH, REACH))


def levelled(p_none: Array, factor: float) -> Array:
    """Chances to buy after the level: 1 - p_none^factor."""
    with np.errstate(divide="ignore"):
        return np.clip(-np.expm1(np.log(p_none) * factor), 0.0, 1.0)
