"""A/A: how often this proof cries wolf on the shop's own past, where nothing was done.

Past windows are drawn again with fresh lots, many times. Nothing happened, so at 5 % the read-out
may find something once in twenty. Then an effect of known size is planted, to see whether the
interval holds it. The way of counting that comes nearest to both promises is taken; if it is not
the usual one, the merchant is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.errors import NotYet
from huitou.ground.words import Sentence, said
from huitou.proof.lift import (
    ESTIMATORS,
    LEANING,
    Arms,
    BoolArray,
    Estimator,
    FloatArray,
    line_of,
)
from huitou.stats.intervals import Interval, wilson
from huitou.stats.power import detectable
from huitou.stats.resample import drawn_again, drawn_arms
from huitou.stats.tests import Difference

FEWEST = 40
"""People that a past window must hold."""
LARGEST = 20_000
"""People drawn for a replicate; more change nothing about how often it cries wolf."""
TOLERATED = 0.08
"""False positives above this at a nominal 5 % are too many: no estimator that has them is sound."""
HOLDS = 0.92
"""Nor one whose interval, nominally of 95 %, holds the planted effect less often."""
LIFT = 0.20
"""Planted effect: half of the treated bring a fifth more."""


@dataclass(frozen=True)
class Window:
    """A past moment: what everybody known by then had brought before, and brought after."""

    origin: date
    before: FloatArray
    after: FloatArray

    @classmethod
    def of(cls, origin: date, people: pa.Table) -> Window:
        """From a table with `before` and `after`, one row a person known at `origin`."""
        before, after = (
            pc.fill_null(people[name], 0).to_numpy().astype(np.float64)
            for name in ("before", "after")
        )
        return cls(origin, before, after)


@dataclass(frozen=True)
class Trial:
    """How one estimator did over all replicates."""

    estimator: Estimator
    false_positives: float
    """Share of replicates in which it found an effect that was not there."""
    within: Interval
    """What that share may be, given the number of replicates."""
    coverage: float
    """Share of replicates whose interval held the planted effect."""
    ratio: float
    """What the planted effect adds to the estimate of the same lot, over its truth; 1: unbiased."""
    detectable: float
    """Smallest lift that it would prove four times in five, as a share of what people bring."""

    @property
    def sound(self) -> bool:
        """True when it does not cry wolf, nor miss what is there, more than is tolerated."""
        return self.false_positives <= TOLERATED and self.coverage >= HOLDS

    @property
    def off(self) -> float:
        """How far it is from what it promises: 5 % found where nothing is, 95 % held."""
        return max(abs(self.false_positives - 0.05), abs(self.coverage - 0.95))


@dataclass(frozen=True)
class Rehearsal:
    """The A/A read-out of a shop: every estimator's trial, and the one that was chosen."""

    trials: tuple[Trial, ...]
    chosen: Trial
    replicates: int
    people: int
    share: float
    words: tuple[Sentence, ...]


def rehearse(
    windows: Sequence[Window],
    share: float = 0.05,
    replicates: int = 400,
    seed: int = 1,
    people: int | None = None,
) -> Rehearsal:
    """Rehearse the proof on the shop's own past.

    Args:
        windows: past windows of the length that the programme will have.
        share: share held out.
        replicates: how many lots to draw; 400 tell 5 % from 8 %.
        seed: draws the same lots again.
        people: how many take part; None: as many as each window holds.

    Raises:
        NotYet: when no past window has enough people.
    """
    usable = [window for window in windows if len(window.before) >= FEWEST]
    if not usable:
        raise NotYet("history is too short for a rehearsal of the proof on the shop's own past")
    drawn = _drawn(usable, share, replicates, seed, people)
    trials = tuple(_tried(estimator, drawn) for estimator in ESTIMATORS.values())
    chosen = _nearest(trials)
    usual = people or round(float(np.mean([len(window.before) for window in usable])))
    words = _words(trials, chosen, replicates, share)
    return Rehearsal(trials, chosen, replicates, usual, share, words)


def _nearest(trials: Sequence[Trial]) -> Trial:
    """The one that comes nearest to what it promises.

    The last, too cautious as a rule, only where no other is sound.
    """
    *usual, last = trials
    sound = [trial for trial in usual if trial.sound]
    return min(sound, key=lambda trial: trial.off) if sound else last


