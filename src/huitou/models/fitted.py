"""A fitted purchase model, and all that follows from its likelihood.

With L the likelihood of a history, for every model alike (Fader, Hardie 2005 and after):

    P(alive)                     = L_alive(x, t_x, T) / L(x, t_x, T)
    P(no purchase in (T, T + h]) = L(x, t_x, T + h) / L(x, t_x, T)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from huitou.models.contract import Model
from huitou.models.newton import Prior, climb, with_prior
from huitou.models.numbers import Array, Index
from huitou.models.summary import Summary
from huitou.models.terms import legendre, log_sum, total

SCOUT = 8
"""A large shop is first fitted to every eighth of its histories: the whole then needs few steps."""
SCOUTED = 2
"""Of so many histories as are evaluated at a time, half is large."""
NEAR_ENOUGH = 0.3, 0.5
"""The last step of a scout, as in `newton.LAST`: a part is off by more than that from the whole."""


DUE = 32
"""Gauss-Legendre nodes over the horizon for discounted purchases."""


@dataclass(frozen=True)
class Prediction:
    """What is asked of every customer most, one answer a row."""

    p_alive: Array
    p_buy: Array
    expected: Array


@dataclass(frozen=True)
class Fitted:
    """A model with its parameters: ask it about any histories, measured in the same unit."""

    model: Model
    theta: Array
    """Logarithms of the parameters."""
    covariance: Array
    """Of `theta`, by Laplace's approximation."""
    loglik: float
    """Log-likelihood at `theta`, without the prior."""
    customers: int
    converged: bool = True
    steps: int = 0
    prior_sd: float | None = None

    @property
    def params(self) -> Mapping[str, float]:
        """Parameters by name, in the unit of the data."""
        return dict(zip(self.model.names, np.exp(self.theta).tolist(), strict=True))

    @property
    def prior_dominated(self) -> tuple[str, ...]:
        """Parameters of which the prior says at least as much as the customers do."""
        if self.prior_sd is None:
            return ()
        open_ = np.diag(self.covariance) > self.prior_sd**2 / 2
        return tuple(name for name, wide in zip(self.model.names, open_, strict=True) if wide)

    def moved(self, theta: Array) -> Fitted:
        """The same model at other log-parameters."""
        return replace(self, theta=theta)

    def p_alive(self, s: Summary) -> Array:
        """Chance that the customer has not left for good."""
        return _share(*self._logs(s))

    def p_none(self, s: Summary, h: ArrayLike) -> Array:
        """Chance of no purchase in (T, T + h]; `h` is one time or one for each row."""
        return np.clip(np.exp(self._logs(s.after(h))[1] - self._logs(s)[1]), 0.0, 1.0)

    def p_buy(self, s: Summary, h: ArrayLike) -> Array:
        """Chance of at least one purchase in (T, T + h]: never above that to be alive."""
        alive, whole = self._logs(s)
        chance = _chance(self._logs(s.after(h))[1] - whole)
        return np.minimum(chance, _share(alive, whole), out=chance)

    def _logs(self, s: Summary) -> tuple[Array, Array]:
        """Logs of the terms of the living, and of all terms, summed."""
        params, living = np.exp(self.theta), self.model.living
        ways = [self.model.terms(params, part).value for part in s.parts(self.model.part)]
        alive = [log_sum(each[:living]) for each in ways]
        return np.concatenate(alive), np.concatenate([log_sum(each) for each in ways])

    def expected_alive(self, s: Summary, h: ArrayLike) -> Array:
        """Expected purchase days in (T, T + h] of one who is alive at T."""
        return self.model.expected_alive(np.exp(self.theta), s, h)

    def expected(self, s: Summary, h: ArrayLike) -> Array:
        """Expected purchase days in (T, T + h]."""
        return self.p_alive(s) * self.expected_alive(s, h)

    def predict(self, s: Summary, h: float) -> Prediction:
        """All three at once, for little more than the price of the first."""
        if not self.forgets:
            return Prediction(self.p_alive(s), self.p_buy(s, h), self.expected(s, h))
        cells, place = s.cells
        return self.met(self.p_alive(s), *(each.take(place) for each in self.ahead(cells, h)))

    @property
    def forgets(self) -> bool:
        """Whether what the living do next depends on (x, T) alone: they are one way, not many."""
        return self.model.living == 1

    def ahead(self, cells: Summary, h: float) -> tuple[Array, Array]:
        """Of those alive: the chance to buy in (T, T + h], and expected purchase days."""
        return self.p_buy(cells, h) / self.p_alive(cells), self.expected_alive(cells, h)

    @staticmethod
    def met(p_alive: Array, back: Array, days: Array) -> Prediction:
        """What the living do, met with the chance to be one of them."""
        return Prediction(p_alive, p_alive * back, p_alive * days)

    def discounted(self, s: Summary, h: float, rate: float) -> Array:
        """Expected purchase days in (T, T + h], each worth exp(-rate u) when it comes after u.

        Times the profit of a purchase day it is the discounted expected profit. Purchases come
        early if at all, so the nodes stand closer together there. Where time is counted in
        occasions, a purchase comes at the end of one.
        """
        if not any(self.model.scales):
            return self.p_alive(s) * self._occasion_by_occasion(s, h, rate)
        points, weights = legendre(DUE)
        worth: Array = np.exp(-rate * h) * self.expected_alive(s, h)
        for point, weight in zip(points**3 * h, weights * 3 * points**2 * h, strict=True):
            worth += rate * weight * np.exp(-rate * point) * self.expected_alive(s, point)
        alive: Array = self.p_alive(s)
        return alive * worth

    def _occasion_by_occasion(self, s: Summary, h: float, rate: float) -> Array:
        worth = before = np.zeros(len(s))
        for k in range(1, int(h) + 1):
            until = self.expected_alive(s, k)
            worth, before = worth + np.exp(-rate * k) * (until - before), until
        return worth

    def days_until(self, s: Summary, chance: Array | float, *, longest: int) -> Index:
        """First whole day by which the chance to have bought reaches `chance`; -1 for never.

        Never means not within `longest` days; the unit of `s` must be days. `chance` is one for all
        rows, or one a row.
        """
        whole = self._logs(s)[1]

        def reached(days: ArrayLike) -> NDArray[np.bool_]:
            return _chance(self._logs(s.after(days))[1] - whole) >= chance

        low = np.zeros(len(s), dtype=np.int64)
        high = np.full(len(s), longest, dtype=np.int64)
        ever = reached(longest)
        while (high - low > 1).any():
            middle = (low + high) // 2
            soon = reached(middle)
            high = np.where(soon, middle, high)
            low = np.where(soon, low, middle)
        return np.where(ever, high, -1)


