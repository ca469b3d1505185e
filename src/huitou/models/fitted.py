"""A fitted purchase model, and all that follows from its likelihood.

With L the likelihood of a history, for every model alike (Fader, Hardie 2005 and after):

    P(alive)                     = L_alive(x, t_x, T) / L(x, t_x, T)
    P(no purchase in (T, T + h]) = L(x, t_x, T + h) / L(x, t_x, T)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Array, Index, Model, Summary
from huitou.models.newton import Prior, climb
from huitou.models.terms import log_sum, total

CHUNK = 16_384
"""Rows evaluated at a time: derivatives of a chunk stay within the processor's cache."""


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

    @property
    def params(self) -> Mapping[str, float]:
        """Parameters by name, in the unit of the data."""
        return dict(zip(self.model.names, np.exp(self.theta).tolist(), strict=True))

    def moved(self, theta: Array) -> Fitted:
        """The same model at other log-parameters."""
        return replace(self, theta=theta)

    def p_alive(self, s: Summary) -> Array:
        """Chance that the customer has not left for good."""
        alive, whole = self._logs(s)
        return np.clip(np.exp(alive - whole), 0.0, 1.0)

    def p_none(self, s: Summary, h: ArrayLike) -> Array:
        """Chance of no purchase in (T, T + h]; `h` is one time or one for each row."""
        return np.clip(np.exp(self._log_none(s, h)), 0.0, 1.0)

    def p_buy(self, s: Summary, h: ArrayLike) -> Array:
        """Chance of at least one purchase in (T, T + h]."""
        return np.clip(-np.expm1(self._log_none(s, h)), 0.0, 1.0)

    def _log_none(self, s: Summary, h: ArrayLike) -> Array:
        later = replace(s, T=s.T + np.asarray(h, dtype=np.float64))
        return self._logs(later)[1] - self._logs(s)[1]

    def _logs(self, s: Summary) -> tuple[Array, Array]:
        """Logs of the term of the living, and of the sum of all terms."""
        alive, whole = np.empty(len(s)), np.empty(len(s))
        for part in chunks(len(s)):
            terms = self.model.terms(np.exp(self.theta), s.rows(part))
            alive[part], whole[part] = terms[0].value, log_sum(terms)
        return alive, whole

    def expected_alive(self, s: Summary, h: ArrayLike) -> Array:
        """Expected purchase days in (T, T + h] of one who is alive at T."""
        return self.model.expected_alive(np.exp(self.theta), s, h)

    def expected(self, s: Summary, h: ArrayLike) -> Array:
        """Expected purchase days in (T, T + h]."""
        return self.p_alive(s) * self.expected_alive(s, h)

    def days_until(self, s: Summary, chance: float, *, longest: int) -> Index:
        """First whole day by which the chance to have bought reaches `chance`; -1 for never.

        Never means not within `longest` days; the unit of `s` must be days.
        """
        low = np.zeros(len(s), dtype=np.int64)
        high = np.full(len(s), longest, dtype=np.int64)
        never = self.p_buy(s, longest) < chance
        while (high - low > 1).any():
            middle = (low + high) // 2
            reached = self.p_buy(s, middle) >= chance
            high = np.where(reached, middle, high)
            low = np.where(reached, low, middle)
        return np.where(never, -1, high)


def chunks(n: int) -> Iterator[slice]:
    """Slices that cover n rows."""
    return (slice(start, start + CHUNK) for start in range(0, n, CHUNK))


def loglik(model: Model, theta: Array, s: Summary) -> tuple[float, Array, Array]:
    """Log-likelihood of all customers with gradient and Hessian by log-parameters."""
    params = np.exp(theta)
    times, place = np.unique(s.x, return_inverse=True)
    value, slope, bend = total(
        [model.shared(params, times)], np.bincount(place.reshape(-1), s.count).astype(np.float64)
    )
    for rows in chunks(len(s)):
        part = s.rows(rows)
        more = total(model.terms(params, part), part.count)
        value, slope, bend = value + more[0], slope + more[1], bend + more[2]
    return value, slope, bend


def weak_prior(model: Model, s: Summary, sd: float = 5.0) -> Prior:
    """Shapes near 1, scales near the mean time under observation."""
    typical = np.log(max(float(s.T @ s.count) / max(s.customers, 1), 1e-6))
    return Prior(np.where(np.array(model.scales), typical, 0.0), sd)


def fit(model: Model, s: Summary, *, prior_sd: float | None = 5.0) -> Fitted:
    """Maximum a posteriori by Newton; `prior_sd=None` switches the prior off (plain MLE)."""
    start = weak_prior(model, s).centre
    prior = None if prior_sd is None else weak_prior(model, s, prior_sd)

    def posterior(theta: Array) -> tuple[float, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = loglik(model, theta, s)
        if prior is None:
            return found
        more = prior(theta)
        return found[0] + more[0], found[1] + more[1], found[2] + more[2]

    peak = climb(posterior, start)
    return Fitted(
        model,
        peak.theta,
        peak.covariance,
        loglik(model, peak.theta, s)[0],
        s.customers,
        peak.converged,
        peak.steps,
    )
