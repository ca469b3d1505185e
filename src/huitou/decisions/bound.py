"""What is left to spend on one person: nobody is courted for more than they are still worth."""

from __future__ import annotations

import numpy as np

from huitou.decisions.audience import Audience, IntArray
from huitou.decisions.limits import Limits


def bounds(people: Audience, limits: Limits) -> IntArray:
    """Most that may be owed to each person at any time: a share of the *lower* bound of value.

    What is owed already counts against it: an act may be done when
    `exposure + worst_cost <= bound`.
    """
    left = limits.share_of_value * np.maximum(people.value_low, 0.0)
    return np.floor(left).astype(np.int64)
