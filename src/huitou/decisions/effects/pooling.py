"""How wide the beliefs about acts should be: learned from all acts together, averaged, and bounded.

A guess says where each act's effect lies and how far it may be off. How far such guesses *are* off,
the acts tell together: one width for each feature, over all acts (empirical Bayes by EM; Efron &
Morris 1973; MacKay 1992). Since noise alone also looks like width, "hardly anything moves anybody"
stays a rival that is averaged in by how well it foresaw the data: a planted zero stays a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from huitou.decisions.effects.response import (
    BASE,
    ActsPosterior,
    FloatArray,
    IntArray,
    Normal,
    Posterior,
    averaged,
    fit_acts,
)

KINSHIP = 0.4
"""Correlation of what two acts do to the same people: who answers one answers others, somewhat."""
ROUNDS = 6
"""Rounds of EM; widths settle to a few per cent."""
AS_ACTS = 1.0
"""What the guessed width weighs, in acts, against what the acts show."""
NARROWEST, WIDEST = 0.05, 2.0
"""Widths stay within these multiples of the guess: never wider than sensible."""
RIVALS = ((0.1, 0.3), (0.5, 0.2), (1.0, 0.5))
"""Multiples of the learned widths that are averaged over, each with its chance beforehand."""


@dataclass(frozen=True)
class Widths:
    """Multiples of the guessed widths, one for each feature, learned over all acts."""

    multiples: FloatArray

    def of(self, guess: Normal, times: float = 1.0) -> Normal:
        """A guess with its widths corrected."""
        return Normal.apart(guess.mean, guess.sd * self.multiples * times)


def learn_acts(
    x: FloatArray,
    act: IntArray,
    y: FloatArray,
    p0: FloatArray,
    guesses: Sequence[Normal],
    *,
    base: Normal = BASE,
    weight: FloatArray | None = None,
    kinship: float = KINSHIP,
) -> ActsPosterior:
    """What every act does, pooled over acts and shrunk as far as the data themselves advise.

    Arguments as `response.fit_acts`; `guesses` are the playbook's, independent over features.
    The mean of the posterior may be promised as it stands: its widths were not chosen by hope.
    """
    between = _between(len(guesses), kinship)

    def at(widths: Widths, times: float = 1.0) -> ActsPosterior:
        priors = [widths.of(guess, times) for guess in guesses]
        return fit_acts(x, act, y, p0, priors, base=base, weight=weight, between=between)

    widths = Widths(np.ones(x.shape[1]))
    for _ in range(ROUNDS):
        widths = _widths(at(widths).joint, guesses, between)
    found = [at(widths, times).joint for times, _ in RIVALS]
    chances = np.array([chance for _, chance in RIVALS])
    return ActsPosterior(averaged(found, chances), len(guesses), x.shape[1])


def _between(acts: int, kinship: float) -> FloatArray:
    return np.full((acts, acts), kinship) + (1 - kinship) * np.eye(acts)


def _widths(joint: Posterior, guesses: Sequence[Normal], between: FloatArray) -> Widths:
    """The widths that explain how far the acts lie from their guesses, and how unsure they are."""
    acts, features = len(guesses), len(guesses[0])
    sd = np.array([guess.sd for guess in guesses])
    away = (joint.mean[2:].reshape(acts, features) - [guess.mean for guess in guesses]) / sd
    apart = np.linalg.inv(between)
    spread = np.empty(features)
    for feature in range(features):
        at = 2 + np.arange(acts) * features + feature
        unsure = joint.covariance[np.ix_(at, at)] / np.outer(sd[:, feature], sd[:, feature])
        own = away[:, feature]
        spread[feature] = own @ apart @ own + np.trace(apart @ unsure)
    squared = (AS_ACTS + spread) / (AS_ACTS + acts)
    return Widths(np.sqrt(np.clip(squared, NARROWEST**2, WIDEST**2)))
