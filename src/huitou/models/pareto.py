"""Pareto/NBD: rates and lifetimes are both gamma mixed (Schmittlein, Morrison, Colombo 1987).

    L = Gamma(r + x) / Gamma(r) alpha^r beta^s
        [ (alpha + T)^-(r+x) (beta + T)^-s
          + s int_{t_x}^{T} (alpha + y)^-(r+x) (beta + y)^-(s+1) dy ]

The integral is usually written with 2F1, which overflows and loses digits. Substituting
v = ((alpha + t_x) / (alpha + y))^(r+s+x), v = w^4 leaves a smooth integrand on (w_1, 1], so that a
few Gauss-Legendre nodes are exact, for any alpha and beta and any x. Derivatives weight the same
nodes: each node is one more term of the likelihood, *left about the time y*.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Array, Derivatives, Summary, Term
from huitou.models.nbd import rate_mix
from huitou.models.terms import add_decay, nothing

NODES = 16
"""Log-likelihood to 2e-12, Hessian to 4e-9."""


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
    r, alpha, shape, _ = params
    power = r + shape + s.x
    log_first = power / 4 * (np.log(alpha + s.t_x) - np.log(alpha + s.T))
    points, weights = _legendre(NODES)
    span = -np.expm1(log_first)
    w = 1 - span * points[:, None]
    log_v = 4 * np.log(w)
    y = (alpha + s.t_x) * np.exp(-log_v / power) - alpha
    # dy = 4 (alpha + y) / power  dw / w
    with np.errstate(divide="ignore"):
        length = np.log(4 * weights[:, None] * span / power) + np.log(alpha + y) - np.log(w)
    return np.clip(y, s.t_x, s.T), length


@lru_cache(maxsize=4)
def _legendre(n: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    points, weights = np.polynomial.legendre.leggauss(n)
    return (points + 1) / 2, weights / 2
