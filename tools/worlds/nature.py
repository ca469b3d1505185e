"""What seven acts do to people, invented: for some much, for most nothing, for a few harm.

Effects are shifts of the log-odds to come back. What everybody in the trade would guess is the
`HUNCH`; each nature departs from it by its own seed, so that no playbook, not even the right one,
is the truth. In the *smooth* nature a shift bends softly with the features; in the *stepped* one it
is the same for all inside a corner of them, and nothing outside; in the *still* one nothing moves
anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tools.worlds.people import FEATURES

FloatArray = NDArray[np.float64]
Kind = Literal["smooth", "stepped", "still"]


@dataclass(frozen=True)
class Deed:
    """One thing the shop can do, and what it costs as shares of what a usual return is worth."""

    name: str
    contact: float = 0.0
    """Paid for everybody it is done to."""
    minutes: float = 0.0
    """Minutes of staff for each of them."""
    depth: float = 0.0
    """Share of the basket taken off for everybody who comes back, sure buyers included."""


DEEDS = (
    Deed("nothing"),
    Deed("thank", contact=0.015, minutes=0.5),
    Deed("remind", contact=0.002),
    Deed("surprise", contact=0.06, minutes=1.0),
    Deed("offer_5", contact=0.002, depth=0.05),
    Deed("offer_10", contact=0.002, depth=0.10),
    Deed("offer_20", contact=0.002, depth=0.20),
    Deed("call", contact=0.0, minutes=10.0),
)
"""*Nothing* and the seven acts."""
MINUTE = 0.006
"""A minute of staff, in the same unit: ten of them are 6 % of what a usual return is worth."""

HUNCH = np.array([
    # level, then recency, orders, tenure, lateness, basket, momentum
    [0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00],
    [0.10, -0.10, 0.12, 0.00, 0.00, 0.00, 0.06],
    [0.10, 0.08, -0.12, 0.00, 0.10, 0.00, 0.00],
    [0.15, 0.00, 0.14, 0.06, 0.00, 0.08, 0.00],
    [0.08, 0.05, -0.08, 0.00, 0.05, -0.06, 0.00],
    [0.16, 0.10, -0.14, 0.00, 0.10, -0.08, 0.00],
    [0.28, 0.18, -0.20, 0.00, 0.14, -0.10, 0.00],
    [-0.10, 0.18, 0.00, 0.00, 0.14, 0.16, -0.10],
])  # fmt: skip
"""Shifts for a usual person (first column) and for one spread more of each feature. A call harms
the usual person; reminders harm faithful ones; deep offers move those about to be lost."""
STRENGTH: dict[tuple[str, Kind], float] = {
    ("grocer", "smooth"): 1.4,
    ("grocer", "stepped"): 0.84,
    ("wholesaler", "smooth"): 0.7,
    ("wholesaler", "stepped"): 0.72,
}
"""How many times the hunch the invented effects are. Set once, so that a plain doubly robust ridge
finds here what it finds elsewhere (docs/why/worlds.md): no easy world, and no hopeless one."""
DEPARTS = 0.35
"""Spread of the factor (log) by which each number of a nature departs from the hunch."""
ELSEWHERE = 0.04
"""Spread of what acts on features that the hunch says nothing of."""
FARTHEST = 1.2
"""No shift is larger than this, either way."""


@dataclass(frozen=True)
class Nature:
    """What acts do here. `shifts` is the truth that nobody but the judge may ask."""

    kind: Kind
    weights: FloatArray
    """Of each act (8, 1 + features): of the linear score that the shift follows."""
    gate: FloatArray
    """Who is moved at all (1 + features,): the same for all acts, as some people are deaf."""

    def shifts(self, z: FloatArray) -> FloatArray:
        """The true shift of the log-odds (n, 8) for standardised features `z`; 0 for nothing."""
        ones = np.column_stack([np.ones(len(z)), z])
        if self.kind == "still":
            return np.zeros((len(z), len(DEEDS)))
        if self.kind == "smooth":
            moved = expit(2.0 * (ones @ self.gate))[:, None]
            found = 1.6 * moved * (ones @ self.weights.T)
        else:
            found = np.column_stack([self._corner(z, act) for act in range(len(DEEDS))])
        return np.asarray(np.clip(found, -FARTHEST, FARTHEST), dtype=np.float64)

    def _corner(self, z: FloatArray, act: int) -> FloatArray:
        """The same shift for all in a corner of the act's two weightiest features, else none.

        Those farthest on the other side of the first feature are pushed away.
        """
        level, slopes = self.weights[act, 0], self.weights[act, 1:]
        first, second = np.argsort(-np.abs(slopes))[:2]
        one, two = z[:, first] * np.sign(slopes[first]), z[:, second] * np.sign(slopes[second])
        reach = np.abs(slopes).sum()
        inside = (one > 0.2) & (two > -0.3)
        against = one < -1.2
        height = level + reach
        return np.asarray(np.where(inside, height, np.where(against, -0.4 * reach, 0.0)))


def nature(kind: Kind, seed: int, strength: float) -> Nature:
    """A nature of its own for each seed, around so many times the hunch."""
    dice = np.random.default_rng([seed, 77])
    departed = HUNCH * np.exp(dice.normal(0.0, DEPARTS, HUNCH.shape))
    weights = strength * (departed + dice.normal(0.0, ELSEWHERE, HUNCH.shape))
    weights[0] = 0.0
    gate = np.concatenate([[-0.2], dice.normal(0.0, 0.3, len(FEATURES))])
    return Nature(kind, weights, gate)
