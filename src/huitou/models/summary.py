"""Histories of many customers, packed: each different one once, with its count.

A shop of a million customers has some ten thousand different days, a few dozen different counts,
and a third as many different histories as customers. So a history is three places in three small
columns, packed into one whole number to find its equals; and what is costly to compute of a day
or a count (a logarithm, a gamma function) is computed once for each, and looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from huitou.models.numbers import Array, Index

Key = NDArray[Any]
"""Whole numbers, of 32 bits where they fit: those are sorted in a third of the time."""


@dataclass(frozen=True)
class Column:
    """One number a row, as places in a list of the different numbers."""

    different: Array
    """Ascending; not all of them need occur."""
    place: Key

    @classmethod
    def of(cls, values: Array) -> Column:
        """Whole numbers are their own places, where a list up to the largest is not too long."""
        top = float(values.max(initial=0.0))
        if top < 2 * len(values) + 1024:
            place: Key = values.astype(np.int32)
            if np.array_equal(place, values):
                return cls(np.arange(int(top) + 1, dtype=np.float64), place)
        different, place = np.unique(values, return_inverse=True)
        return cls(different, place.reshape(-1))

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def whole(self) -> bool:
        """Whether places are the numbers themselves."""
        return np.array_equal(self.different, np.arange(len(self.different)))

    @cached_property
    def values(self) -> Array:
        """The number of every row."""
        return self.different.take(self.place)

    def each(self, rule: Callable[[Array], Array]) -> Array:
        """The rule's answer for every row, asked once for each different number."""
        if len(self.different) > len(self.place):  # a part of a larger column
            return rule(self.values)
        return rule(self.different).take(self.place)

    def rows(self, part: slice | Index) -> Column:
        """Some of the rows."""
        return Column(self.different, self.place[part])

    def later(self, h: ArrayLike) -> Column:
        """The numbers and `h` more, one for all or one a row."""
        more = np.asarray(h, dtype=np.float64)
        if more.ndim:
            return Column.of(self.values + more)
        return replace(self, different=self.different + more)


@dataclass(frozen=True)
class Summary:
    """Sufficient statistics of many customers: (x, t_x, T) a row, and how many share it.

    `x` is the number of repeat purchase days, `t_x` the time from first to last purchase and `T`
    the time from first purchase to the end of observation, both in one unit (days, as a rule).
    """

    times: Column
    last: Column
    watched: Column
    count: Array

    @property
    def x(self) -> Array:
        """Repeat purchase days."""
        return self.times.values

    @property
    def t_x(self) -> Array:
        """Time from first to last purchase."""
        return self.last.values

    @property
    def T(self) -> Array:
        """Time under observation."""
        return self.watched.values

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.count)

    @cached_property
    def customers(self) -> int:
        """How many customers stand behind the rows."""
        return int(self.count.sum())

    @cached_property
    def usual_time(self) -> float:
        """Mean time under observation."""
        return max(float(self.T @ self.count) / max(self.customers, 1), 1e-6)

    @cached_property
    def often(self) -> Array:
        """How many customers have each of the different numbers of `times`."""
        found = np.bincount(self.times.place, self.count, len(self.times.different))
        return found.astype(np.float64, copy=False)

    def rows(self, part: slice | Index) -> Summary:
        """Some of the rows."""
        times, last, watched = (each.rows(part) for each in (self.times, self.last, self.watched))
        return Summary(times, last, watched, self.count[part])

    def after(self, h: ArrayLike) -> Summary:
        """The same customers, silent for `h` more."""
        return replace(self, watched=self.watched.later(h))

    def when_seen(self) -> Summary:
        """The same customers on the evening of their last purchase."""
        return replace(self, watched=self.last)

    def parts(self, size: int) -> tuple[Summary, ...]:
        """The rows in parts of `size`; kept, for a fit comes back to them."""
        if len(self) <= size:
            return (self,)
        made: dict[int, tuple[Summary, ...]] = self._parts
        if size not in made:
            starts = range(0, len(self), size)
            made[size] = tuple(self.rows(slice(start, start + size)) for start in starts)
        return made[size]

    @cached_property
    def _parts(self) -> dict[int, tuple[Summary, ...]]:
        return {}

    @cached_property
    def cells(self) -> tuple[Summary, Index]:
        """The different (x, T) alone, each with t_x = T, and the cell of every row.

        What is to be expected of those who are alive depends on nothing else.
        """
        keys = _key((self.times, self.watched))
        if (span := len(self.times.different) * len(self.watched.different)) <= 4 * len(keys):
            there = np.zeros(span, dtype=bool)
            there[keys] = True
            different, place = np.flatnonzero(there), (there.cumsum() - 1).take(keys)
        else:
            different, place = np.unique(keys, return_inverse=True)
        times, watched = _unpacked(different, (self.times, self.watched))
        return just_bought(times, watched), place


