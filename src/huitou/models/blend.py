"""What the closed form says and what was learned, brought together; and whether that may speak.

The blend is a geometric mean: a third each for the closed form, the residual and the hurdle, in
log odds for chances and in logarithms for purchases. Whatever the parts say of the total is set
aside: the blend has the closed form's, which knows the level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from huitou.models.level import levelled, log_hazard_ratio
from huitou.models.numbers import Array
from huitou.models.trees import LEAST, chance, logit


@dataclass(frozen=True)
class Gate:
    """How closed form and blend did at the same earlier moments, each from what was known then."""

    moments: int = 0
    closed: float | None = None
    """Mean log-loss of the closed form."""
    blended: float | None = None

    @property
    def is_open(self) -> bool:
        """Learned shapes are listened to only where they were better on the shop's own past."""
        if self.closed is None or self.blended is None:
            return False
        return self.blended < self.closed


def gate(losses: Sequence[tuple[float, float]]) -> Gate:
    """From the log-loss of closed form and blend at each moment where both could be had."""
    if not losses:
        return Gate()
    closed, blended = (float(np.mean(each)) for each in zip(*losses, strict=True))
    return Gate(len(losses), closed, blended)


def blended_chances(closed: Array, *learned: Array) -> Array:
    """The mean in log odds, each part with the closed form's total."""
    total = float(closed.sum())
    parts = [closed, *(with_total(part, total) for part in learned)]
    return with_total(chance(np.mean([logit(part) for part in parts], axis=0)), total)


def blended_days(closed: Array, *learned: Array) -> Array:
    """The geometric mean of expected purchase days, with the closed form's total."""
    parts = [np.log(np.maximum(part, LEAST)) for part in (closed, *learned)]
    mean: Array = np.exp(np.mean(parts, axis=0))
    share = float(closed.sum()) / max(float(mean.sum()), LEAST)
    return mean * share


def with_total(p: Array, total: float) -> Array:
    """Chances moved, on the scale of log silence, until they sum up to a total."""
    return levelled(1.0 - p, float(np.exp(log_hazard_ratio(1.0 - p, total))))
