"""What a purchase model promises: a likelihood made of terms, from which the rest follows.

A model writes down the ways in which a history (x, t_x, T) may have come about. Fitting, the
chance to be alive, the chance of silence and the date of the next purchase are derived from
those terms in one place, `fitted.py`, for all models alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Summary:
    """Sufficient statistics of many customers: each different (x, t_x, T) once, with its count.

    `x` is the number of repeat purchase days, `t_x` the time from first to last purchase and `T`
    the time from first purchase to the end of observation, both in one unit (days, as a rule).
    """

    x: Array
    t_x: Array
    T: Array
    count: Array

    def __len__(self) -> int:
        """How many different triples there are."""
        return len(self.x)

    @property
    def customers(self) -> int:
        """How many customers stand behind the rows."""
        return int(self.count.sum())

    def rows(self, part: slice) -> Summary:
        """Some of the rows."""
        return Summary(self.x[part], self.t_x[part], self.T[part], self.count[part])


def summarise(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Summary, Index]:
    """Compress customers to their different triples; the index leads each customer to its row.

    Raises ValueError where 0 <= t_x <= T does not hold, or t_x is not 0 exactly when x is 0.
    """
    columns = [np.asarray(values, dtype=np.float64) for values in (x, t_x, T)]
    _check(*columns)
    first, inverse, count = _unique(columns)
    different = [column[first] for column in columns]
    summary = Summary(different[0], different[1], different[2], count.astype(np.float64))
    return summary, inverse.astype(np.int64)


def _check(x: Array, t_x: Array, T: Array) -> None:
    if not (np.isfinite(x).all() and np.isfinite(t_x).all() and np.isfinite(T).all()):
        raise ValueError("x, t_x and T must be finite")
    if ((x < 0) | (t_x < 0) | (t_x > T)).any():
        raise ValueError("a history needs x >= 0 and 0 <= t_x <= T")
    if ((x == 0) != (t_x == 0)).any():
        raise ValueError("t_x is 0 exactly when x is 0: purchases are counted by day")


def _unique(columns: list[Array]) -> tuple[Index, Index, Index]:
    """First row, inverse and count of the different rows; whole numbers are packed into one key."""
    x, t_x, T = columns
    span = T.max(initial=0) + 1
    whole = all((column == np.floor(column)).all() for column in columns)
    if whole and (x.max(initial=0) + 1) * span * span < 2**62:
        key: NDArray[Any] = ((x * span + t_x) * span + T).astype(np.int64)
        _, first, inverse, count = np.unique(
            key, return_index=True, return_inverse=True, return_counts=True
        )
    else:
        _, first, inverse, count = np.unique(
            np.stack(columns, axis=1),
            axis=0,
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
    return first, inverse.reshape(-1), count


@dataclass(frozen=True)
class Derivatives:
    """First and second derivatives by the *logarithms* of the p parameters, for n rows."""

    slope: Array
    """Shape (p, n)."""
    bend: Array
    """Shape (p, p, n)."""


@dataclass(frozen=True)
class Term:
    """One way a history may have come about: its log-likelihood, its derivatives on demand."""

    value: Array
    derive: Callable[[], Derivatives]


class Model(Protocol):
    """A purchase model with p positive parameters."""

    @property
    def name(self) -> str:
        """What the literature calls it, such as `MBG/NBD`."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in order."""
        ...

    @property
    def scales(self) -> tuple[bool, ...]:
        """Which parameters are measured in time: they grow with its unit."""
        ...

    def shared(self, params: Array, x: Array) -> Term:
        """The factor of the likelihood that depends on x alone and multiplies every term."""
        ...

    def terms(self, params: Array, s: Summary) -> Sequence[Term]:
        """The ways the history may have come about; the first is *still alive at T*."""
        ...

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """Expected purchase days in (T, T + h] of a customer who is alive at T."""
        ...