@dataclass(frozen=True)
class _Replicate:
    """One lot over one past window, without and with the planted effect."""

    idle: Arms
    planted: Arms
    truth: float
    usual: float
    """What people bring on average."""


def _drawn(
    windows: Sequence[Window], share: float, replicates: int, seed: int, people: int | None = None
) -> tuple[_Replicate, ...]:
    dice = np.random.default_rng(seed)
    return tuple(
        _replicate(windows[int(dice.integers(len(windows)))], share, dice, people)
        for _ in range(replicates)
    )


def _replicate(
    window: Window, share: float, dice: np.random.Generator, size: int | None
) -> _Replicate:
    known = len(window.before)
    people = drawn_again(known, size or min(known, LARGEST), dice)
    before, after = window.before[people], window.after[people]
    line = line_of(before)
    kept = before <= line
    before, after = before[kept], after[kept]
    held = _two_arms(drawn_arms(len(before), share, dice))
    moved = ~held & (dice.random(len(before)) < 0.5)
    more = np.where(moved, LIFT * after, 0.0)
    return _Replicate(
        idle=Arms.of(before, after, held),
        planted=Arms.of(before, after + more, held),
        # What it does on average to people like these: the window that the people are drawn from.
        truth=LIFT / 2 * float(window.after[window.before <= line].mean()),
        usual=float(after.mean()),
    )


def _two_arms(held: BoolArray) -> BoolArray:
    """A lot that left an arm with fewer than two people cannot be read: two are put there."""
    mended = held.copy()
    if mended.sum() < 2:
        mended[:2] = True
    elif (~mended).sum() < 2:
        mended[:2] = False
    return mended


def _tried(estimator: Estimator, drawn: Sequence[_Replicate]) -> Trial:
    idle = [replicate.idle.lift(estimator) for replicate in drawn]
    planted = [replicate.planted.lift(estimator) for replicate in drawn]
    false = sum(0.0 not in lift.interval() for lift in idle)
    held = sum(
        replicate.truth in lift.interval() for replicate, lift in zip(drawn, planted, strict=True)
    )
    return Trial(
        estimator=estimator,
        false_positives=false / len(drawn),
        within=wilson(false, len(drawn)),
        coverage=held / len(drawn),
        ratio=_ratio(
            [with_it.estimate - bare.estimate for with_it, bare in zip(planted, idle, strict=True)],
            [one.truth for one in drawn],
        ),
        detectable=_detectable(idle, drawn),
    )


def _detectable(idle: Sequence[Difference], drawn: Sequence[_Replicate]) -> float:
    """Smallest provable lift as a share of the usual; infinite where people bring nothing."""
    usual = float(np.mean([replicate.usual for replicate in drawn]))
    se = float(np.median([lift.se for lift in idle]))
    return detectable(se) / usual if usual > 0 else float("inf")


def _ratio(estimates: Sequence[float], truths: Sequence[float]) -> float:
    truth = float(np.sum(truths))
    return float(np.sum(estimates)) / truth if truth else 1.0


def _words(
    trials: Sequence[Trial], chosen: Trial, replicates: int, share: float
) -> tuple[Sentence, ...]:
    rehearsed = said(
        "Rehearsed {times} times on this shop's own past, where nothing was done, the proof found"
        " something {false} % of the time (5 % is fair), and its interval held a planted effect"
        " {held} % of the time.",
        times=replicates,
        false=round(100 * chosen.false_positives, 1),
        held=round(100 * chosen.coverage, 1),
    )
    sees = said(
        "With {share} % held out, one window over all customers proves a lift of {lift} % or more,"
        " four times in five. A plan that means fewer people must move them by more.",
        share=round(100 * share, 1),
        lift=round(100 * chosen.detectable) if np.isfinite(chosen.detectable) else 100,
    )
    return (rehearsed, sees, *_caution(trials, chosen))


def _caution(trials: Sequence[Trial], chosen: Trial) -> tuple[Sentence, ...]:
    if not chosen.sound:
        return (
            said(
                "That is too often even for the most cautious way of counting: do not trust a"
                " proof here until there are more customers."
            ),
        )
    if chosen.estimator is LEANING:
        return ()
    return (
        said(
            "The usual way of counting found something {false} % of the time and held the planted"
            " effect {held} % of it, so another is used that comes nearer.",
            false=round(100 * trials[0].false_positives, 1),
            held=round(100 * trials[0].coverage, 1),
        ),
    )
