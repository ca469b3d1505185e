"""Contracts that are renewed or ended: sBG and BdW (Fader, Hardie 2007; Fader et al. 2018).

A customer ends the contract at each renewal with a chance of their own, beta distributed over
customers; under the BdW that chance also drifts with tenure, up for c > 1 and down for c < 1:

    S(t) = B(alpha, beta + t^c) / B(alpha, beta)             c = 1 for the sBG

One formula; the chance to renew, what is left of a contract and its worth today are derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, zeta

from huitou.models.contract import Bend, Terms
from huitou.models.newton import Evaluate, Prior, climb, with_prior
from huitou.models.numbers import Array
from huitou.models.terms import BetaRatio, shared_out, total


@dataclass(frozen=True)
class Tenures:
    """Contracts by the renewals they were asked for, each different tenure once."""

    t: Array
    """The renewal at which the contract ended; of those that run, the last it came through."""
    ended: Array
    """1 where it ended, 0 where it runs."""
    count: Array


def tenures(t: ArrayLike, ended: ArrayLike) -> Tenures:
    """Count contracts by tenure. Raises ValueError for one that ended before its first renewal."""
    at, over = np.asarray(t, dtype=np.float64), np.asarray(ended, dtype=bool)
    if (at < over).any() or not np.isfinite(at).all():
        raise ValueError("a contract that ended did so at its first renewal or later")
    pairs, count = np.unique(np.stack([at, over]), axis=1, return_counts=True)
    return Tenures(pairs[0], pairs[1], count.astype(np.float64))


class Sbg:
    """Shifted beta-geometric: who stays is, ever more, who never thought of leaving."""

    name = "sBG"
    names: tuple[str, ...] = ("alpha", "beta")

    def stays(self, params: Array, t: Array) -> Terms:
        """S(t), with alpha and beta the first two parameters; and c the third, if any."""
        alpha, beta = params[:2].tolist()
        c, p = float(params[2]) if len(params) > 2 else 1.0, len(params)
        log_t = np.log(np.maximum(t, 1.0))
        v = t**c
        ratio = BetaRatio(alpha, beta, np.zeros_like(v), v)
        by_c, by_cc = c * v * log_t, c * v * log_t * (1 + c * log_t)

        def derive() -> tuple[Array, Bend]:
            first, mixed = _by_tenure(alpha, beta, v)
            slope = np.zeros((p, 1, len(t)))
            slope[:2, 0] = ratio.slope
            slope[2:, 0] = first * by_c

            def bend(weight: Array) -> Array:
                bent, w = np.zeros((3, 3)), weight[0]
                bent[:2, :2] = ratio.bent(w)
                bent[2, :2] = bent[:2, 2] = mixed[:2] @ (w * by_c)
                bent[2, 2] = w @ (mixed[2] * by_c**2 + first * by_cc)
                return bent[:p, :p]

            return slope, bend

        return Terms(ratio.value[None, :], derive)


class Bdw(Sbg):
    """Beta-discrete-Weibull: chances to leave that grow or wear off with tenure, too."""

    name = "BdW"
    names = ("alpha", "beta", "c")


def _by_tenure(alpha: float, beta: float, v: Array) -> tuple[Array, Array]:
    """Derivative of log S by v = t^c; and its own by log alpha, log beta and v."""
    all_of = alpha + beta + v
    near, far = zeta(2.0, beta + v), zeta(2.0, all_of)
    mixed = np.array([-alpha * far, beta * (near - far), near - far])
    return digamma(beta + v) - digamma(all_of), mixed


def loglik(model: Sbg, theta: Array, s: Tenures) -> tuple[float, Array, Array]:
    """Log-likelihood of all contracts with gradient and Hessian by log-parameters."""
    params, over = np.exp(theta), s.ended > 0
    value, slope, bend = total(model.stays(params, s.t[~over]), s.count[~over])
    more = _ended(model, params, s.t[over], s.count[over])
    return value + more[0], slope + more[1], bend + more[2]


def _ended(model: Sbg, params: Array, t: Array, count: Array) -> tuple[float, Array, Array]:
    """Of contracts that ended at t: S(t - 1) - S(t), a sum whose second way counts against it."""
    both = model.stays(params, np.concatenate([t - 1, t]))
    value = both.value.reshape(2, -1)
    lost = -np.expm1(value[1] - value[0])
    shares = np.array([1 / lost, 1 - 1 / lost])

    def derive() -> tuple[Array, Bend]:
        slope, bend = both.derive()
        return slope.reshape(len(slope), 2, -1), lambda weight: bend(weight.reshape(1, -1))

    return shared_out(Terms(value, derive), value[0] + np.log(lost), shares, count)


@dataclass(frozen=True)
class Renewals:
    """A fitted contract model: ask it about contracts that have come through `t` renewals."""

    model: Sbg
    theta: Array
    covariance: Array
    loglik: float
    customers: int
    converged: bool = True

    @property
    def params(self) -> Mapping[str, float]:
        """Parameters by name."""
        return dict(zip(self.model.names, np.exp(self.theta).tolist(), strict=True))

    def survival(self, t: ArrayLike) -> Array:
        """Share of new contracts that come through `t` renewals."""
        at = np.asarray(t, dtype=np.float64)
        logs = self.model.stays(np.exp(self.theta), at.ravel()).value[0]
        shares: Array = np.exp(logs).reshape(at.shape)
        return shares

    def p_renew(self, t: ArrayLike, periods: ArrayLike = 1) -> Array:
        """Chance to come through as many more renewals, for one that has come through `t`."""
        at = np.asarray(t, dtype=np.float64)
        kept: Array = self.survival(at + np.asarray(periods)) / self.survival(at)
        return kept

    def expected(self, t: ArrayLike, periods: int, rate: float = 0.0) -> Array:
        """Expected number of the coming renewals, each discounted by `rate` a period.

        Times the margin of a period it is what the contract is still worth within the horizon.
        """
        ahead = np.arange(1, periods + 1)
        chances = self.p_renew(np.asarray(t, dtype=np.float64)[..., None], ahead)
        worth: Array = chances @ np.exp(-rate * ahead)
        return worth


def fit_renewals(model: Sbg, s: Tenures, *, prior_sd: float | None = 5.0) -> Renewals:
    """Maximum a posteriori by Newton; `prior_sd=None` switches the prior off."""
    start = np.zeros(len(model.names))
    prior = None if prior_sd is None else Prior(start, prior_sd)
    evaluate: Evaluate = with_prior(lambda theta: loglik(model, theta, s), prior)
    peak = climb(evaluate, start)
    value = peak.value - (prior(peak.theta)[0] if prior else 0.0)
    return Renewals(model, peak.theta, peak.covariance, value, int(s.count.sum()), peak.converged)
