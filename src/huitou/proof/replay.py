"""What another way of deciding would have earned, from what was drawn and how it turned out.

    logged:    per person and plan the act given, its chance, the chances of the others, the profit
    candidate: the chances another policy would have given the same people
    answer:    value(candidate) − value(logged), with its interval, or a refusal in words

Doubly robust (Dudík, Langford & Li 2011), the outcome model cross-fitted by person and the score
summed by person. Where candidate and log agree the score is exactly zero: nobody there adds noise
(Simester, Timoshenko & Zoumpoulis 2020).

The usual interval covers too little here (docs/why/learn.md): few people carry all the
weight, and where none of them happened to spend much, both the estimate and its spread are small.
But the weights were drawn by us. Given the people, the variance is Σ_a (π_a − b_a)² / b_a · σ², and
σ² shows in everybody whom they treat otherwise, whatever they were given: one variance for all
acts, as the read-out takes one for both arms.
A bootstrap-t over persons was tried and covered no better than the usual interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from huitou.proof.lift import FloatArray, IntArray
from huitou.stats.intervals import Interval, z

LEAST_EFFECTIVE = 20.0
"""Effective people below which nothing is said: the answer would be the story of a dozen."""
LEAST_COMPARABLE = 0.8
"""Share of those it would treat otherwise that must have had a chance of it."""
FOLDS = 5
PENALTY = 10.0
"""Ridge of the outcome model, in people: what an act does beyond its mean must earn its place."""


@dataclass(frozen=True)
class Log:
    """Decisions as they were drawn. Rows are decisions, columns acts."""

    person: IntArray
    """Whose decision it was: one person's decisions stand and fall together."""
    given: IntArray
    chances: FloatArray
    """(rows, acts) of the draw; rows add up to one."""
    outcome: FloatArray
    """Profit in the window, after what was spent on them; minor units."""
    facts: FloatArray
    """(rows, facts) known before the draw: what explains profit whatever is done."""

    def __len__(self) -> int:
        return len(self.given)


@dataclass(frozen=True)
class Estimate:
    """One way of estimating the difference a decision, with its standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Answer:
    """What the candidate would have earned more than what was done; all sums over the log."""

    verdict: Literal["answered", "refused"]
    reason: str
    """Code: answered, same, too_few, no_overlap."""
    differing: int
    """Decisions that would have fallen otherwise, as expected of both draws."""
    comparable: int
    """Of these, those in which everything the candidate would do had a chance."""
    effective: float
    """People that the weighted sample is worth, among those comparable."""
    needed: float
    """People that it must be worth."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    plain: tuple[tuple[str, Estimate], ...] = ()
    """The same by `ips` and `snips`, summed: shown beside it, and never claimed."""

    @property
    def interval(self) -> Interval | None:
        """Of the value; None where it was refused."""
        if self.low is None or self.high is None:
            return None
        return Interval(self.low, self.high, self.level)


def replay(log: Log, candidate: FloatArray, level: float = 0.95) -> Answer:
    """Estimate what a candidate would have earned more on the logged decisions.

    Args:
        log: the decisions.
        candidate: (rows, acts) its chances for the same people; rows add up to one.
        level: of the interval.
    """
    moved = np.abs(candidate - log.chances).sum(axis=1) / 2
    differs = moved > 1e-9
    possible = ~((candidate > 1e-9) & (log.chances <= 0)).any(axis=1)
    rows = np.flatnonzero(differs & possible)
    people = log.person[rows]
    weight = _weights(log, candidate)[rows]
    found = _blank(moved.sum(), moved[rows].sum(), effective(weight, people))
    if not differs.any():
        return _refused(found, "same", value=0.0)
    if moved[rows].sum() < LEAST_COMPARABLE * moved.sum():
        return _refused(found, "no_overlap")
    if found.effective < LEAST_EFFECTIVE:
        return _refused(found, "too_few")
    told = _answered(found, log, candidate - log.chances, rows, level)
    return replace(told, plain=_plain(log, rows, weight))


def compared(log: Log, one: FloatArray, other: FloatArray, level: float = 0.95) -> Answer:
    """Estimate what one way of deciding would have earned more than another.

    `replay` with another candidate in the place of what was done: whom both treat alike, and how
    often, says nothing.

    Args:
        log: the decisions.
        one: (rows, acts) its chances; rows add up to one. It does only what had a chance.
        other: the same of the other.
        level: of the interval.
    """
    shift = one - other
    moved = np.abs(shift).sum(axis=1) / 2
    rows = np.flatnonzero(moved > 1e-9)
    at = np.arange(len(log)), log.given
    weight = np.abs(shift[at]) / log.chances[at]
    found = _blank(moved.sum(), moved.sum(), effective(weight[rows] + 1.0, log.person[rows]))
    if not len(rows):
        return _refused(found, "same", value=0.0)
    if ((np.abs(shift) > 1e-9) & (log.chances <= 0)).any():
        return _refused(found, "no_overlap")
    if found.effective < LEAST_EFFECTIVE:
        return _refused(found, "too_few")
    return _answered(found, log, shift, rows, level)


def _answered(found: Answer, log: Log, shift: FloatArray, rows: IntArray, level: float) -> Answer:
    guess = _expected(log)
    value = float(_doubly_robust(log, shift, guess, rows).sum())
    half = z(level) * _error(log, shift, guess, rows)
    return replace(
        found,
        verdict="answered",
        reason="answered",
        value=value,
        low=value - half,
        high=value + half,
        level=level,
    )


