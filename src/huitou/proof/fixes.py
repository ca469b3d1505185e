"""Whether a fix worked: the curve of its cause, against all other causes, before and after.

Weekly counts of one cause are compared with those of the other causes, which share the season, the
trend and the trade of the shop. What is left, the log of the ratio, may still wander and jump more
than chance alone: it is taken as a level that drifts plus noise, and how much it drifts and jumps
is learned from the weeks themselves, with all the doubt that a few weeks leave.

It is read on days fixed with the fix, so that nobody looks when it looks good.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import ndtr

Array = NDArray[np.float64]

READ_AT = (8, 13, 26)
"""Whole weeks after the fix at which it is read: two months, a quarter, half a year."""
CONFIDENCE = 0.954
"""Of each interval: three looks so wide claim a fix that does nothing one time in twenty at most
(Pocock's bound for three looks)."""
LEAST_BEFORE = 16
"""Weeks before the fix without which its level is not known."""
LEAST_COUNT = 20
"""Times the cause must have been seen before: below that a third less cannot be told."""
MEAN_COUNT = 5.0
"""Weeks are added up until the cause is seen so often in each: logs of small counts mislead."""
USUAL_EFFECT = 0.3
"""Share of a cause a fix is expected to take away, where nobody said."""

Verdict = Literal["works", "worse", "no_effect", "too_early", "too_few"]


@dataclass(frozen=True)
class Reading:
    """What can be said about a fix today."""

    verdict: Verdict
    weeks: int
    """Whole weeks after the fix that were read; 0 where none was."""
    change: float | None
    """Relative change of the cause against the others: -0.3 is a third less."""
    low: float | None
    high: float | None
    more_weeks: int | None
    """About so many weeks until it can be told; None where it is told, or not to be expected."""


def reading(cause: Array, others: Array, start: int, expected: float | None = None) -> Reading:
    """Read the effect of a fix.

    Args:
        cause: how often the cause was seen in each whole week, oldest first; may be fractions.
        others: the same of all other causes together.
        start: place of the first whole week after the fix.
        expected: share of the cause that the fix is hoped to take away, in (0, 1].
    """
    after = len(cause) - start
    ripe = [weeks for weeks in READ_AT if weeks <= after]
    if start < LEAST_BEFORE or cause[:start].sum() < LEAST_COUNT:
        return Reading("too_few", 0, None, None, None, None)
    if not ripe:
        return Reading("too_early", 0, None, None, None, READ_AT[0] - after)
    return _read(cause, others, start, ripe[-1], after, expected or USUAL_EFFECT)


def _read(
    cause: Array, others: Array, start: int, weeks: int, after: int, expected: float
) -> Reading:
    found = change(cause[: start + weeks], others[: start + weeks], start)
    hoped = math.log(max(1 - expected, 0.02))
    verdict, more = _verdict(found, hoped, weeks), None
    if verdict == "too_early":
        more = max(1, next(each for each in READ_AT if each > weeks) - after)
    value, low, high = (math.expm1(each) for each in (found.value, found.low, found.high))
    return Reading(verdict, weeks, value, low, high, more)


def _verdict(found: Change, hoped: float, weeks: int) -> Verdict:
    if found.high < 0:
        return "works"
    if found.low > 0:
        return "worse"
    # Every effect as large as the one hoped for is ruled out; or there is no later look.
    return "no_effect" if found.low > hoped or weeks == READ_AT[-1] else "too_early"


@dataclass(frozen=True)
class Change:
    """The log of the ratio after over before, with its interval of `CONFIDENCE`."""

    value: float
    low: float
    high: float


def change(cause: Array, others: Array, start: int) -> Change:
    """How the cause changed against the others from week `start` on."""
    y, c, first = _added_up(cause, others, start)
    level = np.log((y + 0.5) / (c + 0.5))
    share = (y.sum() + 0.5) / (y.sum() + c.sum() + 1)
    seen = np.maximum(y + c, 1.0)
    # By what is expected, not by what was seen: a week that came out low is not surer for it.
    noise = 1 / (seen * share) + 1 / (seen * (1 - share))
    places = np.arange(len(y), dtype=np.float64)
    post = (places >= first).astype(np.float64)
    return _averaged(level, np.column_stack([np.ones(len(y)), post]), places, noise)


DRIFT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Sd of a period's step of the level, as tried."""
EXTRA = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Noise beside that of counting, in times of it, as tried."""


def _averaged(level: Array, design: Array, places: Array, noise: Array) -> Change:
    """The step, averaged over how much the level may drift and jump, by how well each fits."""
    means, sds, fits = [], [], []
    walk = np.minimum.outer(places, places)
    for drift in DRIFT:
        for extra in EXTRA:
            spread = np.diag(noise * (1 + extra)) + drift**2 * walk
            value, sd, fit = _step(level, design, spread)
            means.append(value)
            sds.append(sd)
            fits.append(fit)
    weight = np.exp(np.array(fits) - max(fits))
    return _of_mixture(np.array(means), np.array(sds), weight / weight.sum())


def _step(level: Array, design: Array, spread: Array) -> tuple[float, float, float]:
    """Generalised least squares: the step, its sd, and the restricted log likelihood."""
    root = np.linalg.cholesky(spread)
    told = solve_triangular(root, np.column_stack([design, level]), lower=True, check_finite=False)
    x, y = told[:, :-1], told[:, -1]
    inner = x.T @ x
    found = np.linalg.solve(inner, x.T @ y)
    rest = float(((y - x @ found) ** 2).sum())
    _, size = np.linalg.slogdet(inner)
    fit = -np.log(np.diag(root)).sum() - 0.5 * size - 0.5 * rest
    return float(found[1]), math.sqrt(float(np.linalg.inv(inner)[1, 1])), float(fit)


def _of_mixture(means: Array, sds: Array, weight: Array) -> Change:
    """Mean and interval of a mixture of normals: the ends are searched for by halving."""
    value = float(weight @ means)
    tail = (1 - CONFIDENCE) / 2
    widest = float(np.abs(means - value).max() + 12 * sds.max())

    def end(share: float) -> float:
        low, high = value - widest, value + widest
        for _ in range(60):
            middle = (low + high) / 2
            if weight @ ndtr((middle - means) / sds) < share:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    return Change(value, end(tail), end(1 - tail))


def _added_up(cause: Array, others: Array, start: int) -> tuple[Array, Array, int]:
    """Weeks added up to periods in which the cause was seen often enough, counted from the fix."""
    mean = float(cause[:start].mean())
    wanted = math.ceil(MEAN_COUNT / max(mean, 1e-9))
    length = next((each for each in (1, 2, 4) if each >= wanted), 4)
    before = start // length
    # A last period that is not whole is left out; the oldest weeks are, too.
    after = (len(cause) - start) // length
    chosen = slice(start - before * length, start + after * length)
    shape = (before + after, length)
    return cause[chosen].reshape(shape).sum(1), others[chosen].reshape(shape).sum(1), before
