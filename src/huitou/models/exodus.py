"""Exodus: groups that leave beyond what was expected of each of their customers.

    tallies      customers of equal chance, counted by group: numbers that add
    absent       which share of those expected stayed away, with its variance
    judged       that share against what the group's past makes usual, over all groups at once

Everybody has an earlier chance to buy within a window (the forecast's), and did or did not. What
is expected of a group is what customers of the same chance *outside* it did, by a smooth curve
through what they did (a logistic regression on the forecast's logits whose slope may change): the
forecast may be wrong for the shop as a whole, and nobody is accused of it. Whoever stays away
counts by how much likelier that is if a fifth of the group has left than if nobody has: no other
weights find such an exodus more often at as many false alarms (Neyman and Pearson 1933). Each group
may stay away a little more or less than its like, always or for a while: how much is learned from
earlier windows of all groups, and counts as usual.

Which of many groups to name is decided over all of them at once (Benjamini and Hochberg 1995,
which holds for groups that overlap in this way: Benjamini and Yekutieli 2001, case 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaincc, logit, ndtr, ndtri

from huitou.models.numbers import Array, Index

Truth = NDArray[np.bool_]

WIDTH, FURTHEST = 0.1, 6.0
"""Chances are told apart by tenths of a logit, up to this one."""
BINS = 1 + round(2 * FURTHEST / WIDTH)
MIDDLES: Array = np.linspace(-FURTHEST, FURTHEST, BINS)
"""Logits that are told apart (BINS,)."""
LEAST_PEOPLE = 40
"""Smaller groups say nothing surely."""
LEAST_EXPECTED = 10.0
"""Nor do groups of which hardly anybody was expected."""
SURE, HARDLY = 0.995, 1e-4
"""No chance is taken for more, or for less."""
SOUGHT = 0.2
"""The share of a group whose leaving is looked for: so much is to be found."""
BENDS = (0.2, 0.4, 0.6, 0.8, 0.95)
"""The curve may bend where so many of those who are to come stand below."""
BEND = 1.0
"""By about so much (standard deviation of a change of slope) before anything is seen."""
LEVEL, SLOPE = 100.0, 10.0
"""Standard deviations of the level around 0 and of the slope around 1, likewise: hardly known."""
STEPS = 25
"""Of Newton's method at most; who were nearly all sure to come need many where a group left."""
STRIDE, NEAR = 2.0, 1e-4
"""No step changes a coefficient by more; none is made where it would change by less."""
FALSE_SHARE = 0.04
"""Of all looks at a quiet shop, so many name anybody."""
LEAST_USUAL = 0.01
"""Groups differ by at least so much for a while, whatever the past shows."""
LEAST_SKEW = 0.02
"""Below it the normal law does."""
PRIOR_WINDOWS = 2.0
"""The first guess of what is usual weighs as much as so many groups of very many people: it is as
vague as it is large, the square of a normal number of known spread being known from two."""
PRIOR_SPREAD = 0.02
"""That first guess: a standard deviation of the share that stays away."""
HALF_OF_SQUARES = 0.455
"""Half of the squares of normal numbers are smaller."""
BOUND = 9.0
"""A past exodus of more than three deviations teaches no more than one of three."""


@dataclass(frozen=True)
class Tally:
    """How many customers there were and came, by group and chance; and of all."""

    people: Array
    """(groups, BINS)"""
    came: Array
    every: Array
    """(BINS,)"""
    every_came: Array

    def __add__(self, other: Self) -> Tally:
        return Tally(
            self.people + other.people,
            self.came + other.came,
            self.every + other.every,
            self.every_came + other.every_came,
        )


def places(chance: Array) -> Index:
    """The place of each chance among `MIDDLES`."""
    near = logit(np.clip(chance, 1e-9, 1.0 - 1e-9)) + FURTHEST
    found: Index = np.clip(np.rint(near / WIDTH), 0, BINS - 1).astype(np.int64)
    return found


def tally(chance: Array, came: Truth, person: Index, group: Index, groups: int) -> Tally:
    """Count customers of one window.

    Args:
        chance: of each to buy within the window (n,), higher for whoever is likelier.
        came: whether each did (n,).
        person: places in `chance` of the members of groups (m,).
        group: the group of each of these (m,), from 0.
        groups: how many groups there are.
    """
    place = places(chance)
    cell = group * BINS + place[person]
    size = groups * BINS
    there = came[person].astype(np.float64)
    return Tally(
        np.bincount(cell, minlength=size).astype(np.float64).reshape(groups, BINS),
        np.bincount(cell, there, minlength=size).astype(np.float64).reshape(groups, BINS),
        np.bincount(place, minlength=BINS).astype(np.float64),
        np.bincount(place, came.astype(np.float64), minlength=BINS).astype(np.float64),
    )


