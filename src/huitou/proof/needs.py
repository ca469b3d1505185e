"""What a proof still needs: customers, or weeks of further campaigns with those there are."""

from __future__ import annotations

import math
from dataclasses import dataclass

from huitou.proof.lift import FloatArray, left_open, whales
from huitou.stats.power import times_more

TEN_YEARS = 520
"""Weeks beyond which we say that it cannot be proven here, instead of a number."""


@dataclass(frozen=True)
class Needs:
    """How much more evidence would prove an effect of the size hoped for, four times in five."""

    customers: int | None
    """Customers in all, in a window as long as this; None where no number would do."""
    weeks: int | None
    """Weeks still to come with as many customers as now; 0 when there is enough, None beyond ten
    years."""


def needs(se: float, hoped: float, people: int, weeks: float) -> Needs:
    """What is needed to prove an effect.

    Successive windows of the same customers are taken as independent evidence: the variance of
    their mean shrinks with their number.

    Args:
        se: standard error of the effect per person, from this read-out.
        hoped: the effect per person that the plan promised, in the same unit.
        people: customers compared, both arms.
        weeks: length of the window.
    """
    more = times_more(se, hoped)
    if not math.isfinite(more):
        return Needs(None, None)
    still = math.ceil(max(0.0, more - 1) * weeks)
    return Needs(math.ceil(more * people), still if still <= TEN_YEARS else None)


def foreseen(
    before: FloatArray, after: FloatArray, share: float, hoped: float, people: int, weeks: float
) -> Needs:
    """What proving a promise will take, said before anything is sent.

    The spread of a past window stands for that of the coming one: what people brought before
    explains part of what they bring after, whales aside, as in the read-out itself.

    Args:
        before: profit of each person known at a past moment, in the window before it.
        after: their profit in the window after it.
        share: share held out, in (0, 1).
        hoped: the effect per person that the plan promises.
        people: customers that the plan means an act for, both arms.
        weeks: length of the window.
    """
    kept = ~whales(before)
    spread = left_open(before[kept], after[kept]).variance
    if people == 0 or not 0 < share < 1:
        return Needs(None, None)
    se = math.sqrt(spread / people * (1 / share + 1 / (1 - share)))
    found = needs(se, hoped, people, weeks)
    return Needs(found.customers, _with_the_first(found.weeks, weeks))


def _with_the_first(more: int | None, weeks: float) -> int | None:
    """Weeks from the start: the window itself is still to come."""
    if more is None or more + weeks > TEN_YEARS:
        return None
    return more + math.ceil(weeks)
