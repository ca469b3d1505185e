"""Super users: who surely leaves far more than the usual customer, and what sets them apart.

The lower end of what their orders leave lies above so many times the usual customer's middle: one
large order makes nobody a super user.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.stats.intervals import wilson

Reals = NDArray[np.float64]
Truth = NDArray[np.bool_]

MOST_APART = 6
"""So many things that set them apart are told."""
POINTS = 40
"""Points of the curve that is drawn."""


@dataclass(frozen=True)
class Apart:
    """Something that super users buy more often than others do; shares in [0, 1]."""

    what: str
    theirs: float
    others: float
    low: float
    """The lower end of the difference."""


def super_users(middle: Reals, low: Reals, times: float) -> Truth:
    """Who they are; nobody where the usual customer leaves nothing."""
    usual = float(np.median(middle)) if len(middle) else 0.0
    if usual <= 0:
        return np.zeros(len(middle), dtype=np.bool_)
    return np.asarray(low > times * usual, dtype=np.bool_)


def apart(
    whats: Sequence[str],
    theirs: Sequence[int],
    others: Sequence[int],
    super_users: int,
    rest: int,
) -> tuple[Apart, ...]:
    """What super users surely buy more often than others, the furthest apart first.

    The interval of the difference of two shares is Newcombe's (1998, method 10).
    """
    if not super_users or not rest:
        return ()
    found = []
    for what, mine, of_others in zip(whats, theirs, others, strict=True):
        one, other = wilson(mine, super_users), wilson(of_others, rest)
        p, q = mine / super_users, of_others / rest
        low = (p - q) - float(np.hypot(p - one.low, other.high - q))
        if low > 0:
            found.append(Apart(what, p, q, low))
    ranked = sorted(found, key=lambda each: (each.others - each.theirs, each.what))
    return tuple(ranked[:MOST_APART])


def curve(net: Reals) -> list[tuple[float, float]]:
    """Share of customers, the best first, and the share of all contribution they leave.

    It rises above 1 and falls back to it where some cost more than they bring.
    """
    whole = float(net.sum())
    if not len(net) or whole <= 0:
        return []
    climbed = np.cumsum(np.sort(net)[::-1]) / whole
    places = np.unique(np.linspace(0, len(net) - 1, POINTS).round().astype(int))
    return [(0.0, 0.0), *((float(i + 1) / len(net), float(climbed[i])) for i in places)]