def just_bought(times: Column, watched: Column) -> Summary:
    """Customers who bought on the last evening they were watched."""
    return Summary(times, watched, watched, np.ones(len(times)))


def each_alone(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Summary:
    """A row for every customer, as given: for asking, where looking for equals would cost more.

    Raises ValueError where 0 <= t_x <= T does not hold, or t_x is not 0 exactly when x is 0.
    """
    columns = _columns(x, t_x, T)
    return Summary(*columns, np.ones(len(columns[0])))


def packed(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Summary:
    """Compress customers to their different histories: for fitting. Raises as `each_alone`."""
    columns = _columns(x, t_x, T)
    return _compressed(columns, _key(columns))


def summarise(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Summary, Index]:
    """The same, and the index that leads each customer to its row."""
    columns = _columns(x, t_x, T)
    keys = _key(columns)
    found = _compressed(columns, keys)
    rows = _key((found.times, found.last, found.watched))
    return found, np.searchsorted(rows, keys)


def _columns(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Column, Column, Column]:
    times, last, watched = (np.asarray(values, dtype=np.float64) for values in (x, t_x, T))
    _check(times, last, watched)
    return Column.of(times), Column.of(last), Column.of(watched)


def _check(x: Array, t_x: Array, T: Array) -> None:
    if not all(np.isfinite(column.sum()) for column in (x, t_x, T)):
        raise ValueError("x, t_x and T must be finite")
    if min(x.min(initial=0), t_x.min(initial=0)) < 0 or (t_x > T).any():
        raise ValueError("a history needs x >= 0 and 0 <= t_x <= T")
    if ((x == 0) != (t_x == 0)).any():
        raise ValueError("t_x is 0 exactly when x is 0: purchases are counted by day")


def _key(columns: tuple[Column, ...]) -> Key:
    """One whole number a row, equal where all columns are; small ones are sorted faster."""
    span = int(np.prod([float(len(column.different)) for column in columns]))
    if span >= 2**63:
        raise ValueError("these histories are too different to be packed into whole numbers")
    key: Key = columns[0].place.astype(np.int32 if span < 2**31 else np.int64)
    for column in columns[1:]:
        np.multiply(key, len(column.different), out=key)
        np.add(key, column.place, out=key, casting="same_kind")
    return key


def _compressed(columns: tuple[Column, ...], keys: Key) -> Summary:
    ordered = np.sort(keys)
    starts = np.concatenate([[0], 1 + np.flatnonzero(ordered[1:] != ordered[:-1])])[: len(ordered)]
    count = np.diff(starts, append=len(ordered)).astype(np.float64)
    times, last, watched = _unpacked(ordered[starts], columns)
    return Summary(times, last, watched, count)


def _unpacked(keys: Key, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    found, rest = [], keys
    for column in reversed(columns):
        fewer = rest // len(column.different)  # together a third of divmod's time
        place = rest - fewer * len(column.different)
        found.append(Column(column.different, place.astype(np.int64)))
        rest = fewer
    return tuple(reversed(found))
