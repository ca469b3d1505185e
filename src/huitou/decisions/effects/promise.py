"""How far a plan's promise is to be trusted: by what earlier promises kept.

A plan picks, for each person, what looks best; what looks best was in part only lucky (the winner's
curse). Plans of this shop that were promised and then proven tell by how much.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

USUAL, OFF = 1.0, 0.5
"""Before any proof a promise is taken at its word, give or take half of it."""
MOST = 2.0
SCATTER = 0.3
"""How differently two campaigns keep their promise, as a share of it, whatever was measured."""
_GRID = np.linspace(0.0, MOST, 401)


@dataclass(frozen=True)
class Proof:
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


def trust(kept: Iterable[Proof]) -> Trust:
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
