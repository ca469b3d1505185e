"""Many ways to read the guesses, each weighed by how well it foresaw the data.

A guess says where each act's effect lies and how far it may be off. Whether such guesses hold here,
all acts tell together: every width, and every degree of trust in the guesses, is a rival that is
averaged in by how well it foresaw the data (its marginal likelihood; MacKay 1992). Where there are
as many features as `bends` makes, a width of its own for each (`pooling`) takes noise for width and
promises too much; where there are few, `pooling` promises better. Since "hardly anything moves
anybody" stays among the rivals, a planted zero stays a zero; since "the playbook is wrong here"
does, a wrong playbook is left as soon as the data speak against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from huitou.decisions.effects.response import (
    BASE,
    ActsPosterior,
    FloatArray,
    IntArray,
    Normal,
    averaged,
    fit_acts,
    joined,
)

KINSHIP = 0.4
"""Correlation of what two acts do to the same people: who answers one answers others, somewhat."""
NARROWEST, WIDEST = 0.1, 2.0
"""Widths stay within these multiples of the guess: never wider than sensible."""
STRAIGHT = ((NARROWEST, 0.3), (0.3, 0.35), (0.7, 0.25), (1.5, 0.1))
"""Rival widths of levels and straight slopes, as multiples of the guessed, each with its chance
beforehand: most acts move few people a little, and the more columns share an effect, the less of it
falls to each. Without bends the widths are the playbook's own, and all are alike likely."""
BENT = ((NARROWEST, 0.4), (0.4, 0.35), (1.0, 0.2), (WIDEST, 0.05))
"""The same of everything beyond: see `bends`."""
TRUST = ((0.0, 0.4), (0.5, 0.3), (1.0, 0.3))
"""How much of each guess is believed, with its chance beforehand: not at all, half, as it stands.
Half is there because a playbook's directions hold more often than its sizes."""
FIRST = (0.7, 0.4, 0.5)
"""The rival around which the likelihood is looked at, to see which others deserve a fit."""
WORTH_A_FIT, FITS = 0.15, 10
"""Rivals with this share of the best one's chance are fitted, and at most so many."""


@dataclass(frozen=True)
class Widths:
    """Multiples of the guessed widths, one for each feature."""

    multiples: FloatArray

    def of(self, guess: Normal, times: float = 1.0) -> Normal:
        """A guess with its widths corrected."""
        return Normal.apart(guess.mean, guess.sd * self.multiples * times)


@dataclass(frozen=True)
class Rival:
    """One way the guesses may have to be read."""

    straight: float
    bent: float
    trust: float
    chance: float
    """Beforehand."""

    def of(self, guesses: Sequence[Normal], bends: int) -> list[Normal]:
        """The guesses so read; the last `bends` features of each are bends."""
        size = len(guesses[0])
        widths = Widths(np.repeat([self.straight, self.bent], [size - bends, bends]))
        return [widths.of(Normal(guess.mean * self.trust, guess.covariance)) for guess in guesses]


def rivals(bends: bool) -> Iterator[Rival]:
    """All readings of the guesses, each with its chance beforehand."""
    for straight, one in STRAIGHT:
        one = one if bends else 1 / len(STRAIGHT)
        for bent, two in BENT if bends else ((1.0, 1.0),):
            for trust, three in TRUST:
                yield Rival(straight, bent, trust, one * two * three)


def weigh_acts(
    x: FloatArray,
    act: IntArray,
    y: FloatArray,
    p0: FloatArray,
    guesses: Sequence[Normal],
    *,
    base: Normal = BASE,
    weight: FloatArray | None = None,
    kinship: float = KINSHIP,
    bends: int = 0,
) -> ActsPosterior:
    """What every act does, pooled over acts and shrunk as far as the data themselves advise.

    Arguments as `response.fit_acts`; `guesses` are the playbook's, independent over features, and
    the last `bends` features are those of `bends.bent`. Without rows the guesses stand alone.
    The mean of the posterior may be promised as it stands: its widths were not chosen by hope.
    """
    between = _between(len(guesses), kinship)

    def read(rival: Rival) -> ActsPosterior:
        priors = rival.of(guesses, bends)
        return fit_acts(x, act, y, p0, priors, base=base, weight=weight, between=between)

    if not len(y):
        return read(Rival(1.0, 1.0, 1.0, 1.0))
    first = Rival(*FIRST, chance=1.0)
    seen = _Seen.around(read(first), joined(base, first.of(guesses, bends), between))
    known = list(rivals(bends > 0))
    chances = _chances(seen, known, guesses, bends, base, between)
    best = [each for each in np.argsort(-chances, kind="stable")[:FITS]
            if chances[each] >= WORTH_A_FIT * chances.max()]  # fmt: skip
    found = [read(known[each]).joint for each in best]
    before = np.array([known[each].chance for each in best])
    return ActsPosterior(averaged(found, before), len(guesses), x.shape[1])


def _between(acts: int, kinship: float) -> FloatArray:
    return np.full((acts, acts), kinship) + (1 - kinship) * np.eye(acts)


@dataclass(frozen=True)
class _Seen:
    """The likelihood as a normal curve: curvature, and curvature times top."""

    bend: FloatArray
    pull: FloatArray

    @classmethod
    def around(cls, found: ActsPosterior, prior: Normal) -> _Seen:
        """What the data add to this prior."""
        posterior = found.joint
        pull = posterior.precision @ posterior.mean - prior.precision @ prior.mean
        return cls(posterior.precision - prior.precision, pull)

    def evidence(self, precision: FloatArray, means: FloatArray) -> FloatArray:
        """Log marginal likelihood of priors of one precision with these means (m, d)."""
        root = np.linalg.cholesky(precision + self.bend)
        half = 0.5 * np.linalg.slogdet(precision)[1] - np.log(np.diag(root)).sum()
        rise = np.linalg.solve(root, (self.pull + means @ precision).T)
        own = np.einsum("ij,jk,ik->i", means, precision, means, optimize=True)
        told: FloatArray = half + 0.5 * ((rise**2).sum(axis=0) - own)
        return told


def _chances(
    seen: _Seen,
    known: Sequence[Rival],
    guesses: Sequence[Normal],
    bends: int,
    base: Normal,
    between: FloatArray,
) -> FloatArray:
    """How likely each rival is now, by the likelihood's normal curve: near enough to choose."""
    log = np.empty(len(known))
    step = len(TRUST)
    for start in range(0, len(known), step):
        alike = known[start : start + step]
        priors = [joined(base, each.of(guesses, bends), between) for each in alike]
        means = np.array([prior.mean for prior in priors])
        told = seen.evidence(priors[0].precision, means)
        log[start : start + step] = told + np.log([each.chance for each in alike])
    share: FloatArray = np.exp(log - log.max())
    whole: FloatArray = share / share.sum()
    return whole
