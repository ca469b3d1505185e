"""Contracts as customer-periods, packed: who was at risk in which period, and how many ended.

A contract that was watched in its periods 3 to 7 is five rows of a person-period table (Singer,
Willett 1993). Alike rows are counted here without ever being written out one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.numbers import Array, Index

CAUSES = ("voluntary", "payment")
"""The customer ended it; or a payment failed, and nobody meant to leave."""


@dataclass(frozen=True)
class AtRisk:
    """Customer-periods, those alike in one row; rows ascend by period."""

    period: Index
    """Of the contract, from 1: shape (rows,)."""
    month: Index
    """Of the calendar, 0 to `season` - 1; all 0 where no calendar is known."""
    pattern: Index
    """Places in `z`."""
    count: Array
    """Contracts at risk."""
    ended: Array
    """How many of them ended in that period, by cause: shape (causes, rows)."""
    z: Array
    """Different patterns of traits: shape (patterns, traits)."""
    causes: tuple[str, ...]
    traits: tuple[str, ...]
    season: int
    """Periods after which the calendar repeats; 1 where no calendar is known."""
    contracts: int

    @property
    def longest(self) -> int:
        """The last period in which anyone was watched; 0 where nobody was."""
        return int(self.period.max(initial=0))


def at_risk(
    last: ArrayLike,
    ended: ArrayLike,
    *,
    causes: Sequence[str] = CAUSES,
    entered: ArrayLike = 0,
    began: ArrayLike | None = None,
    season: int = 12,
    z: ArrayLike | None = None,
    traits: Sequence[str] = (),
) -> AtRisk:
    """Pack n contracts.

    Args:
        last: the last period each was watched in, (n,): the one it ended in, or the one it was
            last seen to come through.
        ended: 0 where it runs on, else the number of its cause: 1 for the first of `causes`.
        causes: names of the causes.
        entered: periods it had come through before anyone watched (left truncation).
        began: calendar month of its first period, counted from any January; None for unknown.
        season: after how many periods the calendar repeats.
        z: traits, shape (n, traits). One that changes is told by cutting the contract in two:
            the second part has `entered` where the first has `last`.
        traits: names of the columns of `z`.

    Raises:
        ValueError: for a contract that ended before it was watched, a period that is not whole,
            an unknown cause, or traits that are not finite or not named.
    """
    over, until = _whole(ended, "ended"), _whole(last, "last")
    since = np.broadcast_to(_whole(entered, "entered"), until.shape)
    _check(until, over, since, len(causes))
    different, pattern = _patterns(z, len(until), traits)
    season = 1 if began is None else season
    start = np.broadcast_to(_whole(0 if began is None else began, "began") % season, until.shape)
    group, place = np.unique(pattern * season + start, return_inverse=True)
    period, who, count, gone = _counted(place.reshape(-1), since, until, over, len(causes))
    return AtRisk(
        period=period,
        month=(group[who] % season + period - 1) % season,
        pattern=group[who] // season,
        count=count,
        ended=gone,
        z=different,
        causes=tuple(causes),
        traits=tuple(traits),
        season=season,
        contracts=len(until),
    )


def _whole(values: ArrayLike, name: str) -> Index:
    given = np.asarray(values, dtype=np.float64)
    whole = np.nan_to_num(given).astype(np.int64)
    if not np.array_equal(given, whole):
        raise ValueError(f"{name} must be whole numbers")
    return whole


def _check(until: Index, over: Index, since: Index, causes: int) -> None:
    if over.shape != until.shape or until.ndim != 1:
        raise ValueError("last and ended need one number a contract")
    if ((over < 0) | (over > causes)).any():
        raise ValueError(f"ended is 0, or the number of one of the {causes} causes")
    if (since < 0).any() or (until < since + (over > 0)).any():
        raise ValueError("a contract ends in a period in which it was watched")
    if not (until > since).any():
        raise ValueError("no contract was watched for a single period")


def _patterns(z: ArrayLike | None, n: int, traits: Sequence[str]) -> tuple[Array, Index]:
    given = np.zeros((n, 0)) if z is None else np.asarray(z, dtype=np.float64)
    if given.shape != (n, len(traits)) or not np.isfinite(given).all():
        raise ValueError(f"z needs {len(traits)} finite numbers for each of {n} contracts")
    if not traits:
        return np.zeros((1, 0)), np.zeros(n, dtype=np.int64)
    different, place = np.unique(given, axis=0, return_inverse=True)
    return different, place.reshape(-1)


def _counted(
    place: Index, since: Index, until: Index, over: Index, causes: int
) -> tuple[Index, Index, Array, Array]:
    """Period, group, contracts at risk and ends by cause, wherever anyone is at risk."""
    groups, longest = int(place.max()) + 1, int(until.max())
    rows = []
    for t in range(1, longest + 1):
        watched = (since < t) & (t <= until)
        risk = np.bincount(place[watched], minlength=groups)
        there = np.flatnonzero(risk)
        last = watched & (until == t)
        ends = [np.bincount(place[last & (over == c + 1)], minlength=groups) for c in range(causes)]
        rows.append((np.full(len(there), t), there, risk[there], np.array(ends)[:, there]))
    period, who, count, gone = (np.concatenate(part, -1) for part in zip(*rows, strict=True))
    return period, who, count.astype(np.float64), gone.astype(np.float64)
