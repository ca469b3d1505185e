"""Gamma-Gamma: what a purchase day is worth (Fader, Hardie, note 025, 2013).

Spend of a customer's purchase days is Gamma(p, nu) with nu ~ Gamma(q, gamma), independent of how
often the customer buys. With x purchase days of mean spend m:

    L = Gamma(p x + q) / (Gamma(p x) Gamma(q)) gamma^q m^(p x - 1) x^(p x) / (gamma + x m)^(p x + q)
    E[spend | x, m] = p (gamma + x m) / (p x + q - 1)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, polygamma

from huitou.models.newton import Prior, climb, with_prior
from huitou.models.numbers import Array


@dataclass(frozen=True)
class Spend:
    """A fitted Gamma-Gamma model; `gamma` and spends are in the unit of the data."""

    theta: Array
    """Logarithms of p, q and gamma."""
    covariance: Array
    loglik: float
    customers: int
    converged: bool

    @property
    def params(self) -> dict[str, float]:
        """Parameters by name."""
        return dict(zip(("p", "q", "gamma"), np.exp(self.theta).tolist(), strict=True))

    def moved(self, theta: Array) -> Spend:
        """The same model at other log-parameters."""
        return replace(self, theta=theta)

    def expected(self, x: ArrayLike, m: ArrayLike) -> Array:
        """Expected spend of a coming purchase day after `x` days of mean spend `m`.

        Where spends are so unequal that p x + q - 1 nears 0, at most twice the plain mean is
        promised.
        """
        p, q, gamma = np.exp(self.theta)
        x, m = np.asarray(x, dtype=np.float64), np.asarray(m, dtype=np.float64)
        # p x + q - 1 near zero would promise fortunes from one order; half of p x is the floor.
        weight = np.maximum(p * x + q - 1, np.maximum(p * x / 2, 1e-9))
        expected: Array = p * (gamma + x * m) / weight
        return expected


def fit_spend(x: ArrayLike, m: ArrayLike, *, prior_sd: float | None = 5.0) -> Spend:
    """Fit to customers with `x` > 0 purchase days of mean spend `m` > 0; the others are left out.

    Raises ValueError where nobody is left.
    """
    days, means = np.asarray(x, dtype=np.float64), np.asarray(m, dtype=np.float64)
    known = (days > 0) & (means > 0) & np.isfinite(means)
    days, means = days[known], means[known]
    if not len(days):
        raise ValueError("no customer with a positive spend")
    start = np.log([1.0, 3.0, float(np.median(means))])
    prior = Prior(start, prior_sd) if prior_sd else None
    peak = climb(with_prior(lambda theta: spend_loglik(theta, days, means), prior), start)
    value = peak.value - (prior(peak.theta)[0] if prior else 0.0)
    return Spend(peak.theta, peak.covariance, value, len(days), peak.converged)


def spend_loglik(theta: Array, x: Array, m: Array) -> tuple[float, Array, Array]:
    """Log-likelihood with gradient and Hessian by (log p, log q, log gamma)."""
    p, q, gamma = np.exp(theta)
    days, place, count = np.unique(x, return_inverse=True, return_counts=True)
    place = place.reshape(-1)
    counts = count.astype(np.float64)
    value, by_p, by_q, by_pp, by_pq, by_qq = _gammas(p, q, days, counts)
    spent = np.log(gamma + x * m)
    power = p * x + q
    value += float((p * x) @ np.log(x * m) - np.log(m).sum() - power @ spent)
    value += len(x) * q * float(theta[2])
    share = gamma / (gamma + x * m)
    by_p += float(x @ (np.log(x * m) - spent))
    by_q += len(x) * float(theta[2]) - float(spent.sum())
    by_g = len(x) * q - float(power @ share)
    slope = np.array([p * by_p, q * by_q, by_g])
    cross_p, cross_q = -p * float(x @ share), q * (len(x) - float(share.sum()))
    bend = np.array(
        [
            [p * by_p + p * p * by_pp, p * q * by_pq, cross_p],
            [p * q * by_pq, q * by_q + q * q * by_qq, cross_q],
            [cross_p, cross_q, -float(power @ (share * (1 - share)))],
        ]
    )
    return float(value), slope, bend


def _gammas(p: float, q: float, days: Array, counts: Array) -> tuple[float, ...]:
    """Sum of log Gamma(p x + q) - log Gamma(p x) - log Gamma(q), and its derivatives by p and q."""
    both, own = p * days + q, p * days
    value = counts @ (gammaln(both) - gammaln(own) - gammaln(q))
    by_p = counts @ (days * (digamma(both) - digamma(own)))
    by_q = counts @ (digamma(both) - digamma(q))
    second = polygamma(1, both)
    by_pp = counts @ (days**2 * (second - polygamma(1, own)))
    by_pq = counts @ (days * second)
    by_qq = counts @ (second - polygamma(1, q))
    return tuple(float(part) for part in (value, by_p, by_q, by_pp, by_pq, by_qq))
