"""What more letters do: how many meant, against the control for whom as many were meant.

People who get many letters differ from those who get few: they slip, or they are loyal. So nobody
is compared with somebody else's dose: who was meant k letters is set beside the held out who were
meant k letters too, within the same stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.stats.intervals import Interval, z

MOST = 3
"""Three letters or more in the window are one group."""
LEVEL = 0.9


@dataclass(frozen=True)
class Dose:
    """People who were meant so many letters, against their own control."""

    letters: int
    """`MOST` stands for so many or more."""
    people: int
    control: int
    share: float
    share_control: float
    interval: Interval
    """Of the difference of the shares."""


def curve(
    meant: NDArray[np.int64],
    held_out: NDArray[np.bool_],
    stage: Sequence[str],
    hit: NDArray[np.bool_],
) -> tuple[Dose, ...]:
    """One dose after the other; doses without anybody in one of the arms are left out.

    Args (one place a person):
        meant: letters meant within the window; `held_out`: whether the lot kept them from it.
        stage: where they stood when the first was meant; `hit`: whether the harm befell them.
    """
    stages = np.asarray(stage, dtype=object)
    found = [_dose(k, meant, held_out, stages, hit) for k in range(1, MOST + 1)]
    return tuple(each for each in found if each is not None)


def _dose(
    letters: int,
    meant: NDArray[np.int64],
    held_out: NDArray[np.bool_],
    stages: NDArray[np.object_],
    hit: NDArray[np.bool_],
) -> Dose | None:
    there = meant >= MOST if letters == MOST else meant == letters
    treated, control = there & ~held_out, there & held_out
    strata = [s for s in np.unique(stages[treated]) if (control & (stages == s)).any()]
    kept = treated & np.isin(stages, strata)
    n = int(kept.sum())
    if not n or not strata:
        return None
    share = float(hit[kept].mean())
    against, variance = 0.0, share * (1 - share) / n
    for stratum in strata:
        weight = float((kept & (stages == stratum)).sum()) / n
        theirs = hit[control & (stages == stratum)]
        # Agresti: two hits and two misses more, or a control of four without a hit is certain.
        at = (float(theirs.sum()) + 2) / (len(theirs) + 4)
        against += weight * float(theirs.mean())
        variance += weight**2 * at * (1 - at) / (len(theirs) + 4)
    half = z(LEVEL) * variance**0.5
    difference = share - against
    interval = Interval(max(-1.0, difference - half), min(1.0, difference + half), LEVEL)
    return Dose(letters, n, int(control.sum()), share, against, interval)
