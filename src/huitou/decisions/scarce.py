"""What there is only so much of: money, hours of staff, and things in stock.

Each act uses some of each; no plan uses more than there is. An act with a stock uses one piece for
everybody it is meant for, taken or not: what was promised must be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from huitou.decisions.acts import Act
from huitou.decisions.audience import FloatArray
from huitou.decisions.limits import Limits
from huitou.decisions.price import Priced


def scarce(
    acts: Sequence[Act], priced: Priced, limits: Limits
) -> tuple[tuple[FloatArray, ...], FloatArray]:
    """Of money, staff minutes and each stock: what each act uses (people, acts), and the limits."""
    use: list[FloatArray] = [priced.cost.astype(np.float64), priced.minutes]
    limit = [float(limits.budget), limits.staff_minutes]
    for column, act in enumerate(acts):
        if act.stock is not None:
            pieces = np.zeros(priced.gain.shape)
            pieces[:, column] = 1.0
            use.append(pieces)
            limit.append(float(act.stock))
    return tuple(use), np.array(limit)


def left_of(acts: Mapping[str, Act], given: Mapping[str, int]) -> dict[str, Act]:
    """The acts with what is left of their stock, after `given` (name -> pieces) went out."""
    return {
        name: act
        if act.stock is None
        else replace(act, stock=max(0, act.stock - given.get(name, 0)))
        for name, act in acts.items()
    }
