"""Intervals: how far an estimate may be from the truth."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import ndtri


@dataclass(frozen=True)
class Interval:
    """A lower and an upper end, and the share of the time such an interval holds the truth."""

    low: float
    high: float
    level: float = 0.95

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """From end to end."""
        return self.high - self.low


def z(level: float) -> float:
    """Half-width of a two-sided interval of the standard normal: `z(0.95)` is 1.96."""
    return float(ndtri(0.5 + level / 2))


def wilson(hits: int, n: int, level: float = 0.95) -> Interval:
    """Score interval of a share (Wilson 1927): keeps its level for small n and shares near 0.

    With n = 0 nothing is known: [0, 1].
    """
    if n == 0:
        return Interval(0.0, 1.0, level)
    half = z(level)
    share = hits / n
    centre = (share + half**2 / (2 * n)) / (1 + half**2 / n)
    reach = half / (1 + half**2 / n) * (share * (1 - share) / n + half**2 / (4 * n**2)) ** 0.5
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach), level)
