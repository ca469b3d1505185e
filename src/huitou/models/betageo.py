"""What BG/NBD and MBG/NBD share: rates are gamma, and chances to leave are beta, distributed.

A customer leaves for good only right after a purchase. BG/NBD gives the first chance to leave at
the first repeat purchase, MBG/NBD at the very first; the two differ by one in the number of
chances survived, m = x + `first`. With R = r + x:

    L = Gamma(R) / Gamma(r) alpha^r  B(a, b + m) / B(a, b)
        [ (alpha + T)^-R  +  a / (b + m - 1) (alpha + t_x)^-R ]        (second term only for m > 0)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, gammaln, polygamma

from huitou.models.contract import Array, Derivatives, Summary, Term
from huitou.models.nbd import rate_mix
from huitou.models.terms import add_decay, add_rising, nothing

NODES = 40
"""Gauss-Jacobi nodes for E[Y]: exact to 1e-14 as a rule, to 1e-8 for 99 in 100 of wild parameters
with horizons up to five years."""


class BetaGeometric:
    """The shared likelihood; `first` is 0 for BG/NBD and 1 for MBG/NBD."""

    name: str
    first: int
    names = ("r", "alpha", "a", "b")
    scales = (False, True, False, False)

    def shared(self, params: Array, x: Array) -> Term:
        """Gamma(r + x) / Gamma(r) alpha^r B(a, b + m) / B(a, b)."""
        rate, stay = rate_mix(params, x, 4), _stayed(params, x + self.first)

        def derive() -> Derivatives:
            one, other = rate.derive(), stay.derive()
            return Derivatives(one.slope + other.slope, one.bend + other.bend)

        return Term(rate.value + stay.value, derive)

    def terms(self, params: Array, s: Summary) -> Sequence[Term]:
        """Alive and silent since t_x, or gone at t_x."""
        return [_alive(params, s), _gone(params, s, s.x + self.first)]

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """E over p ~ Beta(a, b + m) of [1 - (1 + p h / (alpha + T))^-R] / p.

        Given rate and chance to leave, expected purchases are (1 - exp(-lambda p h)) / p. The
        expectation over p is a Gauss-Jacobi sum: no 2F1, and a = 1 is a value like any other.
        """
        r, alpha, a, b = params
        times, place = np.unique(s.x, return_inverse=True)
        nodes, weights = jacobi(float(a), tuple((b + times + self.first).tolist()), NODES)
        place = place.reshape(-1)
        ahead = np.asarray(h) / (alpha + s.T)
        expected = np.zeros(len(s))
        for j in range(NODES):
            p = np.maximum(nodes[place, j], 1e-300)
            expected += weights[place, j] * -np.expm1(-(r + s.x) * np.log1p(p * ahead)) / p
        return expected


def _stayed(params: Array, m: Array) -> Term:
    """B(a, b + m) / B(a, b): survived m chances to leave."""
    a, b = params[2], params[3]
    value = gammaln(b + m) - gammaln(b) - gammaln(a + b + m) + gammaln(a + b)

    def derive() -> Derivatives:
        found = nothing(4, len(m))
        add_rising(found, 3, b, m)
        first = digamma(a + b + m) - digamma(a + b)
        second = polygamma(1, a + b + m) - polygamma(1, a + b)
        for i, u in ((2, a), (3, b)):
            found.slope[i] -= u * first
            found.bend[i, i] -= u * first
            for j, v in ((2, a), (3, b)):
                found.bend[i, j] -= u * v * second
        return found

    return Term(value, derive)


def _alive(params: Array, s: Summary) -> Term:
    r, alpha = params[0], params[1]

    def derive() -> Derivatives:
        found = nothing(4, len(s))
        add_decay(found, (0, 1), (r, s.x), alpha, s.T)
        return found

    return Term(-(r + s.x) * np.log(alpha + s.T), derive)


def _gone(params: Array, s: Summary, m: Array) -> Term:
    """Left at the last of m > 0 chances; impossible where there was none."""
    r, alpha, a, b = params
    chances = np.where(m > 0, b + m - 1, np.inf)
    value = np.log(a) - np.log(chances) - (r + s.x) * np.log(alpha + s.t_x)

    def derive() -> Derivatives:
        found = nothing(4, len(s))
        add_decay(found, (0, 1), (r, s.x), alpha, s.t_x)
        share = b / chances
        found.slope[2] += 1.0
        found.slope[3] -= share
        found.bend[3, 3] -= share * (1 - share)
        return found

    return Term(value, derive)


@lru_cache(maxsize=32)
def jacobi(a: float, b: tuple[float, ...], n: int) -> tuple[Array, Array]:
    """Nodes and weights, shape (len(b), n), of the mean over Beta(a, b) (Golub, Welsch 1969).

    Kept for the last few parameters: they do not depend on the horizon that is asked for.
    """
    diagonal, square = _recurrence(a - 1.0, np.array(b)[:, None] - 1.0, n)
    nodes, weights = np.empty((len(b), n)), np.empty((len(b), n))
    # One tridiagonal problem a row: a stacked dense one wakes all threads of the linear algebra.
    for row in range(len(b)):
        values, vectors = eigh_tridiagonal(
            diagonal[row], np.sqrt(square[row, 1:]), lapack_driver="stev"
        )
        nodes[row], weights[row] = (1 + values) / 2, vectors[0] ** 2
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def _recurrence(left: float, right: Array, n: int) -> tuple[Array, Array]:
    """Three-term recurrence of the Jacobi polynomials with weight (1 + u)^left (1 - u)^right."""
    k, both = np.arange(n)[None, :], left + right
    with np.errstate(invalid="ignore", divide="ignore"):
        diagonal = (left**2 - right**2) / ((2 * k + both) * (2 * k + both + 2))
        square = 4 * k * (k + right) * (k + left) * (k + both)
        square = square / ((2 * k + both) ** 2 * (2 * k + both + 1) * (2 * k + both - 1))
    # The general form reads 0/0 at its first members for some a and b; these are the limits.
    diagonal[:, :1] = (left - right) / (both + 2)
    square[:, 1:2] = 4 * (1 + right) * (1 + left) / ((2 + both) ** 2 * (3 + both))
    return diagonal, square
