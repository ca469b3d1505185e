"""Many ways to read the guesses, each weighed by how well it foresaw the data.

A guess says where an act's effect lies and how far it may be off. Whether such guesses hold here,
all acts tell together: every width, and every degree of trust in the guesses, is a rival that is
averaged in by how well it foresaw the data (its marginal likelihood; MacKay 1992). Widths that are
learned one by one take noise for width and promise too much. Since "hardly anything moves anybody"
stays among the rivals, a planted zero stays a zero; since "the playbook is wrong here" does, a
wrong playbook is left as soon as the data speak against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from scipy.linalg import solve_triangular

from huitou.decisions.audience import FloatArray
from huitou.decisions.effects.response import (
    Block,
    Normal,
    Posterior,
    averaged,
    fit_blocks,
)

LEVELS = ((1.0, 0.6), (3.0, 0.4))
"""Rival widths of an act's level, as multiples of the guess's own, each with its chance beforehand:
where guesses are off, they are mostly off for everybody alike."""
APARTS = ((0.5, 0.3), (1.0, 0.5), (2.0, 0.2))
"""The same of what differs by stage, readiness, cause and act."""
SLOPES = ((0.1, 0.3), (0.3, 0.35), (0.7, 0.25), (1.5, 0.1))
"""The same of straight slopes over traits: most acts move few people a little more than others."""
BENDS = ((0.1, 0.4), (0.4, 0.35), (1.0, 0.2), (2.0, 0.05))
"""The same of everything beyond straight lines: see `bends`."""
TRUST = ((0.0, 0.1), (0.5, 0.1), (1.0, 0.8))
"""How much of each guess is believed, with its chance beforehand: not at all, half, as it stands.
Half is there because a playbook's directions hold more often than its sizes."""
WORTH_A_FIT, FITS = 0.15, 10
"""Rivals with this share of the best one's chance are fitted, and at most so many."""


@dataclass(frozen=True)
class Rival:
    """One way the guesses may have to be read."""

    level: float
    apart: float
    slope: float
    bend: float
    trust: float
    chance: float
    """Beforehand."""


FIRST = Rival(1.0, 1.0, 0.7, 0.4, 0.5, 1.0)
"""The rival around which the likelihood is looked at, to see which others deserve a fit."""


def rivals(*, guessed: bool, traits: bool) -> list[Rival]:
    """All readings of the guesses, each with its chance beforehand.

    `guessed=False` never believes a guess; without traits, slopes and bends are all alike.
    """
    one = ((1.0, 1.0),)
    slopes, bends = (SLOPES, BENDS) if traits else (one, one)
    trust = TRUST if guessed else ((0.0, 1.0),)
    return [
        Rival(level, apart, slope, bend, share, a * b * c * d * e)
        for level, a in LEVELS
        for apart, b in APARTS
        for slope, c in slopes
        for bend, d in bends
        for share, e in trust
    ]


def weigh(
    blocks: Sequence[Block], prior: Callable[[Rival], Normal], known: Sequence[Rival]
) -> Posterior:
    """What the rows say, shrunk as far as the data themselves advise.

    The mean of the posterior may be promised as it stands: its widths were not chosen by hope.
    """
    first = prior(FIRST)
    chances = _Seen.around(fit_blocks(blocks, first), first).chances(prior, known)
    order = np.argsort(-chances, kind="stable")[:FITS]
    best = [known[each] for each in order if chances[each] >= WORTH_A_FIT * chances.max()]
    found = [fit_blocks(blocks, prior(each)) for each in best]
    return averaged(found, np.array([each.chance for each in best]))


@dataclass(frozen=True)
class _Seen:
    """The likelihood as a normal curve: curvature, and curvature times top."""

    bend: FloatArray
    pull: FloatArray

    @classmethod
    def around(cls, found: Posterior, prior: Normal) -> _Seen:
        """What the data add to this prior."""
        pull = found.precision @ found.mean - prior.precision @ prior.mean
        return cls(found.precision - prior.precision, pull)

    def chances(self, prior: Callable[[Rival], Normal], known: Sequence[Rival]) -> FloatArray:
        """How likely each rival is now: near enough to choose which to fit.

        Rivals that differ by trust alone have one precision, and stand beside each other.
        """
        log: list[float] = []
        for _, some in groupby(known, key=lambda each: replace(each, trust=0.0, chance=0.0)):
            alike = list(some)
            priors = [prior(each) for each in alike]
            means = np.array([each.mean for each in priors])
            told = self._told(priors[0].precision, means)
            log += (told + np.log([each.chance for each in alike])).tolist()
        share: FloatArray = np.exp(np.array(log) - max(log))
        whole: FloatArray = share / share.sum()
        return whole

    def _told(self, precision: FloatArray, means: FloatArray) -> FloatArray:
        """Log marginal likelihood of priors of one precision with these means (m, d)."""
        root = np.linalg.cholesky(precision + self.bend)
        half = np.log(np.diag(np.linalg.cholesky(precision))).sum() - np.log(np.diag(root)).sum()
        drawn = means @ precision
        rise = solve_triangular(root, (self.pull + drawn).T, lower=True)
        told: FloatArray = half + 0.5 * ((rise**2).sum(axis=0) - (drawn * means).sum(axis=1))
        return told
