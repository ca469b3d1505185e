"""Whether a second learner takes over: only where the shop's own log shows that it decides better.

    people are cut into three   two thirds teach both learners, the last third judges them
    value = what the challenger's choices earn more than the standing one's, doubly robust
    admitted only where the lower end of its interval lies above zero

Both choose only among acts that each person could have drawn, so nothing is asked that the log
cannot answer. Whom both give the same says nothing, and adds no noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from huitou.decisions.audience import FloatArray, IntArray
from huitou.decisions.effects.challenger import Challenger, challenge
from huitou.decisions.effects.drawn import Drawn
from huitou.decisions.effects.learned import Learned, believed
from huitou.decisions.playbook import PLAYBOOK, Playbook
from huitou.facts.life import STAGES
from huitou.ground.ids import lot
from huitou.proof.replay import Answer, Log, compared

FOLDS = 3
LEAST = 600
"""Decisions below which no contest is held: no group could be found, and none shown."""
LEAST_DIFFERING = 200
"""Decisions on which the two must disagree: of a few dozen no interval holds what it says."""
LEVEL = 0.95
"""Of the interval: a challenger that is no better is let in less than once in forty."""

Reason = Literal["better", "not_shown", "same", "too_few"]


@dataclass(frozen=True)
class Contest:
    """How the challenger did beside the standing learner; sums over all decisions, minor units."""

    admitted: bool
    reason: Reason
    decisions: int
    """That were drawn by lot, and by which both were judged."""
    differing: int
    """Of these, those on which the two disagree."""
    value: float | None = None
    """What the challenger's choices would have earned more; None where that is not told."""
    low: float | None = None
    high: float | None = None
    level: float = LEVEL

    def written(self) -> dict[str, Any]:
        """As a JSON value."""
        return dict(vars(self))

    @classmethod
    def read(cls, written: dict[str, Any]) -> Contest:
        """Back from `written`."""
        return cls(**written)


def contest(
    drawn: Drawn, standing: Learned | None, playbook: Playbook = PLAYBOOK
) -> tuple[Contest, Challenger | None]:
    """Hold the contest; with it the challenger, taught by everybody, where it is admitted.

    Args:
        drawn: decisions of the draw, whose windows are over.
        standing: what is believed now, taught by everybody.
        playbook: the guesses that both start from.
    """
    if standing is None or len(drawn) < LEAST:
        return Contest(False, "too_few", len(drawn), 0), None
    ours, theirs = _choices(drawn, playbook)
    found = judged(compared(_log(drawn, standing), theirs, ours, LEVEL), len(drawn))
    if not found.admitted:
        return found, None
    challenger = challenge(drawn, standing)
    if not challenger.spread:
        # Thirds of the people showed groups that all of them together do not.
        return replace(found, admitted=False, reason="same"), None
    return found, challenger


def judged(answer: Answer, decisions: int) -> Contest:
    """The guard: only an interval that lies above zero admits."""
    if answer.reason == "same":
        return Contest(False, "same", decisions, 0, 0.0, 0.0, 0.0)
    unsure = answer.value is None or answer.low is None or answer.high is None
    if unsure or answer.differing < LEAST_DIFFERING:
        return Contest(False, "too_few", decisions, answer.differing)
    better = answer.low is not None and answer.low > 0
    return Contest(
        admitted=better,
        reason="better" if better else "not_shown",
        decisions=decisions,
        differing=answer.differing,
        value=answer.value,
        low=answer.low,
        high=answer.high,
        level=answer.level,
    )


def _choices(drawn: Drawn, playbook: Playbook) -> tuple[FloatArray, FloatArray]:
    """What the standing learner and the challenger would do, each taught by other people."""
    ours, theirs = np.zeros(drawn.chances.shape), np.zeros(drawn.chances.shape)
    fold = _folds(drawn.person)
    for each in range(FOLDS):
        away = np.flatnonzero(fold == each)
        others = drawn.among(fold != each)
        standing = believed(others.tried, playbook)
        here = drawn.among(away)
        ours[away] = here.chosen(standing or playbook)
        theirs[away] = here.chosen(challenge(others, standing)) if standing else ours[away]
    return ours, theirs


def _folds(person: IntArray) -> IntArray:
    """A fold for each person, whoever else is in the log."""
    people, where = np.unique(person, return_inverse=True)
    told = np.array([int(FOLDS * lot("contest", str(each))) for each in people.tolist()])
    fold: IntArray = told[where].astype(np.int64)
    return fold


def _log(drawn: Drawn, standing: Learned) -> Log:
    people = drawn.people
    stages = [people.stage == stage for stage in STAGES]
    traits = standing.scale.standard(people.traits)
    worth = people.p_buy * drawn.worth
    facts = np.column_stack([people.p_buy, drawn.worth, worth, *stages, traits])
    return Log(drawn.person, drawn.given, drawn.chances, drawn.outcome, facts.astype(np.float64))
