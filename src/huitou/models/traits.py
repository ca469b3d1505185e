"""Customers of different kinds: traits that move how often they buy, and how readily they leave.

Traits are few and discrete (a channel, a first basket, a month), so customers fall into patterns,
and each pattern is a shop of its own whose log-parameters are those of all, moved in a straight
line (Fader, Hardie 2007, note on covariates):

    theta_pattern = base + rate . z  along `model.moves["rate"]`
                         + leaving . z  along `model.moves["leaving"]`

So every purchase model takes traits without knowing of them: slopes and Hessians of the patterns'
likelihoods are carried back through the same lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Model
from huitou.models.fitted import Fitted, fit, loglik, weak_prior
from huitou.models.newton import Prior, climb, with_prior
from huitou.models.numbers import Array
from huitou.models.summary import Summary, packed

PULL = 1.0
"""Sd of the prior of a trait's effect, in logs: a factor of three either way is believed easily."""


@dataclass(frozen=True)
class Pattern:
    """Customers alike in all traits: the values of the traits, and their packed histories."""

    z: Array
    histories: Summary


@dataclass(frozen=True)
class Kinds:
    """Customers, together and by pattern."""

    everyone: Summary
    patterns: tuple[Pattern, ...]


def kinds(x: ArrayLike, t_x: ArrayLike, T: ArrayLike, z: ArrayLike) -> Kinds:
    """Sort customers by their traits, `z` of shape (n, traits)."""
    columns = [np.asarray(each, dtype=np.float64) for each in (x, t_x, T)]
    different, place = np.unique(np.asarray(z, dtype=np.float64), axis=0, return_inverse=True)
    rows = [np.flatnonzero(place.reshape(-1) == at) for at in range(len(different))]
    found = [packed(*(column[who] for column in columns)) for who in rows]
    return Kinds(packed(*columns), tuple(map(Pattern, different, found)))


@dataclass(frozen=True)
class Traited:
    """A model fitted to customers with traits."""

    model: Model
    traits: tuple[str, ...]
    theta: Array
    """Logarithms of the base parameters, then what each trait adds: `effects`."""
    covariance: Array
    loglik: float
    customers: int
    converged: bool

    @property
    def params(self) -> Mapping[str, float]:
        """Of customers whose traits are all 0."""
        names = self.model.names
        return dict(zip(names, np.exp(self.theta[: len(names)]).tolist(), strict=True))

    @property
    def effects(self) -> Mapping[str, tuple[float, float]]:
        """By what logarithm each trait raises rate and leaving, and how sure that is (sd)."""
        names = [f"{what} {trait}" for what in self.model.moves for trait in self.traits]
        own = slice(len(self.model.names), None)
        sd = np.sqrt(np.diag(self.covariance))[own]
        told = zip(names, self.theta[own].tolist(), sd.tolist(), strict=True)
        return {name: (effect, spread) for name, effect, spread in told}

    def of(self, z: ArrayLike) -> Fitted:
        """The model of customers with these traits, whether any was seen or not."""
        line = _line(self.model, np.asarray(z, dtype=np.float64))
        covariance = line @ self.covariance @ line.T
        return Fitted(
            self.model, line @ self.theta, covariance, self.loglik, self.customers, self.converged
        )


def fit_traits(
    model: Model,
    seen: Kinds,
    traits: Sequence[str],
    *,
    prior_sd: float | None = 5.0,
    pull: float | None = PULL,
) -> Traited:
    """Fit base parameters and the traits' effects together; None switches a prior off."""
    lines = [_line(model, pattern.z) for pattern in seen.patterns]
    p, size = lines[0].shape
    alike = fit(model, seen.everyone, prior_sd=prior_sd)
    start = np.concatenate([alike.theta, np.zeros(size - p)])

    def evaluate(theta: Array) -> tuple[float, Array, Array]:
        value, slope, bend = 0.0, np.zeros(size), np.zeros((size, size))
        for line, pattern in zip(lines, seen.patterns, strict=True):
            one = loglik(model, line @ theta, pattern.histories)
            value, slope = value + one[0], slope + line.T @ one[1]
            bend += line.T @ one[2] @ line
        return value, slope, bend

    centre = np.concatenate([weak_prior(model, seen.everyone).centre, np.zeros(size - p)])
    wide = np.repeat([prior_sd or np.inf, pull or np.inf], [p, size - p])
    prior = Prior(centre, wide)
    peak = climb(with_prior(evaluate, prior), start)
    value = peak.value - prior(peak.theta)[0]
    return Traited(
        model,
        tuple(traits),
        peak.theta,
        peak.covariance,
        value,
        alike.customers,
        peak.converged,
    )


def _line(model: Model, z: Array) -> Array:
    """How base parameters and effects make a pattern's log-parameters: (p, p + effects)."""
    moved = [np.outer(along, z) for along in model.moves.values()]
    return np.hstack([np.eye(len(model.names)), *moved])
