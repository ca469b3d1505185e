"""A row of looks at a fixed cohort: each week's cumulated effect, its bound, and what may be said.

The same people are looked at again and again, so what one week shows the next shows too. How much
of it is measured (the correlation of the two estimates), and the bounds follow from that
(`stats.sequential.bounds`). Only sums are needed: arms of shards add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from huitou.proof.lift import Arms, BoolArray, Estimator, FloatArray
from huitou.stats.sequential import bounds, evidence_of
from huitou.stats.sums import Moments, Pairs
from huitou.stats.tests import Difference

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """One arm: what people brought before, and cumulated to each look; as sums that add."""

    n: int
    mean: FloatArray
    """Of before, and of each look."""
    cross: Matrix
    """Sums of products of deviations from the means."""

    @classmethod
    def of(cls, before: FloatArray, cumulated: Matrix) -> Course:
        """From people: `cumulated` has a row for each and a column for each look."""
        every = np.column_stack([before, cumulated]).astype(np.float64)
        if not len(every):
            return cls(0, np.zeros(every.shape[1]), np.zeros((every.shape[1], every.shape[1])))
        mean = every.mean(axis=0)
        apart = every - mean
        return cls(len(every), mean, apart.T @ apart)

    def __add__(self, other: Course) -> Course:
        n = self.n + other.n
        if not n:
            return self
        apart = other.mean - self.mean
        cross = np.outer(apart, apart) * self.n * other.n / n
        return Course(n, self.mean + apart * other.n / n, self.cross + other.cross + cross)

    def pairs(self, look: int) -> Pairs:
        """Before and one look (from 0), as the estimators take them."""
        x = Moments(self.n, float(self.mean[0]), float(self.cross[0, 0]))
        at = look + 1
        y = Moments(self.n, float(self.mean[at]), float(self.cross[at, at]))
        return Pairs(x, y, float(self.cross[0, at]))


@dataclass(frozen=True)
class Courses:
    """Both arms."""

    treated: Course
    held_out: Course

    @classmethod
    def of(cls, before: FloatArray, cumulated: Matrix, held: BoolArray) -> Courses:
        """Sum up people."""
        return cls(
            Course.of(before[~held], cumulated[~held]), Course.of(before[held], cumulated[held])
        )

    def __add__(self, other: Courses) -> Courses:
        return Courses(self.treated + other.treated, self.held_out + other.held_out)

    @property
    def looks(self) -> int:
        """How many there are."""
        return len(self.treated.mean) - 1

    def arms(self, look: int) -> Arms:
        """Both arms at one look."""
        return Arms(self.treated.pairs(look), self.held_out.pairs(look))

    def agreements(self) -> list[float]:
        """Correlation of each look's estimate with that of the look before it.

        Of what people brought to each, within the arms, adjusted for the past as the estimates are.
        """
        together = self.treated.cross + self.held_out.cross
        spread = together[0, 0]
        slope = together[0, 1:] / spread if spread > 0 else np.zeros(self.looks)
        left = together[1:, 1:] - np.outer(slope, slope) * spread
        scale = np.sqrt(np.maximum(np.diag(left), 0.0))
        both = scale[:-1] * scale[1:]
        found = np.divide(np.diag(left, 1), both, out=np.zeros(self.looks - 1), where=both > 0)
        agreements: list[float] = found.tolist()
        return agreements


def added(parts: Sequence[Courses]) -> Courses:
    """The sum of shards."""
    return reduce(lambda one, other: one + other, parts)


@dataclass(frozen=True)
class Look:
    """What one look shows, per person; its interval is the repeated one: all hold at once."""

    share: float
    """Of the time that was planned."""
    estimate: float
    low: float
    high: float
    z: float
    bound: float
    """|z| beyond which a verdict may be given; infinite while hardly any error may be used."""

    z_loss: float
    """The same with only so much of the costs as the time that has passed had to earn: letters are
    paid in the first week, and what they bring comes later."""

    @property
    def crosses(self) -> int:
        """1 for a gain that is proven, all costs paid; -1 for a loss, 0 for neither."""
        if self.z > self.bound:
            return 1
        return -1 if self.z_loss < -self.bound else 0


def line_at(courses: Courses, shares: Sequence[float], alpha: float) -> list[float]:
    """The |z| that each look must exceed, given how far the looks so far agree."""
    return bounds(evidence_of(courses.agreements()), shares, alpha)


def looked(
    courses: Courses,
    shares: Sequence[float],
    estimator: Estimator,
    alpha: float,
    line: Sequence[float] | None = None,
    ahead: Sequence[float] = (),
) -> tuple[Look, ...]:
    """All looks so far.

    Args:
        courses: both arms, with a column for each look that has passed.
        shares: of the planned time that was over at each look; fixed beforehand.
        estimator: as written down.
        alpha: two-sided error of the whole row, the looks to come included.
        line: `line_at` of these courses, where it is known.
        ahead: costs per treated person that were paid at each look for the time after it.
    """
    line = line if line is not None else line_at(courses, shares, alpha)
    lifts = [courses.arms(look).lift(estimator) for look in range(courses.looks)]
    prepaid = ahead or [0.0] * len(lifts)
    return tuple(
        _look(lift, share, bound, paid)
        for lift, share, bound, paid in zip(lifts, shares, line, prepaid, strict=True)
    )


def decided(looks: Sequence[Look]) -> tuple[int, int] | None:
    """The first look (from 0) that crossed its bound, and its sign; None where none did."""
    return next(((place, look.crosses) for place, look in enumerate(looks) if look.crosses), None)


def _look(lift: Difference, share: float, bound: float, prepaid: float) -> Look:
    half = _half(lift, bound)
    without = Difference(lift.estimate + prepaid, lift.se, lift.df)
    ends = lift.estimate - half, lift.estimate + half
    return Look(share, lift.estimate, *ends, _z(lift), bound, _z(without))


def _z(lift: Difference) -> float:
    """The estimate in standard errors, as rare as Student's t would have it."""
    if lift.df <= 0 or not 0 < lift.se < float("inf"):
        return 0.0
    tail = float(stdtr(lift.df, -abs(lift.estimate) / lift.se))
    return float(np.sign(lift.estimate)) * -float(ndtri(max(tail, 1e-300)))


def _half(lift: Difference, bound: float) -> float:
    """Half the repeated interval: it leaves out zero just when the look crosses its bound."""
    if lift.df <= 0 or not np.isfinite(bound):
        return float("inf")
    return -float(stdtrit(lift.df, ndtr(-bound))) * lift.se
