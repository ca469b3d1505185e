"""How wrong the sum of many gains may be: errors that people share do not shrink with people."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huitou.decisions.audience import FloatArray

KINSHIP = 0.5
"""Correlation of the errors of two kinds of act: their first guesses came from one hand."""


def half_of_sum(kinds: NDArray[Any], effect: FloatArray, worth: float) -> int:
    """Half-width of the 90 % interval of a total gain, in minor units, rounded up.

    Errors of one kind of act add up in full over people; those of two kinds are correlated by
    `KINSHIP`; an error in the level of the forecast is shared by everybody.

    Args:
        kinds: kind of act, one an entry of `effect`; the same kind may stand many times.
        effect: half-widths that the unknown effect makes.
        worth: half-width that the unknown worth makes, all together.
    """
    named = np.unique(kinds)
    by_kind: FloatArray = np.array([effect[kinds == kind].sum() for kind in named])
    shared, own = KINSHIP * by_kind.sum() ** 2, (1 - KINSHIP) * (by_kind**2).sum()
    return math.ceil(math.sqrt(shared + own + worth**2))
