"""What a customer's baskets really leave, with an interval that few baskets widen.

What a basket leaves differs from one to the next, so that a bad year may be bad luck. A customer's
own mean stands as it is: drawn to what is usual, it would excuse exactly those who are not. Their
variance leans on the usual one, for few baskets may happen to be alike; the middle of all stands
for the usual, or one wholesaler would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Reals = NDArray[np.float64]

LEANS = 3.0
"""Baskets' worth of the usual variance beside each customer's own."""


@dataclass(frozen=True)
class Contribution:
    """What as many baskets of each would leave again, minor units: (n,) each."""

    middle: Reals
    low: Reals
    high: Reals


def contribution(baskets: Reals, total: Reals, squares: Reals, level: float = 0.95) -> Contribution:
    """From what the baskets of each left: how many, their sum, and the sum of their squares.

    Nobody has less than one basket.
    """
    spare = np.maximum(baskets - 1, 0.0)
    spread = np.maximum(squares - total * total / baskets, 0.0)
    often = spare > 0
    usual = float(np.median(spread[often] / spare[often])) if often.any() else 0.0
    noise = (spread + LEANS * usual) / (spare + LEANS) * baskets
    half = stdtrit(spare + LEANS, 0.5 + level / 2) * np.sqrt(noise)
    return Contribution(total.astype(np.float64), total - half, total + half)
