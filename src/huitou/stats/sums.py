"""Sums that add: an arm of an experiment is a small frozen value, and two of them add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Moments:
    """Count, mean and summed squared deviations of one quantity.

    Means and deviations instead of bare sums: with revenue in minor units, Σx² − (Σx)²/n loses all
    its digits. They add by the rule of Chan, Golub & LeVeque (1983).
    """

    n: int = 0
    mean: float = 0.0
    deviations: float = 0.0
    """Σ (x − mean)²."""

    @classmethod
    def of(cls, values: ArrayLike) -> Moments:
        """The moments of some values."""
        x = np.asarray(values, dtype=np.float64)
        if not x.size:
            return cls()
        mean = float(x.mean())
        return cls(int(x.size), mean, float(((x - mean) ** 2).sum()))

    def __add__(self, other: Moments) -> Moments:
        n = self.n + other.n
        if n == 0:
            return Moments()
        apart = other.mean - self.mean
        return Moments(
            n,
            self.mean + apart * other.n / n,
            self.deviations + other.deviations + apart**2 * self.n * other.n / n,
        )

    @property
    def variance(self) -> float:
        """Sample variance, with n − 1; 0 below two values."""
        return self.deviations / (self.n - 1) if self.n > 1 else 0.0

    @property
    def total(self) -> float:
        """The sum."""
        return self.mean * self.n


@dataclass(frozen=True)
class Pairs:
    """Moments of two quantities of the same people, and how they go together."""

    x: Moments = Moments()
    y: Moments = Moments()
    together: float = 0.0
    """Σ (x − mean x)(y − mean y)."""

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike) -> Pairs:
        """The moments of pairs of values, in the same order."""
        first: NDArray[np.float64] = np.asarray(x, dtype=np.float64)
        second: NDArray[np.float64] = np.asarray(y, dtype=np.float64)
        if first.shape != second.shape:
            raise ValueError(f"{first.shape} values cannot be paired with {second.shape}")
        if not first.size:
            return cls()
        together = float(((first - first.mean()) * (second - second.mean())).sum())
        return cls(Moments.of(first), Moments.of(second), together)

    def __add__(self, other: Pairs) -> Pairs:
        n = self.x.n + other.x.n
        if n == 0:
            return Pairs()
        cross = (other.x.mean - self.x.mean) * (other.y.mean - self.y.mean)
        return Pairs(
            self.x + other.x,
            self.y + other.y,
            self.together + other.together + cross * self.x.n * other.x.n / n,
        )

    @property
    def slope(self) -> float:
        """Slope of y on x by least squares; 0 where x does not vary."""
        return self.together / self.x.deviations if self.x.deviations > 0 else 0.0

    def residual(self, slope: float, centre: float) -> Moments:
        """Moments of y − slope·(x − centre)."""
        left = self.y.deviations - 2 * slope * self.together + slope**2 * self.x.deviations
        return Moments(self.x.n, self.y.mean - slope * (self.x.mean - centre), max(left, 0.0))
