"""What surprises moved: those who were drawn to get one, against those drawn to get none.

Both were drawn by one lot from people whose turn it was, so the arms differ by nothing but the
gift. Whoever never fetched theirs stays where the lot put them. The estimate is that of every proof
here: whales aside, adjusted for what people brought before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huitou.proof.lift import LEANING, Arms, BoolArray, FloatArray, whales

FEWEST = 30
"""People in each arm before anything is said."""


@dataclass(frozen=True)
class Moved:
    """Profit a person in the window after their turn, given − control, minor units."""

    given: int
    control: int
    more: float
    low: float
    high: float
    cost: float
    """What a gift costs, a person who was given one."""

    @property
    def verdict(self) -> str:
        """too_early; pays, where even the low end is above the cost; harms; else not_proven."""
        if min(self.given, self.control) < FEWEST:
            return "too_early"
        if self.low > self.cost:
            return "pays"
        return "harms" if self.high < 0 else "not_proven"

    def written(self) -> dict[str, Any]:
        """As a plain value; an interval of which nothing is known is None."""
        known = self.verdict != "too_early"
        return {
            "given": self.given,
            "control": self.control,
            "more": self.more if known else None,
            "low": self.low if known else None,
            "high": self.high if known else None,
            "cost": self.cost,
            "verdict": self.verdict,
        }


def moved(before: FloatArray, after: FloatArray, control: BoolArray, cost: float) -> Moved:
    """Compare the arms over people whose window is over, in one order."""
    kept = ~whales(before) if len(before) else control
    arms = Arms.of(before[kept], after[kept], control[kept])
    given, held = arms.treated.x.n, arms.held_out.x.n
    if min(given, held) < 2:
        return Moved(given, held, 0.0, float("-inf"), float("inf"), cost)
    found = arms.lift(LEANING)
    within = found.interval()
    return Moved(given, held, found.estimate, within.low, within.high, cost)
