"""The rules of the ladder for everybody at once: which few of a million have to be looked at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from huitou.loyalty.ladder.steps import Condition, Ladder, Step

Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]


def deserved(ladder: Ladder, figures: Mapping[str, Whole]) -> Whole:
    """`rules.deserved` of many: measure -> figures, aligned; the places of the highest steps."""
    people = len(next(iter(figures.values())))
    reached = np.zeros(people, dtype=np.int64)
    for place, step in enumerate(ladder.steps[1:], 1):
        reached[holding(step, figures)] = place
    return reached


def holding(step: Step, figures: Mapping[str, Whole]) -> Truth:
    """`rules.holds` of many: who meets what a step asks for."""
    every = np.ones(len(next(iter(figures.values()))), dtype=np.bool_)
    for condition in step.all:
        every &= _met(condition, figures)
    if step.any:
        every &= np.logical_or.reduce([_met(each, figures) for each in step.any])
    return every


def to_look_at(reached: Whole, kept: Whole, here: Whole, falling: Truth) -> NDArray[np.intp]:
    """The rows whose verdict may be another than that they stay where they are."""
    return np.flatnonzero((reached > here) | (kept < here) | falling)


def _met(condition: Condition, figures: Mapping[str, Whole]) -> Truth:
    met: Truth = figures[condition.what] >= condition.least
    return met
