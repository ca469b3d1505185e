"""The question of a plan in numbers, and what everybody takes when resources have prices.

People come in blocks that fit a processor's cache; of each block only sums are kept, and sums add.
So a look at ten million people needs no more memory than the question itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.decisions.audience import FloatArray, IntArray

BLOCK = 1 << 14
"""People looked at together."""
TOLERANCE = 1e-6
"""Absolute slack for sums of minutes; money is whole numbers, which no slack below 1 can exceed."""

Numbers = NDArray[np.floating]


@dataclass(frozen=True)
class Sums:
    """What some people take at given prices: the sum of their best after prices, and its use."""

    best: float
    used: FloatArray

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.best + other.best, self.used + other.used)


@dataclass(frozen=True)
class Choices:
    """Gains (people, acts), and of each resource what each act uses of it (people, acts).

    Act 0 is *nothing*: no gain, no use. A gain of −inf forbids an act. Arrays may be float32, and
    a resource that an act uses alike for all may be broadcast over the people.
    """

    gain: Numbers
    use: tuple[Numbers, ...]
    limit: FloatArray

    def __len__(self) -> int:
        return len(self.gain)

    def look(self, prices: FloatArray) -> Sums:
        """One pass over everybody: what they take when resources have these prices."""
        total = Sums(0.0, np.zeros(len(self.limit)))
        for block in self._blocks():
            choice, best = _best(self._after(prices, block))
            total += Sums(float(best.sum(dtype=np.float64)), self._used(block, choice))
        return total

    def bound_at(self, prices: FloatArray) -> tuple[float, FloatArray]:
        """The dual's value, an upper bound of any allocation, and the use that goes with it."""
        seen = self.look(prices)
        return seen.best + float(prices @ self.limit), seen.used

    def best_at(self, prices: FloatArray) -> tuple[IntArray, Numbers]:
        """Everybody's act at these prices (ties go to the earlier), and what it is worth then."""
        choice = np.empty(len(self), dtype=np.int64)
        kept = np.empty(len(self), dtype=self.gain.dtype)
        for block in self._blocks():
            choice[block], kept[block] = _best(self._after(prices, block))
        return choice, kept

    def used(self, choice: IntArray) -> FloatArray:
        """Use of each resource by a choice."""
        total = np.zeros(len(self.limit))
        for block in self._blocks():
            total += self._used(block, choice[block])
        return total

    def gained(self, choice: IntArray) -> float:
        """Sum of the gains of a choice."""
        taken = np.take_along_axis(self.gain, choice[:, None], axis=1)
        return float(taken.sum(dtype=np.float64))

    def fits(self, choice: IntArray) -> bool:
        """True when no limit is exceeded."""
        return bool(np.all(self.used(choice) <= self.limit + TOLERANCE))

    def among(self, rows: NDArray[np.int64], limit: FloatArray | None = None) -> Choices:
        """The same question for some of the people, within the same limits or others."""
        kept = self.limit if limit is None else limit
        return Choices(self.gain[rows], tuple(use[rows] for use in self.use), kept)

    def nearest(self, choice: IntArray, prices: FloatArray, left: FloatArray) -> Numbers:
        """For each person how near they come to a dearer act that still fits into what is left.

        It is the loss after prices of taking it, as a negative number; −inf where none fits.
        """
        near = np.full(len(self), -np.inf, dtype=self.gain.dtype)
        for block in self._blocks():
            theirs = choice[block]
            after, rise = (
                self._after(prices, block),
                self.gain[block].T - self._taken(block, theirs),
            )
            fits = rise > 0
            for use, rest in zip(self.use, left, strict=True):
                fits &= use[block].T - _of(use[block].T, theirs) <= rest
            missed = np.where(fits, after - _of(after, theirs), -np.inf)
            near[block] = missed.max(axis=0)
        return near

    def _blocks(self) -> Iterator[slice]:
        return (slice(start, start + BLOCK) for start in range(0, len(self), BLOCK))

    def _after(self, prices: FloatArray, block: slice) -> Numbers:
        """Gains of a block, act by act, when every unit of a resource is paid for at its price."""
        after: Numbers = self.gain[block].T.copy()
        for price, use in zip(prices, self.use, strict=True):
            if price:
                after -= use[block].T * after.dtype.type(price)
        return after

    def _taken(self, block: slice, choice: IntArray) -> Numbers:
        return _of(self.gain[block].T, choice)

    def _used(self, block: slice, choice: IntArray) -> FloatArray:
        sums = [_of(use[block].T, choice).sum(dtype=np.float64) for use in self.use]
        return np.array(sums, dtype=np.float64)


def _best(after: Numbers) -> tuple[IntArray, Numbers]:
    """The first best act of each person, and its value; act by act, for that is contiguous."""
    best, choice = after[0].copy(), np.zeros(after.shape[1], dtype=np.int16)
    for act in range(1, len(after)):
        better = after[act] > best
        np.copyto(best, after[act], where=better)
        np.copyto(choice, np.int16(act), where=better)
    return choice.astype(np.int64), best


def _of(by_act: Numbers, choice: IntArray) -> Numbers:
    """Of each person the value of the act they take."""
    taken: Numbers = by_act[choice, np.arange(by_act.shape[1])]
    return taken