@dataclass(frozen=True)
class Absent:
    """Per group: who was there, who was expected and came, and the share that stayed away."""

    people: Array
    expected: Array
    """How many would have come, had they been like others of their chance."""
    came: Array
    share: Array
    """Of those expected; below zero where more came than expected."""
    variance: Array
    """Of the share where nothing happens."""
    as_seen: Array
    """Of the share where that share has left: more is open then, of who was sure before."""
    third: Array
    """Third cumulant of the share where nothing happens: few surprises weigh much."""
    told: Truth
    """Whether there were enough to say anything, and more others than members: a group of more
    than half of the shop is the shop."""


def absent(counted: Tally) -> Absent:
    """The share that stayed away: of each who was expected, weighed, and did not come.

    Without bias whatever that share is. The variance has that of the others in it, by whom the
    group is measured.
    """
    others = counted.every - counted.people
    chance, doubt_of_curve = _outside(counted)
    weight = surprise(chance)
    expected = counted.people * chance
    safe = np.maximum((expected * weight).sum(axis=1), 1e-9)
    share = ((expected - counted.came) * weight).sum(axis=1) / safe
    doubt = chance * (1.0 - chance)
    spread = counted.people * doubt * weight**2
    left = chance * (1.0 - np.clip(share, 0.0, 1.0))[:, None]
    more = (counted.people * np.maximum(left * (1.0 - left) - doubt, 0.0) * weight**2).sum(axis=1)
    variance = (spread.sum(axis=1) + doubt_of_curve) / safe**2
    people, came = counted.people.sum(axis=1), counted.came.sum(axis=1)
    others_there = others.sum(axis=1) >= np.maximum(people, LEAST_PEOPLE)
    told = (people >= LEAST_PEOPLE) & (expected.sum(axis=1) >= LEAST_EXPECTED) & others_there
    return Absent(
        people=people,
        expected=expected.sum(axis=1),
        came=came,
        share=share,
        variance=variance,
        as_seen=variance + more / safe**2,
        third=(spread * (2 * chance - 1) * weight).sum(axis=1) / safe**3,
        told=told,
    )


def surprise(chance: Array) -> Array:
    """How much more somebody's staying away speaks for an exodus than their coming against it.

    The logarithm of the ratio of likelihoods, of `SOUGHT` having left and of nobody.
    """
    found: Array = np.log1p(SOUGHT * chance / (1.0 - chance)) - np.log1p(-SOUGHT)
    return found


def _outside(counted: Tally) -> tuple[Array, Array]:
    """Chances by what came of others than each group (groups, BINS), and what their doubt adds.

    The latter is the variance, from the curve alone, of the weighed number who stayed away.
    """
    curve = Curve.of(counted.every)
    start = curve.fitted(counted.every[None], counted.every_came[None], curve.usual[None])
    others, came = counted.every - counted.people, counted.every_came - counted.came
    found = curve.fitted(others, came, np.repeat(start, len(others), axis=0))
    chance = np.clip(expit(found @ curve.base.T), HARDLY, SURE)
    moved = (counted.people * surprise(chance) * chance * (1.0 - chance)) @ curve.base
    solved = np.linalg.solve(curve.known(others, chance), moved[:, :, None])[:, :, 0]
    return chance, (moved * solved).sum(axis=1)


@dataclass(frozen=True)
class Curve:
    """Logits of coming as a broken line over logits of the forecast, many at once."""

    base: Array
    """(BINS, k): one, the logit, and how far beyond each bend it lies."""
    usual: Array
    """Its coefficients where nothing is seen (k,): the forecast is right."""
    firm: Array
    """How firmly they are held there: inverse variances (k,)."""

    @classmethod
    def of(cls, every: Array) -> Self:
        """Bends where those stand who are to come: there much is to be told."""
        below = np.cumsum(every * expit(MIDDLES))
        bends = np.unique(np.interp(np.array(BENDS) * below[-1], below, MIDDLES))
        beyond = np.maximum(MIDDLES[:, None] - bends, 0.0)
        usual = np.zeros(2 + len(bends))
        usual[1] = 1.0
        spreads = np.array([LEVEL, SLOPE] + [BEND] * len(bends))
        return cls(np.column_stack([np.ones(BINS), MIDDLES, beyond]), usual, spreads**-2.0)

    def fitted(self, people: Array, came: Array, start: Array) -> Array:
        """Coefficients (n, k) of n shops (n, BINS) of which so many came."""
        found = start
        for _ in range(STEPS):
            chance = expit(found @ self.base.T)
            slope = (came - people * chance) @ self.base - (found - self.usual) * self.firm
            step = np.linalg.solve(self.known(people, chance), slope[:, :, None])[:, :, 0]
            found = found + np.clip(step, -STRIDE, STRIDE)
            if np.abs(step).max(initial=0.0) < NEAR:
                break
        return found

    def known(self, people: Array, chance: Array) -> Array:
        """What is known of the coefficients: inverse variances (n, k, k)."""
        wide = self.base.shape[1]
        pairs = (self.base[:, :, None] * self.base[:, None, :]).reshape(BINS, -1)
        seen = (people * chance * (1.0 - chance)) @ pairs
        found: Array = seen.reshape(-1, wide, wide) + np.diag(self.firm)
        return found


