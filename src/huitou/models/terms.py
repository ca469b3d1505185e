"""The pieces that likelihoods are built from, with their derivatives by log-parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, zeta

from huitou.models.contract import Bend, Terms
from huitou.models.numbers import Array
from huitou.models.summary import Column


@dataclass(frozen=True)
class Decay:
    """-(shape + extra) log(scale + y): so a gamma-mixed rate falls that is seen for a time y."""

    shape: float
    power: Array | float
    """shape + extra."""
    log: Array
    """log(scale + y)."""
    share: Array
    """scale / (scale + y)."""

    @classmethod
    def over(cls, shape: float, extra: Array | float, scale: float, y: Column) -> Decay:
        """Seen for the times of a column."""
        log = y.each(lambda time: np.log(scale + time))
        return cls(shape, shape + extra, log, y.each(lambda time: scale / (scale + time)))

    @property
    def value(self) -> Array:
        """The logarithm itself."""
        return -self.power * self.log

    def slope(self, by_shape: Array, by_scale: Array) -> None:
        """Write the first derivatives into these rows."""
        np.multiply(self.log, -self.shape, out=by_shape)
        np.multiply(self.share, self.power, out=by_scale)
        np.negative(by_scale, out=by_scale)

    def bend(self, weight: Array) -> Array:
        """Second derivatives by (shape, scale), weighted and summed: (2, 2)."""
        both = -self.shape * float(np.vdot(weight, self.share))
        own = weight * self.share
        by_scale = float(np.vdot(own, self.power * (self.share - 1)))
        return np.array([[-self.shape * float(np.vdot(weight, self.log)), both], [both, by_scale]])


@dataclass(frozen=True)
class Rising:
    """log Gamma(value + x) - log Gamma(value), the log of the rising factorial."""

    start: float
    x: Array

    @property
    def value(self) -> Array:
        """The logarithm itself."""
        grown: Array = gammaln(self.start + self.x) - gammaln(self.start)
        return grown

    @property
    def slope(self) -> Array:
        """First derivative by log `start`."""
        found: Array = self.start * (digamma(self.start + self.x) - digamma(self.start))
        return found

    @property
    def bend(self) -> Array:
        """Second derivative by log `start`."""
        found: Array = self.slope + self.start**2 * (
            zeta(2, self.start + self.x) - zeta(2, self.start)
        )
        return found


def plus(one: Terms, other: Terms) -> Terms:
    """The product of two factors with one way each."""

    def derive() -> tuple[Array, Bend]:
        (slope, bend), (more, bent) = one.derive(), other.derive()
        return slope + more, lambda weight: bend(weight) + bent(weight)

    return Terms(one.value + other.value, derive)


def log_sum(value: Array) -> Array:
    """Log of the sum over ways, row by row."""
    return _shares(value)[0]


def _shares(value: Array) -> tuple[Array, Array]:
    """Log of the sum over ways, and the share of each way in it."""
    largest = value.max(axis=0)
    shares = value - largest
    np.exp(shares, out=shares)
    whole = shares.sum(axis=0)
    shares /= whole
    np.log(whole, out=whole)
    whole += largest
    return whole, shares


def total(terms: Terms, weight: Array) -> tuple[float, Array, Array]:
    """Weighted sum over rows of the log of the sum of ways, with its gradient and Hessian.

    With shares pi_k of the ways: gradient = sum pi_k g_k, and Hessian =
    sum pi_k (H_k + g_k g_k') - g g'.
    """
    slope, bend = terms.derive()
    if len(terms.value) == 1:
        alone = weight[None, :]
        return float(weight @ terms.value[0]), slope[:, 0, :] @ weight, bend(alone)
    whole, shares = _shares(terms.value)
    shares *= weight
    tilted = slope * shares
    mean = tilted.sum(axis=1)
    p = len(slope)
    outer = tilted.reshape(p, -1) @ slope.reshape(p, -1).T
    outer -= (mean / weight) @ mean.T
    return float(weight @ whole), mean.sum(axis=1), bend(shares) + outer
