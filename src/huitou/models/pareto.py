"""Pareto/NBD: rates and lifetimes are both gamma mixed (Schmittlein, Morrison, Colombo 1987).

    L = Gamma(r + x) / Gamma(r) alpha^r beta^s
        [ (alpha + T)^-(r+x) (beta + T)^-s
          + s int_{t_x}^{T} (alpha + y)^-(r+x) (beta + y)^-(s+1) dy ]

The integral is usually written with 2F1, which overflows and loses digits. Here y is put on the
log scale u = log(c + y) of the smaller of alpha and beta, call it c: there the integrand falls at
a rate that only grows with y. With D the rate of that fall at t_x, the substitution
w = exp(-(u - u_0) D / 4) leaves something smooth on (w_1, 1], and a few Gauss-Legendre nodes are
enough, for any alpha and beta and any x. Derivatives weight the same nodes: each node is one more
term of the likelihood, *left about the time y*.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Bend, Sums, Terms
from huitou.models.nbd import rate_mix, rate_start
from huitou.models.numbers import Array
from huitou.models.summary import Summary
from huitou.models.terms import Decay, legendre

NODES = 12
"""Log-likelihood of a row to 2e-9 for shops like the public ones, to 4e-6 for the wildest tried
(alpha and beta from 1 to 200,000, up to four hundred purchases)."""
SLOWEST = 0.3
"""Least rate of fall assumed: below it the log scale alone is smooth enough."""


class ParetoNbd:
    """Customers leave at any time, bought or not; the reference model of the field."""

    name = "Pareto/NBD"
    names = ("r", "alpha", "s", "beta")
    scales = (False, True, False, True)
    living = 1
    moves = MappingProxyType({"rate": (0.0, -1.0, 0.0, 0.0), "leaving": (0.0, 0.0, 0.0, -1.0)})
    part = 640

    def start(self, s: Summary) -> Array:
        """The shop's mean and spread of purchases; half the time, for some have left."""
        r, alpha = rate_start(s)
        return np.array([r, alpha / 2, 1.0, s.usual_time])

    def shared(self, params: Array, x: Array, count: Array) -> Sums:
        """Gamma(r + x) / Gamma(r) alpha^r beta^s."""
        value, slope, bend = rate_mix(params, x, count)
        own = float(params[2]) * float(count.sum())
        log = own * float(np.log(params[3]))
        slope[2:] += log, own
        bend[2, 2:] += log, own
        bend[3, 2] += own
        return value + log, slope, bend

    def terms(self, params: Array, s: Summary) -> Terms:
        """Alive at T, or gone about each of the nodes between t_x and T."""
        r, _, shape, _ = params.tolist()
        seen = _departures(params, s)
        gone = np.ones((NODES + 1, 1))
        gone[0] = 0.0
        bought = Decay(r, r + s.x, seen.log_rate, seen.share_rate)
        stayed = Decay(shape, shape + gone, seen.log_leave, seen.share_leave)
        value = bought.value
        value += stayed.value
        value[1:] += seen.length

        def derive() -> tuple[Array, Bend]:
            slope = np.empty((4, *value.shape))
            bought.slope(slope[0], slope[1])
            stayed.slope(slope[2], slope[3])
            slope[2, 1:] += 1.0

            def bend(weight: Array) -> Array:
                bent = np.zeros((4, 4))
                bent[:2, :2], bent[2:, 2:] = bought.bend(weight), stayed.bend(weight)
                return bent

            return slope, bend

        return Terms(value, derive)

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """(r + x) / (alpha + T) int_0^h ((beta + T) / (beta + T + u))^s du; s = 1 is its limit."""
        if not np.ndim(h):
            cells, place = s.cells
            return self._living(params, cells, np.asarray(h)).take(place)
        return self._living(params, s, np.asarray(h))

    def _living(self, params: Array, s: Summary, h: Array) -> Array:
        r, alpha, shape, beta = params.tolist()
        stretch = np.log1p(h / (beta + s.T))
        left = (shape - 1) * stretch
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(np.abs(left) < 1e-12, 1.0, -np.expm1(-left) / left)
        expected: Array = (r + s.x) / (alpha + s.T) * (beta + s.T) * stretch * ratio
        return expected


@dataclass(frozen=True)
class _Departures:
    """T first, then each node: what the decays need, (1 + nodes, n).

    `length` has for each node the logarithm of s times the time it stands for.
    """

    log_rate: Array
    share_rate: Array
    log_leave: Array
    share_leave: Array
    length: Array


def _departures(params: Array, s: Summary) -> _Departures:
    """Moments y from t_x to T: c + y = start / w^(1/power), c the smaller of alpha and beta."""
    r, alpha, shape, beta = params.tolist()
    least, other = min(alpha, beta), max(alpha, beta)
    points, weights = legendre(NODES)
    first = s.last.each(lambda t: np.log(least + t))
    last = s.watched.each(lambda t: np.log(least + t))
    start, beside = least + s.t_x, other + s.t_x
    of_rate, of_leave = (1.0, start / beside) if alpha <= beta else (start / beside, 1.0)
    power = np.maximum((r + s.x) * of_rate + (shape + 1) * of_leave - 1, SLOWEST) / 4
    span = -np.expm1(power * (first - last))
    log_near, near = np.empty((NODES + 1, len(s))), np.empty((NODES + 1, len(s)))
    log_w = np.log(1.0 - span * points[:, None])
    log_near[0] = last
    np.subtract(first, log_w / power, out=log_near[1:])
    np.exp(log_near, out=near)
    with np.errstate(divide="ignore"):  # nobody leaves where t_x is T: a length of 0
        length = log_near[1:] - log_w
        length += np.log(span * (shape / power))
        length += np.log(weights[:, None])
    far = near + (other - least)
    pairs = (log_near, least / near), (np.log(far), other / far)
    (log_rate, share_rate), (log_leave, share_leave) = pairs if alpha <= beta else pairs[::-1]
    return _Departures(log_rate, share_rate, log_leave, share_leave, length)