@dataclass(frozen=True)
class Usual:
    """How groups of this shop differ when nothing happens: lasting, and for a while (variances)."""

    lasting: float
    passing: float


def usual(past: Sequence[Absent]) -> Usual:
    """What earlier windows make usual, by moments; a first guess where they are few.

    Windows must not overlap: what two of them share of a group is what lasts.
    """
    rough = _rough(past)
    squares, weights = [PRIOR_SPREAD**2 * PRIOR_WINDOWS], [PRIOR_WINDOWS]
    for each in past:
        share, variance = each.share[each.told], each.variance[each.told]
        bounded = np.minimum(share**2, BOUND * (variance + rough))
        weight = (rough / (variance + rough)) ** 2  # as surely as a square tells a variance
        squares.append(float((weight * (bounded - variance)).sum()))
        weights.append(float(weight.sum()))
    whole = max(sum(squares) / sum(weights), LEAST_USUAL**2)
    lasting = _lasting(past, max(whole, rough))
    return Usual(min(lasting, 0.8 * whole), max(whole - lasting, LEAST_USUAL**2))


def _rough(past: Sequence[Absent]) -> float:
    """A first look at how groups differ that an exodus among them does not bend: by medians."""
    share = np.concatenate([each.share[each.told] for each in past] or [np.zeros(0)])
    variance = np.concatenate([each.variance[each.told] for each in past] or [np.zeros(0)])
    if not len(share):
        return PRIOR_SPREAD**2
    return max(float(np.median(share**2)) / HALF_OF_SQUARES - float(np.median(variance)),
               PRIOR_SPREAD**2)  # fmt: skip


def _lasting(past: Sequence[Absent], whole: float) -> float:
    products, weights = 0.0, PRIOR_WINDOWS
    for at, one in enumerate(past):
        for other in past[at + 1 :]:
            both = one.told & other.told
            sizes = (one.variance[both] + whole) * (other.variance[both] + whole)
            bound = BOUND * np.sqrt(sizes)
            product = np.clip(one.share[both] * other.share[both], -bound, bound)
            weight = whole**2 / sizes
            products += float((weight * product).sum())
            weights += float(weight.sum())
    return max(products / weights, 0.0)


@dataclass(frozen=True)
class Judged:
    """Per group: the share that stays away beyond what is usual for it, and how sure that is."""

    excess: Array
    low: Array
    high: Array
    """90 % interval."""
    chance: Array
    """How often as much or more is seen in a group where nothing happened."""


def judged(now: Absent, past: Sequence[Absent]) -> Judged:
    """The newest window against earlier ones that do not overlap it, the latest first."""
    known = usual(past)
    mean, doubt = _own(past, known, len(now.share))
    spread = np.sqrt(now.variance + known.passing + doubt)
    excess = np.where(now.told, now.share - mean, 0.0)
    half = float(ndtri(0.95)) * np.sqrt(now.as_seen + known.passing + doubt)
    chance = np.where(now.told, _as_much(excess / spread, now.third / spread**3), 1.0)
    return Judged(excess, excess - half, excess + half, chance)


def _as_much(deviation: Array, skew: Array) -> Array:
    """How often as many deviations or more are seen, of a sum of few surprises that weigh much.

    Pearson's third kind: a gamma law of that skew, shifted; the normal law where there is none.
    """
    shape = 4.0 / np.maximum(skew, LEAST_SKEW) ** 2
    beyond = np.maximum(shape + deviation * np.sqrt(shape), 0.0)
    found: Array = np.where(skew > LEAST_SKEW, gammaincc(shape, beyond), ndtr(-deviation))
    return found


def _own(past: Sequence[Absent], known: Usual, groups: int) -> tuple[Array, Array]:
    """What is lasting about each group, from its own past, and how doubtful that is."""
    weight, total = np.zeros(groups), np.zeros(groups)
    for each in past:
        one = np.where(each.told, 1.0 / (each.variance + known.passing), 0.0)
        weight += one
        total += one * each.share
    doubt = 1.0 / (1.0 / max(known.lasting, 1e-12) + weight)
    return doubt * total, doubt


def named(chance: Array, share: float = FALSE_SHARE) -> Truth:
    """Which to name so that of looks at a quiet shop at most `share` name anybody."""
    order = np.argsort(chance, kind="stable")
    bar = share * np.arange(1, len(chance) + 1) / max(len(chance), 1)
    below = np.flatnonzero(chance[order] <= bar)
    found = np.zeros(len(chance), dtype=np.bool_)
    if below.size:
        found[order[: below[-1] + 1]] = True
    return found


def either(chances: Sequence[Array]) -> Array:
    """One chance of several looks at the same group: the least, times how many looks there were."""
    found: Array = np.minimum(np.min(chances, axis=0) * len(chances), 1.0)
    return found
