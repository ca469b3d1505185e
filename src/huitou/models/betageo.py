"""What (M)BG/NBD and MBG/CNBD-k share: rates are gamma, and chances to leave beta, distributed.

A customer leaves for good only right after a purchase. BG/NBD gives the first chance to leave at
the first repeat purchase, MBG/NBD at the very first; the two differ by one in the number of
chances survived, m = x + `first`. And purchases may be regular: each k-th beat of a Poisson
clock is one (k = 1 is pure chance). With R = r + k x:

    L = Gamma(R) / Gamma(r) alpha^r  B(a, b + m) / B(a, b)
        [ sum_{j<k} (R)_j / j! (T - t_x)^j (alpha + T)^-(R+j)
          +  a / (b + m - 1) (alpha + t_x)^-R ]                        (last term only for m > 0)

For k > 1 the density of the days between purchases has one more factor, prod of gap^(k-1) / (k-1)!,
in which there is no parameter: `regularity` counts it where it compares different k.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh_tridiagonal
from scipy.special import betainc, gammaln

from huitou.models.contract import Bend, Sums, Terms
from huitou.models.nbd import rate_mix, rate_start
from huitou.models.numbers import Array
from huitou.models.summary import Summary
from huitou.models.terms import Decay, Rising, beta_ratio

NODES = 40
"""Gauss-Jacobi nodes for E[Y]: exact to 1e-14 as a rule, to 1e-8 for 99 in 100 of wild parameters
with horizons up to five years."""
NEGLIGIBLE = 1e-13
"""Purchases less likely than this are not counted in E[Y] of regular buyers."""


class BetaGeometric:
    """The shared likelihood; `first` is 0 for BG/NBD and 1 for MBG/NBD, `k` the regularity."""

    name: str
    first: int
    k = 1
    names = ("r", "alpha", "a", "b")
    scales = (False, True, False, False)
    moves: Mapping[str, tuple[float, ...]] = MappingProxyType(
        {"rate": (0.0, -1.0, 0.0, 0.0), "leaving": (0.0, 0.0, 1.0, 0.0)}
    )
    part = 16_384

    @property
    def living(self) -> int:
        """One way for each beat of the clock that may have gone by since the last purchase."""
        return self.k

    def start(self, s: Summary) -> Array:
        """The shop's mean and spread of purchases; half the time, for one in four leaves."""
        r, alpha = rate_start(s, self.k)
        return np.array([r, alpha / 2, 1.0, 3.0])

    def shared(self, params: Array, x: Array, count: Array) -> Sums:
        """Gamma(r + k x) / Gamma(r) alpha^r B(a, b + m) / B(a, b)."""
        rate = rate_mix(params, self.k * x, count)
        stay = _stayed(params, x + self.first, count)
        return rate[0] + stay[0], rate[1] + stay[1], rate[2] + stay[2]

    def terms(self, params: Array, s: Summary) -> Terms:
        """Alive and silent since t_x, by the beats since then; or gone at t_x."""
        r, alpha, a, b = params.tolist()
        silent, gone = (Decay.over(r, 0.0, alpha, seen) for seen in (s.watched, s.last))
        log, share = (
            np.stack([*[alive] * self.k, left])
            for alive, left in ((silent.log, gone.log), (silent.share, gone.share))
        )
        passed, beats = _beats(r, self.k, s)
        decay = Decay(r, r + self.k * s.x + passed, log, share)
        value = decay.value
        value[1:-1] += beats[0]
        left = _left(b, s.times.different + self.first)
        with np.errstate(divide="ignore"):  # where there was no chance to leave yet
            value[-1] += np.log(left * (a / b)).take(s.times.place)
        left = left.take(s.times.place)

        def derive() -> tuple[Array, Bend]:
            slope = np.zeros((4, *value.shape))
            decay.slope(slope[0], slope[1])
            slope[0, 1:-1] += beats[1]
            slope[2, -1] = 1.0
            np.negative(left, out=slope[3, -1])

            def bend(weight: Array) -> Array:
                bent = np.zeros((4, 4))
                bent[:2, :2] = decay.bend(weight)
                bent[0, 0] += float(np.vdot(weight[1:-1], beats[2]))
                bent[3, 3] = -float(np.vdot(weight[-1], left * (1 - left)))
                return bent

            return slope, bend

        return Terms(value, derive)

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """Of pure chance by `_by_chance`, of regular buyers by `_by_beats`."""
        if self.k > 1:
            return self._by_beats(params, s, h)
        if np.ndim(h):
            return self._by_chance(params, s, np.asarray(h))
        cells, place = s.cells
        return self._by_chance(params, cells, np.asarray(h)).take(place)

    def _by_chance(self, params: Array, s: Summary, h: Array) -> Array:
        """E over p ~ Beta(a, b + m) of [1 - (1 + p h / (alpha + T))^-R] / p.

        Given rate and chance to leave, expected purchases are (1 - exp(-lambda p h)) / p. The
        expectation over p is a Gauss-Jacobi sum: no 2F1, and a = 1 is a value like any other.
        """
        r, alpha, a, b = params.tolist()
        times, place = np.unique(s.times.place, return_inverse=True)
        rules = [_rule(a, b + x + self.first) for x in s.times.different[times].tolist()]
        nodes, weights = (np.array(each) for each in zip(*rules, strict=True))
        ahead = h / (alpha + s.T)
        expected = np.zeros(len(s))
        for j in range(NODES):
            p = nodes[:, j].take(place)
            grown = np.expm1(-(r + s.x) * np.log1p(p * ahead))
            expected -= weights[:, j].take(place) * grown / p
        return expected

    def _by_beats(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """A sum over the coming purchases: the n-th needs n k - j beats and n - 1 stays.

        With j beats since the last purchase, beats to come are negative binomial. Exact, where
        published programs approximate.
        """
        r, alpha, _, _ = params.tolist()
        ways = self.terms(params, s).value[: self.k]
        weight = np.exp(ways - ways.max(axis=0))
        weight /= weight.sum(axis=0)
        z = np.broadcast_to(np.asarray(h) / (alpha + s.T + np.asarray(h)), len(s))
        expected = np.zeros(len(s))
        for j in range(self.k):
            expected += weight[j] * self._coming(params, s, j, r + self.k * s.x + j, z)
        return expected

    def _coming(self, params: Array, s: Summary, j: int, power: Array, z: Array) -> Array:
        _, _, a, b = params.tolist()
        m, stay, n = s.x + self.first, np.ones(len(s)), 1
        expected, rows = np.zeros(len(s)), np.arange(len(s))
        while len(rows):
            more = stay[rows] * betainc(n * self.k - j, power[rows], z[rows])
            expected[rows] += more
            rows = rows[more > NEGLIGIBLE]
            stay[rows] *= (b + m[rows] + n - 1) / (a + b + m[rows] + n - 1)
            n += 1
        return expected


def _beats(r: float, k: int, s: Summary) -> tuple[Array | float, Array]:
    """Beats that have gone by since the last purchase, a way a row; and what they weigh.

    (r + k x)_j / j! silence^j for j = 1 … k - 1: its logarithm, and its derivatives by log r.
    """
    if k == 1:
        return 0.0, np.zeros((3, 0, len(s)))
    j = np.arange(1, k)[:, None]
    factors = r + k * s.x + (j - 1)
    shares = r / factors
    with np.errstate(divide="ignore"):  # who bought on the last evening is at no later beat
        value = np.log(factors).cumsum(axis=0) + j * np.log(s.T - s.t_x) - gammaln(j + 1)
    weighed = value, shares.cumsum(axis=0), (shares * (1 - shares)).cumsum(axis=0)
    return np.array([*range(k), 0.0])[:, None], np.array(weighed)


def _left(b: float, m: Array) -> Array:
    """b / (b + m - 1): what leaving at the last of m > 0 chances makes of a / b; 0 for none."""
    left = np.zeros_like(m)
    np.divide(b, b + m - 1, out=left, where=m > 0)
    return left


def _stayed(params: Array, m: Array, count: Array) -> Sums:
    """B(a, b + m) / B(a, b): survived m chances to leave."""
    a, b = params[2:].tolist()
    other, both = (Rising(np.array([b, a + b]), m).parts @ count).T
    summed = beta_ratio(a, b, other, both)
    slope, bend = np.zeros(4), np.zeros((4, 4))
    slope[2:] = summed[1:3]
    bend[2, 2:], bend[3, 2:] = summed[3:5], summed[4:]
    return float(summed[0]), slope, bend


@lru_cache(maxsize=4_096)
def _rule(a: float, b: float) -> tuple[Array, Array]:
    """Nodes and weights of the mean over Beta(a, b) (Golub, Welsch 1969).

    Kept for the last parameters asked for: they do not depend on the horizon.
    """
    diagonal, square = _recurrence(a - 1.0, b - 1.0, NODES)
    values, vectors = eigh_tridiagonal(diagonal, np.sqrt(square[1:]), lapack_driver="stev")
    nodes, weights = np.maximum((1 + values) / 2, 1e-300), vectors[0] ** 2
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def _recurrence(left: float, right: float, n: int) -> tuple[Array, Array]:
    """Three-term recurrence of the Jacobi polynomials with weight (1 + u)^left (1 - u)^right."""
    k, both = np.arange(n), left + right
    with np.errstate(invalid="ignore", divide="ignore"):
        diagonal = (left**2 - right**2) / ((2 * k + both) * (2 * k + both + 2))
        square = 4 * k * (k + right) * (k + left) * (k + both)
        square = square / ((2 * k + both) ** 2 * (2 * k + both + 1) * (2 * k + both - 1))
    # The general form reads 0/0 at its first members for some a and b; these are the limits.
    diagonal[0] = (left - right) / (both + 2)
    square[1] = 4 * (1 + right) * (1 + left) / ((2 + both) ** 2 * (3 + both))
    return diagonal, square