def effective(weight: FloatArray, people: IntArray) -> float:
    """People that a weighted sample is worth: (Σw)² / Σw², summed by person (Kish 1965).

    Only what a weight has above one counts: whom candidate and log give the same says nothing of
    how they differ.
    """
    by_person = _by_person(np.maximum(weight - 1.0, 0.0), people)
    squares = float((by_person**2).sum())
    return float(by_person.sum()) ** 2 / squares if squares > 0 else 0.0


def _error(log: Log, shift: FloatArray, guess: FloatArray, rows: IntArray) -> float:
    """Standard error of the score's sum, given the people: the draw's variance is known.

    Whatever somebody was given, how far they missed what was expected tells how much their profit
    varies: so a thousand people tell it, and not the few who carry the weight. A person's decisions
    were drawn apart, so their errors do not add up even where their profits go together.
    """
    chances, squared = log.chances[rows], shift[rows] ** 2
    stretch = np.divide(squared, chances, out=np.zeros_like(squared), where=chances > 0).sum(axis=1)
    missed = log.outcome[rows] - guess[rows, log.given[rows]]
    return float(np.sqrt((stretch * missed**2).sum()))


def _weights(log: Log, candidate: FloatArray) -> FloatArray:
    """How many times likelier the candidate would have given what was given."""
    rows = np.arange(len(log))
    weight: FloatArray = candidate[rows, log.given] / log.chances[rows, log.given]
    return weight


def _doubly_robust(log: Log, shift: FloatArray, guess: FloatArray, rows: IntArray) -> FloatArray:
    """Σ_a (π_a − b_a) q_a + (π − b) / b (y − q): 0 where both ways agree."""
    given = log.given[rows]
    modelled = (shift[rows] * guess[rows]).sum(axis=1)
    missed = log.outcome[rows] - guess[rows, given]
    score: FloatArray = modelled + shift[rows, given] / log.chances[rows, given] * missed
    return score


def _expected(log: Log) -> FloatArray:
    """Expected outcome of every act for everybody (rows, acts), fitted on others than them.

    One ridge for all acts: a common line over the facts, and for each act a level and slopes of its
    own that are shrunk to it.
    """
    acts = log.chances.shape[1]
    facts = _standard(log.facts)
    fold = _folds(log.person)
    guess = np.zeros((len(log), acts))
    for each in range(FOLDS):
        away = fold == each
        weights = _ridge(_design(facts[~away], log.given[~away], acts), log.outcome[~away])
        for act in range(acts):
            given = np.full(int(away.sum()), act)
            guess[away, act] = _design(facts[away], given, acts) @ weights
    return guess


def _design(facts: FloatArray, given: IntArray, acts: int) -> FloatArray:
    """Facts with a one before them, then the same once more in the columns of the act given."""
    common = np.column_stack([np.ones(len(facts)), facts])
    own = np.zeros((len(facts), acts, common.shape[1]))
    own[np.arange(len(facts)), given] = common
    return np.hstack([common, own.reshape(len(facts), -1)])


def _ridge(design: FloatArray, outcome: FloatArray) -> FloatArray:
    normal: FloatArray = design.T @ design + PENALTY * np.eye(design.shape[1])
    # The common level is not shrunk: only differences between acts must earn their place.
    normal[0, 0] -= PENALTY * (1 - 1e-6)
    return np.linalg.solve(normal, design.T @ outcome).astype(np.float64)


def _standard(facts: FloatArray) -> FloatArray:
    spread = facts.std(axis=0)
    scaled: FloatArray = (facts - facts.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return scaled


def _folds(person: IntArray) -> IntArray:
    """A fold for each person, the same for all their decisions."""
    _, number = np.unique(person, return_inverse=True)
    drawn = np.random.default_rng(0).permutation(int(number.max(initial=-1)) + 1)
    fold: IntArray = drawn[number] % FOLDS
    return fold


def _by_person(score: FloatArray, people: IntArray) -> FloatArray:
    _, number = np.unique(people, return_inverse=True)
    return np.bincount(number, weights=score).astype(np.float64)


def _plain(log: Log, rows: IntArray, weight: FloatArray) -> tuple[tuple[str, Estimate], ...]:
    """Inverse propensity, and the same normalized: without a model, and with plain errors."""
    people, outcome = log.person[rows], log.outcome[rows]
    level = float((weight * outcome).sum() / weight.sum()) if weight.sum() > 0 else 0.0
    found = []
    for name, score in (
        ("ips", (weight - 1.0) * outcome),
        ("snips", weight * (outcome - level) + level - outcome),
    ):
        sums = _by_person(score, people)
        se = float(np.sqrt(len(sums)) * sums.std(ddof=1)) if len(sums) > 1 else float("inf")
        found.append((name, Estimate(float(score.sum()), se)))
    return tuple(found)


def _blank(differing: float, comparable: float, worth: float) -> Answer:
    counts = math.ceil(differing), math.ceil(comparable)
    return Answer("refused", "too_few", *counts, worth, LEAST_EFFECTIVE)


def _refused(found: Answer, reason: str, value: float | None = None) -> Answer:
    return Answer(
        "refused" if value is None else "answered",
        reason,
        found.differing,
        found.comparable,
        found.effective,
        found.needed,
        value,
        value,
        value,
    )
