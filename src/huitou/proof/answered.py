"""What answering a complaint was worth: who bought again, against customers who stood alike.

Each complaint is judged at the first evening looked back at by which its deadline had passed. Those
who complained are compared, within that evening and stage, with everybody who did not. It is a
comparison and no lot: whoever is answered late may differ in other ways, and the words say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from huitou.stats.intervals import Interval, wilson

ANSWERS = ("well", "late", "never")
LEAST = 20
"""Complaints of one kind below which a share says nothing: its interval spans forty points."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Worth:
    """Who bought again after one kind of answer. `n` may be 0; then the shares are None."""

    n: int
    bought: float | None
    alike: float | None
    """Expected of customers at the same stage on the same evening."""
    interval: Interval | None
    """Of `bought - alike`; None below `LEAST`."""

    @property
    def difference(self) -> float | None:
        """`bought - alike`, or None below `LEAST`."""
        if self.interval is None or self.bought is None or self.alike is None:
            return None
        return self.bought - self.alike


def how(due_at: datetime, answered_at: datetime | None, by: datetime) -> str:
    """well, late or never: how a complaint was answered, as known at the moment `by`."""
    if answered_at is None or answered_at > by:
        return "never"
    return "well" if answered_at <= due_at else "late"


def evening_of(day: date, evenings: Sequence[date], longest: int) -> date | None:
    """The first evening on or after `day`, no more than `longest` days later; None without one."""
    later = [each for each in evenings if 0 <= (each - day).days <= longest]
    return min(later, default=None)


def worth(
    cells: Sequence[str], bought: BoolArray, answers: Sequence[str], level: float = 0.9
) -> dict[str, Worth]:
    """Compare those who complained with those alike.

    Args:
        cells: evening and stage of each customer, one string; only equals are compared.
        bought: whether each bought within the horizon after that evening.
        answers: one of `ANSWERS`, or '' for those without a complaint.
        level: how often an interval should hold the truth.
    """
    place, of = np.unique(np.asarray(cells, dtype=np.str_), return_inverse=True)
    told = np.asarray(answers, dtype=np.str_)
    quiet = told == ""
    n_quiet = np.bincount(of[quiet], minlength=len(place))
    rate = np.bincount(of[quiet], bought[quiet], minlength=len(place)) / np.maximum(n_quiet, 1)
    return {each: _one(told == each, of, bought, rate, n_quiet, level) for each in ANSWERS}


def _one(
    mine: BoolArray,
    of: NDArray[np.intp],
    bought: BoolArray,
    rate: NDArray[np.float64],
    n_quiet: NDArray[np.intp],
    level: float,
) -> Worth:
    # Who stood where nobody else stood has nobody to be compared with.
    mine = mine & (n_quiet[of] > 0)
    n = int(mine.sum())
    if n == 0:
        return Worth(0, None, None, None)
    share, alike = float(bought[mine].mean()), float(rate[of[mine]].mean())
    others = int(n_quiet[np.unique(of[mine])].sum())
    interval = _newcombe(share, n, alike, others, level) if n >= LEAST else None
    return Worth(n, share, alike, interval)


def _newcombe(share: float, n: int, other: float, m: int, level: float) -> Interval:
    """Interval of a difference of two shares (Newcombe 1998, method 10)."""
    one, two = wilson(round(share * n), n, level), wilson(round(other * m), m, level)
    down = ((share - one.low) ** 2 + (two.high - other) ** 2) ** 0.5
    up = ((one.high - share) ** 2 + (other - two.low) ** 2) ** 0.5
    return Interval(share - other - down, share - other + up, level)
