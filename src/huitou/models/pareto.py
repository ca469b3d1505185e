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

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Array, Derivatives, Summary, Term
from huitou.models.nbd import rate_mix
from huitou.models.terms import add_decay, nothing

NODES = 20
"""Log-likelihood of a row to 3e-9 over all parameters tried, to 1e-11 for 99 rows in 100."""
SLOWEST = 0.3
"""Least rate of fall assumed: below it the log scale alone is smooth enough."""


class ParetoNbd:
    """Customers leave at any time, bought or not; the reference model of the field."""

    name = "Pareto/NBD"
    names = ("r", "alpha", "s", "beta")
    scales = (False, True, False, True)

    def shared(self, params: Array, x: Array) -> Term:
        """Gamma(r + x) / Gamma(r) alpha^r beta^s."""
        rate, (_, _, s, beta) = rate_mix(params, x, 4), params

        def derive() -> Derivatives:
            found = rate.derive()
            found.slope[2] += s * np.log(beta)
            found.slope[3] += s
            found.bend[2, 2] += s * np.log(beta)
            found.bend[2, 3] += s
            found.bend[3, 2] += s
            return found

        return Term(rate.value + s * np.log(beta), derive)

    def terms(self, params: Array, s: Summary) -> Sequence[Term]:
        """Alive at T, or gone about each of the nodes between t_x and T."""
        alive = _term(params, s, s.T, 0.0, np.zeros(len(s)))
        nodes, lengths = _departures(params, s)
        gone = [_term(params, s, y, 1.0, log) for y, log in zip(nodes, lengths, strict=True)]
        return [alive, *gone]

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """(r + x) / (alpha + T) int_0^h ((beta + T) / (beta + T + u))^s du; s = 1 is its limit."""
        r, alpha, shape, beta = params
        stretch = np.log1p(np.asarray(h) / (beta + s.T))
        left = (shape - 1) * stretch
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(np.abs(left) < 1e-12, 1.0, -np.expm1(-left) / left)
        expected: Array = (r + s.x) / (alpha + s.T) * (beta + s.T) * stretch * ratio
        return expected


def _term(params: Array, s: Summary, y: Array, gone: float, log_length: Array) -> Term:
    """(alpha + y)^-(r+x) (beta + y)^-(s+gone), times s and the node's length for the gone."""
    r, alpha, shape, beta = params
    value = -(r + s.x) * np.log(alpha + y) - (shape + gone) * np.log(beta + y)
    value = value + gone * np.log(shape) + log_length

    def derive() -> Derivatives:
        found = nothing(4, len(s))
        add_decay(found, (0, 1), (r, s.x), alpha, y)
        add_decay(found, (2, 3), (shape, gone), beta, y)
        found.slope[2] += gone
        return found

    return Term(value, derive)


def _departures(params: Array, s: Summary) -> tuple[Array, Array]:
    """Times y between t_x and T, and the log of the length each stands for; shape (nodes, n)."""
    r, alpha, shape, beta = params
    least = min(alpha, beta)
    start = least + s.t_x
    fall = (r + s.x) * start / (alpha + s.t_x) + (shape + 1) * start / (beta + s.t_x) - 1
    power = np.maximum(fall, SLOWEST) / 4
    points, weights = _legendre(NODES)
    span = -np.expm1(-power * np.log1p((s.T - s.t_x) / start))
    log_w = np.log1p(-span * points[:, None])
    later = np.expm1(-log_w / power)
    with np.errstate(divide="ignore"):  # nobody leaves where t_x is T: a length of 0
        length = np.log(weights[:, None] * span * start / power) + np.log1p(later) - log_w
    return np.minimum(s.t_x + start * later, s.T), length


@lru_cache(maxsize=4)
def _legendre(n: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    points, weights = np.polynomial.legendre.leggauss(n)
    return (points + 1) / 2, weights / 2
