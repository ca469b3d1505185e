"""Is there a difference, and was the lot drawn fairly?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, stdtr, stdtrit

from huitou.stats.intervals import Interval
from huitou.stats.sums import Moments


@dataclass(frozen=True)
class Difference:
    """A difference of two means with its standard error and degrees of freedom."""

    estimate: float
    se: float
    df: float

    def interval(self, level: float = 0.95) -> Interval:
        """The two-sided interval of Student's t."""
        half = self.half(level)
        return Interval(self.estimate - half, self.estimate + half, level)

    def half(self, level: float = 0.95) -> float:
        """Half the width of the interval; infinite where nothing is known."""
        return float(stdtrit(self.df, 0.5 + level / 2)) * self.se if self.df > 0 else float("inf")

    @property
    def p_value(self) -> float:
        """Two-sided chance of a difference so large when there is none."""
        if self.se == 0 or self.df <= 0:
            return 1.0
        return float(2 * stdtr(self.df, -abs(self.estimate) / self.se))


def welch(one: Moments, other: Moments) -> Difference:
    """`one.mean − other.mean`, with a variance for each arm (Welch 1947).

    With fewer than two values in an arm nothing is known: df 0.
    """
    if min(one.n, other.n) < 2:
        return Difference(one.mean - other.mean, float("inf"), 0.0)
    a, b = one.variance / one.n, other.variance / other.n
    if a + b == 0:
        return Difference(one.mean - other.mean, 0.0, float(one.n + other.n - 2))
    df = (a + b) ** 2 / (a**2 / (one.n - 1) + b**2 / (other.n - 1))
    return Difference(one.mean - other.mean, (a + b) ** 0.5, df)


def pooled(one: Moments, other: Moments) -> Difference:
    """`one.mean − other.mean`, with one variance for both arms (Student 1908).

    With a small hold-out and heavy tails it keeps its level where Welch's does not: the hold-out's
    own variance is itself mostly luck.
    """
    if min(one.n, other.n) < 2:
        return Difference(one.mean - other.mean, float("inf"), 0.0)
    df = one.n + other.n - 2
    variance = (one.deviations + other.deviations) / df
    return Difference(
        one.mean - other.mean, (variance * (1 / one.n + 1 / other.n)) ** 0.5, float(df)
    )


def leaning(one: Moments, other: Moments, weight: float) -> Difference:
    """`one.mean − other.mean`, each variance drawn to that of both arms by `weight` people's worth.

    Between Student's and Welch's: with few people in an arm it is the former, with many the latter.
    An effect that grows with what people bring makes the treated vary more; one variance for both
    then makes intervals too wide, and two make those of a small hold-out too narrow.
    """
    if min(one.n, other.n) < 2:
        return Difference(one.mean - other.mean, float("inf"), 0.0)
    df = one.n + other.n - 2
    both = (one.deviations + other.deviations) / df
    a, b = ((arm.deviations + weight * both) / (arm.n - 1 + weight) / arm.n for arm in (one, other))
    return Difference(one.mean - other.mean, (a + b) ** 0.5, float(df))


def sample_ratio(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Chance of counts so far from what the lot should have given: χ² of the sample ratio.

    Below 0.001 the lot, or the counting, is broken, and no comparison of the arms can be trusted.
    """
    seen = np.asarray(counts, dtype=np.float64)
    meant = np.asarray(shares, dtype=np.float64)
    kept = meant > 0
    if np.any(seen[~kept] > 0):
        return 0.0
    expected = seen.sum() * meant[kept] / meant[kept].sum()
    if kept.sum() < 2 or expected.sum() == 0:
        return 1.0
    distance = float(((seen[kept] - expected) ** 2 / expected).sum())
    return float(chdtrc(int(kept.sum()) - 1, distance))
