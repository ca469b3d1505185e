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
Acts = NDArray[np.integer]
"""The place of an act, one a person."""


@dataclass(frozen=True)
class Sums:
    """What some people take at given prices: the sum of their best after prices, and its use."""

    best: float
    used: FloatArray

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.best + other.best, self.used + other.used)


@dataclass(frozen=True)
class Taken:
    """What everybody takes at some prices: the act, what it is worth then, and all that is used."""

    choice: Acts
    kept: Numbers
    used: FloatArray


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
        taken = self.taken_at(prices)
        return taken.choice.astype(np.int64), taken.kept

    def taken_at(self, prices: FloatArray) -> Taken:
        """The same with what it uses, in one pass: of millions, each pass is what counts."""
        choice = np.empty(len(self), dtype=np.int16)
        kept = np.empty(len(self), dtype=self.gain.dtype)
        used = np.zeros(len(self.limit))
        for block in self._blocks():
            choice[block], kept[block] = _best(self._after(prices, block))
            used += self._used(block, choice[block])
        return Taken(choice, kept, used)

    def used(self, choice: Acts) -> FloatArray:
        """Use of each resource by a choice."""
        total = np.zeros(len(self.limit))
        for block in self._blocks():
            total += self._used(block, choice[block])
        return total

    def gained(self, choice: Acts) -> float:
        """Sum of the gains of a choice."""
        blocks = self._blocks()
        return sum(
            float(taken_of(self.gain[each], choice[each]).sum(dtype=np.float64)) for each in blocks
        )

    def fits(self, choice: Acts) -> bool:
        """True when no limit is exceeded."""
        return bool(np.all(self.used(choice) <= self.limit + TOLERANCE))

    def among(self, rows: NDArray[np.int64], limit: FloatArray | None = None) -> Choices:
        """The same question for some of the people, within the same limits or others."""
        kept = self.limit if limit is None else limit
        return Choices(self.gain[rows], tuple(use[rows] for use in self.use), kept)

    def nearest(self, choice: Acts, prices: FloatArray, left: FloatArray) -> Numbers:
        """For each person how near they come to a dearer act that still fits into what is left.

        It is the loss after prices of taking it, as a negative number; −inf where none fits.
        """
        near = np.full(len(self), -np.inf, dtype=self.gain.dtype)
        for block in self._blocks():
            near[block] = self._nearest(block, choice[block], prices, left)
        return near

    def _nearest(self, block: slice, theirs: Acts, prices: FloatArray, left: FloatArray) -> Numbers:
        after, gain = self._after(prices, block), self.gain[block]
        now, have = taken_of(after, theirs), taken_of(gain, theirs)
        rests = [
            taken_of(use[block], theirs) + use.dtype.type(rest)
            for use, rest in zip(self.use, left, strict=True)
        ]
        near = np.full(len(theirs), -np.inf, dtype=after.dtype)
        for act in range(1, gain.shape[1]):
            fits = gain[:, act] > have
            for use, rest in zip(self.use, rests, strict=True):
                fits &= use[block, act] <= rest
            np.maximum(near, after[:, act], out=near, where=fits)
        return near - now

    def _blocks(self) -> Iterator[slice]:
        return (slice(start, start + BLOCK) for start in range(0, len(self), BLOCK))

    def _after(self, prices: FloatArray, block: slice) -> Numbers:
        """Gains of a block when every unit of a resource is paid for at its price."""
        kind = self.gain.dtype
        after: Numbers | None = None
        for price, use in zip(prices, self.use, strict=True):
            if not price:
                continue
            paid = _rows(use, block) * kind.type(-price)
            after = np.add(self.gain[block] if after is None else after, paid, dtype=kind)
        return self.gain[block] if after is None else after

    def _used(self, block: slice, choice: Acts) -> FloatArray:
        return np.array([_sumtaken_of(use, block, choice) for use in self.use], dtype=np.float64)


def _rows(use: Numbers, block: slice) -> Numbers:
    """The uses of a block; of what is broadcast over the people one row says all."""
    return use[:1] if _is_alike(use) else use[block]


def _is_alike(use: Numbers) -> bool:
    return use.strides[0] == 0


def _sumtaken_of(use: Numbers, block: slice, choice: Acts) -> float:
    if _is_alike(use) and len(use):
        counts = np.bincount(choice, minlength=use.shape[1])
        return float(counts @ use[0].astype(np.float64))
    return float(taken_of(use[block], choice).sum(dtype=np.float64))


def _best(after: Numbers) -> tuple[Acts, Numbers]:
    """The first best act of each person, and its value; act by act over a block in the cache.

    Where an act is better than all before it its place is noted, and places rise: so the highest
    place noted is the first of the best.
    """
    best, choice = after[:, 0].copy(), np.zeros(len(after), dtype=np.int16)
    for act in range(1, after.shape[1]):
        better = (after[:, act] > best).view(np.int8).astype(np.int16)
        better *= np.int16(act)
        np.maximum(best, after[:, act], out=best)
        np.maximum(choice, better, out=choice)
    return choice, best


def taken_of(by_person: Numbers, choice: Acts) -> Numbers:
    """Of each person the value of the act they take."""
    if _is_alike(by_person) and len(by_person):
        alike: Numbers = by_person[0].take(choice)
        return alike
    if by_person.flags.c_contiguous:
        places = np.arange(0, by_person.size, by_person.shape[1]) + choice
        taken: Numbers = by_person.reshape(-1).take(places)
        return taken
    found: Numbers = by_person[np.arange(len(by_person)), choice]
    return found
