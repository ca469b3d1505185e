"""The people of an experiment, as their lot drew them, and all that is known of each at every look.

What people brought between looks is kept by person and look and laid out a block of people at a
time: a year of weeks of a million people would not fit into memory, and is not needed there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from huitou.proof.lift import BoolArray, FloatArray, IntArray
from huitou.proof.looks import Courses, Matrix, added

BLOCK = 50_000
"""People laid out at once."""


@dataclass(frozen=True)
class Brought:
    """What came in between looks: one entry a person and look. Minor units."""

    who: IntArray
    """Places among the people, rising."""
    look: IntArray
    earned: FloatArray
    """Profit that is known, costs of ours taken off."""
    uncosted: FloatArray
    """Revenue whose cost is not known; `rate` of it is profit."""
    rate: float

    def laid_out(self, first: int, people: int, looks: int) -> Matrix:
        """Cumulated profit of a block of people at each look; whole minor units."""
        start, end = np.searchsorted(self.who, [first, first + people])
        mine = slice(int(start), int(end))
        sums = np.zeros((2, people, looks))
        there = self.look[mine] < looks
        at = self.who[mine][there] - first, self.look[mine][there]
        np.add.at(sums[0], at, self.earned[mine][there])
        np.add.at(sums[1], at, self.uncosted[mine][there])
        earned, uncosted = sums.cumsum(axis=2)
        profit: Matrix = earned + np.floor(uncosted * self.rate + 0.5)
        return profit


@dataclass(frozen=True)
class Cohort:
    """Everybody in both arms by intention to treat, in one order."""

    person_id: tuple[str, ...]
    held: BoolArray
    """In the control group of this comparison."""
    drawn: BoolArray
    """Held out by the universal lot: how many should be is known."""
    stage: NDArray[np.str_]
    before: FloatArray
    """Profit in as long a window before the start."""
    brought: Brought
    spent: Brought
    """What stamps and staff cost, by look, with a minus; what offers took off was never paid."""
    reached: IntArray
    """The look from which on somebody had been written to; -1: never."""

    def __len__(self) -> int:
        return len(self.person_id)

    def courses(self, looks: int, kept: BoolArray) -> Courses:
        """Both arms in sums, for those who are kept, net of what was spent on them."""
        return added(
            [
                Courses.of(self.before[part], net, self.held[part])
                for part, net in self._blocks(looks, kept)
            ]
        )

    def gross(self, looks: int) -> FloatArray:
        """What each brought up to the last of so many looks, before our costs."""
        blocks = (self.brought.laid_out(at, n, looks)[:, -1] for at, n in self._cuts())
        return np.concatenate([*blocks]) if len(self) else np.zeros(0)

    def paid(self, looks: int) -> FloatArray:
        """What was spent on each up to the last of so many looks; positive."""
        blocks = (-self.spent.laid_out(at, n, looks)[:, -1] for at, n in self._cuts())
        return np.concatenate([*blocks]) if len(self) else np.zeros(0)

    def ahead(self, days: Sequence[int], looks: int, kept: BoolArray) -> list[float]:
        """Costs per treated person that were paid at each of `looks` for the time after it.

        A cost is to be earned back evenly until the window ends; at the last look all of it counts.

        Args:
            days: of every planned look, counted from the start; the last ends the window.
            looks: how many have passed.
            kept: who is compared.
        """
        ours = (kept & ~self.held)[self.spent.who]
        paid = np.bincount(
            self.spent.look[ours], weights=-self.spent.earned[ours], minlength=len(days)
        )[: len(days)]
        begun = np.array([0, *days[:-1]])
        people = max(1, int((kept & ~self.held).sum()))
        return [
            float((paid * (days[-1] - day) / (days[-1] - begun))[: at + 1].sum()) / people
            for at, day in enumerate(days[:looks])
        ]

    def after_letters(self, looks: int) -> float:
        """What those who were reached brought from their first letter on: the usual boast."""
        total = 0.0
        for at, n in self._cuts():
            cumulated = self.brought.laid_out(at, n, looks)
            first = self.reached[at : at + n]
            told = np.flatnonzero((first >= 0) & (first < looks))
            before = np.where(first[told] > 0, cumulated[told, np.maximum(first[told] - 1, 0)], 0.0)
            total += float((cumulated[told, -1] - before).sum())
        return total

    def only(self, some: BoolArray) -> Cohort:
        """A part of the people."""
        new = np.cumsum(some) - 1
        return replace(
            self,
            person_id=tuple(np.asarray(self.person_id, dtype=object)[some].tolist()),
            held=self.held[some],
            drawn=self.drawn[some],
            stage=self.stage[some],
            before=self.before[some],
            reached=self.reached[some],
            brought=_only(self.brought, some, new),
            spent=_only(self.spent, some, new),
        )

    def _cuts(self) -> Iterator[tuple[int, int]]:
        for at in range(0, len(self), BLOCK):
            yield at, min(BLOCK, len(self) - at)

    def _blocks(self, looks: int, kept: BoolArray) -> Iterator[tuple[IntArray, Matrix]]:
        for at, n in self._cuts():
            inside = np.flatnonzero(kept[at : at + n])
            net = self.brought.laid_out(at, n, looks) + self.spent.laid_out(at, n, looks)
            yield at + inside, net[inside]
        if not len(self):
            yield np.zeros(0, dtype=np.int64), np.zeros((0, looks))


def _only(brought: Brought, some: BoolArray, new: IntArray) -> Brought:
    there = some[brought.who]
    return Brought(
        new[brought.who[there]],
        brought.look[there],
        brought.earned[there],
        brought.uncosted[there],
        brought.rate,
    )
