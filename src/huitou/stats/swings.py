"""Is a change more than the usual swing from one week to the next?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

LEVEL = 0.9
"""A change is news when fewer than one in ten would be so large without a reason."""
LEAST_SWINGS = 5
"""Changes of the past without which the shop's own swing is not known."""


@dataclass(frozen=True)
class Change:
    """A change, and how large one would have to be to be more than noise."""

    by: float
    noise: float
    """Changes up to this size are usual; infinite where nothing is known of them."""

    @property
    def is_noise(self) -> bool:
        """Whether it is inside what is usual."""
        return abs(self.by) <= self.noise


def usual_swing(past: Sequence[float], level: float = LEVEL) -> float:
    """How large a change from one period to the next is usual: half-width of the interval.

    `past`: the same figure in the periods before, oldest first. Student's t on their changes about
    zero: a shop's weeks swing more than chance alone would have them, by weather and pay days.
    """
    changes = np.diff(np.asarray(past, dtype=np.float64))
    if len(changes) < LEAST_SWINGS:
        return float("inf")
    spread = float(np.sqrt(np.mean(changes**2)))
    return float(stdtrit(len(changes), 0.5 + level / 2)) * spread


def change(past: Sequence[float], now: float) -> Change:
    """The change from the last of `past` to `now`, against the swings within `past`."""
    return Change(now - past[-1] if past else 0.0, usual_swing(past))


def moved(came: int, went: int, level: float = LEVEL) -> Change:
    """A change of a number of people of whom `came` came and `went` went (Skellam, normal)."""
    half = float(stdtrit(10_000, 0.5 + level / 2)) * float(np.sqrt(came + went))
    return Change(float(came - went), half)