def _share(alive: Array, whole: Array) -> Array:
    """The living's share of the likelihood, from the logarithms; `alive` is written over."""
    alive -= whole
    return np.exp(np.minimum(alive, 0.0, out=alive), out=alive)


def _chance(log_none: Array) -> Array:
    return np.clip(-np.expm1(log_none), 0.0, 1.0)


def loglik(model: Model, theta: Array, s: Summary) -> tuple[float, Array, Array]:
    """Log-likelihood of all customers with gradient and Hessian by log-parameters."""
    params = np.exp(theta)
    value, slope, bend = model.shared(params, s.times.different, s.often)
    for part in s.parts(model.part):
        more = total(model.terms(params, part), part.count)
        value, slope, bend = value + more[0], slope + more[1], bend + more[2]
    return value, slope, bend


def weak_prior(model: Model, s: Summary, sd: float = 5.0) -> Prior:
    """Shapes near 1, scales near the mean time under observation."""
    return Prior(np.where(np.array(model.scales), np.log(s.usual_time), 0.0), sd)


def fit(model: Model, s: Summary, *, prior_sd: float | None = 5.0) -> Fitted:
    """Maximum a posteriori by Newton; `prior_sd=None` switches the prior off (plain MLE)."""
    prior = None if prior_sd is None else weak_prior(model, s, prior_sd)
    peak = climb(with_prior(lambda theta: loglik(model, theta, s), prior), _start(model, s, prior))
    value = peak.value - (prior(peak.theta)[0] if prior else 0.0)
    return Fitted(
        model,
        peak.theta,
        peak.covariance,
        value,
        s.customers,
        peak.converged,
        peak.steps,
        prior_sd,
    )


def _start(model: Model, s: Summary, prior: Prior | None) -> Array:
    """Near the maximum, by way of ever larger parts of a large shop."""
    if len(s) < model.part // SCOUTED:
        return np.log(model.start(s))
    some = s.rows(slice(SCOUT // 2, None, SCOUT))
    start = _start(model, some, prior)
    return climb(
        with_prior(lambda theta: loglik(model, theta, some), prior), start, last=NEAR_ENOUGH
    ).theta
