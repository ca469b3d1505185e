"""The pieces that likelihoods are built from, with their derivatives by log-parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import digamma, gammaln, zeta

from huitou.models.contract import Terms
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
        return -self.power * self.log  # the power is a row or a column: its sign costs little

    def slope(self, by_shape: Array, by_scale: Array) -> None:
        """Write the first derivatives into these rows."""
        np.multiply(self.log, -self.shape, out=by_shape)
        np.multiply(self.share, -self.power, out=by_scale)

    def bend(self, weight: Array) -> Array:
        """Second derivatives by (shape, scale), weighted and summed: (2, 2)."""
        both = -self.shape * float(np.vdot(weight, self.share))
        own = weight * self.share
        by_scale = float(np.vdot(own, self.power * (self.share - 1)))
        return np.array([[-self.shape * float(np.vdot(weight, self.log)), both], [both, by_scale]])


class Rising:
    """log Gamma(start + x) - log Gamma(start), the log of the rising factorial.

    `value`, and `slope` and `bend`, its derivatives by log `start`. For consecutive whole x they
    are running sums, ten times as fast as gamma functions. Several starts make several rows.
    """

    def __init__(self, start: float | Array, x: Array) -> None:
        runs = x.ndim == 1 and len(x) > 0 and x[0] in (0.0, 1.0)
        runs = runs and bool((x[1:] - x[:-1] == 1.0).all())
        each = np.asarray(start)[..., None]
        self.parts: Array = _running(each, x) if runs else _by_gamma(each, x)
        self.value, self.slope, self.bend = self.parts


def _running(start: Array, x: Array) -> Array:
    factors = start + np.arange(x[-1])
    sums = np.zeros((3, *factors.shape[:-1], int(x[-1]) + 1))
    share = start / factors
    np.log(factors, out=factors)
    np.cumsum([factors, share, share * (1 - share)], axis=-1, out=sums[..., 1:])
    ending: Array = sums[..., int(x[0]) :]
    return ending


def _by_gamma(start: Array, x: Array) -> Array:
    slope = start * (digamma(start + x) - digamma(start))
    bend = slope + start**2 * (zeta(2.0, start + x) - zeta(2.0, start))
    return np.array([gammaln(start + x) - gammaln(start), slope, bend])


def beta_ratio(a: float, b: float, other: Array, both: Array) -> Array:
    """log B(a, b + v) / B(a, b) from the parts of `Rising(b, v)` and `Rising(a + b, v)`.

    Its value, derivatives by log a and log b, and second ones by aa, ab and bb: shape (6, …). The
    rule is linear, so the parts may be of rows, or summed over them.
    """
    first, second = both[1] / (a + b), (both[2] - both[1]) / (a + b) ** 2
    return np.array(
        [
            other[0] - both[0],
            -a * first,
            other[1] - b * first,
            -a * first - a * a * second,
            -a * b * second,
            other[2] - b * first - b * b * second,
        ]
    )


class BetaRatio:
    """log B(a + u, b + v) / B(a, b): u times gone one way and v times the other, each likely so.

    `value`, `slope` by (log a, log b), shape (2, …), and `bend`, shape (3, …), by aa, ab and bb.
    """

    def __init__(self, a: float, b: float, u: Array, v: Array) -> None:
        found = beta_ratio(a, b, Rising(b, v).parts, Rising(a + b, u + v).parts)
        found[[0, 1, 3]] += Rising(a, u).parts
        self.value, self.slope, self.bend = found[0], found[1:3], found[3:]

    def bent(self, weight: Array) -> Array:
        """Second derivatives, weighted and summed: (2, 2)."""
        aa, ab, bb = (float(np.vdot(weight, each)) for each in self.bend)
        return np.array([[aa, ab], [ab, bb]])


def log_sum(value: Array) -> Array:
    """Log of the sum over ways, row by row."""
    return _shares(value)[0]


def _shares(value: Array) -> tuple[Array, Array]:
    """Log of the sum over ways, and the share of each way in it."""
    if len(value) == 1:
        return value[0], np.ones_like(value)
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
    sum pi_k H_k + the scatter of the g_k about their mean.
    """
    whole, shares = _shares(terms.value)
    return shared_out(terms, whole, shares, weight)


def shared_out(
    terms: Terms, whole: Array, shares: Array, weight: Array
) -> tuple[float, Array, Array]:
    """The same where the whole and the shares of the ways in it are known."""
    slope, bend = terms.derive()
    weighted = shares * weight
    ahead = slope.reshape(len(slope), -1) @ weighted.reshape(-1)
    scatter = _scatter(slope, shares, weight, weighted)
    return float(weight @ whole), ahead, bend(weighted) + scatter


def _scatter(slope: Array, shares: Array, weight: Array, weighted: Array) -> Array | float:
    """Weighted sum over rows of the covariance of the ways' slopes; of one way there is none."""
    if len(shares) == 1:
        return 0.0
    if len(shares) == 2:
        apart = slope[:, 0] - slope[:, 1]
        two: Array = (apart * (shares[0] * weighted[1])) @ apart.T
        return two
    p = len(slope)
    mean = np.einsum("pkn,kn->pn", slope, shares)
    outer = (slope * weighted).reshape(p, -1) @ slope.reshape(p, -1).T
    scatter: Array = outer - (mean * weight) @ mean.T
    return scatter


@lru_cache(maxsize=4)
def legendre(n: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    points, weights = np.polynomial.legendre.leggauss(n)
    return (points + 1) / 2, weights / 2
