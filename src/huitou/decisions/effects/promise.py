"""How far a plan's promise is to be trusted: by what earlier promises kept, and by folds.

A plan picks, for each person, what looks best; what looks best was in part only lucky (the winner's
curse). Two witnesses tell by how much: plans of this shop that were promised and then proven, and
people whose outcomes were put aside while the choice was made (cross-fitted, doubly robust).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from huitou.decisions.effects.response import ActsPosterior, FloatArray, IntArray

USUAL, OFF = 1.0, 0.5
"""Before any proof a promise is taken at its word, give or take half of it."""
MOST = 2.0
SCATTER = 0.3
"""How differently two campaigns keep their promise, as a share of it, whatever was measured."""
_GRID = np.linspace(0.0, MOST, 401)

Profit = Callable[[FloatArray, IntArray], FloatArray]
"""Chances to buy under each act (n, acts + 1) and the rows they are of -> profits, as large."""
Learn = Callable[[FloatArray, IntArray, FloatArray, FloatArray], ActsPosterior]
"""Features, acts, outcomes, forecasts -> what is believed of the acts."""


@dataclass(frozen=True)
class Kept:
    """One promise beside what was proven of it, in one unit of money."""

    promised: float
    proven: float
    sd: float
    """Standard error of what was proven."""


@dataclass(frozen=True)
class Trust:
    """The share of a promise that may be expected, with its 90 % interval."""

    share: float
    low: float
    high: float
    proofs: int

    def shrunk(self, promised: float) -> float:
        """What remains of a promise; never more than was promised."""
        return promised * min(self.share, 1.0)


def trust(kept: Iterable[Kept]) -> Trust:
    """The posterior of the share of a promise that is kept.

    Normal around 1 beforehand, cut off at 0 and 2; each proof counts by how sure it is. Wide proofs
    hardly move it: a proof that says nothing is no reason to distrust.
    """
    log = -0.5 * ((_GRID - USUAL) / OFF) ** 2
    proofs = 0
    for each in kept:
        if each.promised > 0 and np.isfinite(each.sd):
            width = np.hypot(each.sd, SCATTER * each.promised)
            log = log - 0.5 * ((each.proven - _GRID * each.promised) / width) ** 2
            proofs += 1
    share = np.exp(log - log.max())
    share /= share.sum()
    below = np.cumsum(share)
    low, high = (float(_GRID[np.searchsorted(below, at)]) for at in (0.05, 0.95))
    return Trust(float(share @ _GRID), low, high, proofs)


def folded(
    x: FloatArray,
    act: IntArray,
    y: FloatArray,
    p0: FloatArray,
    chance: FloatArray,
    profit: Profit,
    learn: Learn,
    dice: np.random.Generator,
    folds: int = 3,
) -> Kept:
    """Promise and truth, per person, of choices made for people whose outcomes were put aside.

    Args:
        x, act, y, p0: as `response.fit_acts`.
        chance: chance (n, acts + 1) with which each act had been drawn for each person.
        profit: what each act brings at given chances to buy; only differences to act 0 count.
        learn: how beliefs are made; called once a fold, without that fold's people.
        dice: draws the folds.
        folds: at least 2.

    The proof is doubly robust (Dudík, Langford & Li 2011): wrong beliefs make it wide, not wrong.
    """
    fold = dice.permutation(len(y)) % folds
    promised, proven = np.empty(len(y)), np.empty(len(y))
    for number in range(folds):
        rest, mine = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        believed = learn(x[rest], act[rest], y[rest], p0[rest])
        chances = believed.baseline(p0[mine])[:, None] + believed.deltas(p0[mine], x[mine])
        gains = profit(chances, mine)
        best = (gains - gains[:, [0]]).argmax(axis=1)
        each = np.arange(len(mine))
        promised[mine] = gains[each, best] - gains[:, 0]
        seen = robust(gains, profit(_as_seen(y[mine], gains), mine), act[mine], chance[mine])
        proven[mine] = seen[each, best] - seen[:, 0]
    sd = float(proven.std(ddof=1) / np.sqrt(len(y)))
    return Kept(float(promised.mean()), float(proven.mean()), sd)


def robust(believed: FloatArray, seen: FloatArray, act: IntArray, chance: FloatArray) -> FloatArray:
    """Doubly robust profit of each act for each person, (n, acts + 1)."""
    each = np.arange(len(act))
    found = believed.copy()
    found[each, act] += (seen[each, act] - believed[each, act]) / chance[each, act]
    return found


def _as_seen(y: FloatArray, like: FloatArray) -> FloatArray:
    return np.broadcast_to(y[:, None], like.shape).copy()
