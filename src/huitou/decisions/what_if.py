"""What if: profit where churn, the repeat rate, the margin or the cost of a new customer changed.

Nothing is foretold here: each lever says what the change would be worth, not how to bring it about.

    churn     Each customer's yearly chance to leave is in proportion to their chance not to buy,
              and the whole of them loses the share `before`. At `after` each chance is as many
              times smaller or larger; who leaves later brings profit for longer:
              v T(after) / T(before), with T = (1 - exp(-h years)) / h and h = -ln(1 - chance).
    repeat    Those with one purchase so far, and newcomers after their first month, bring in
              proportion to the share that comes back.
    margin    All profit is in proportion to what is left of a sale.
    cost      Every newcomer costs so much more or less to win.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np

from huitou.decisions.audience import FloatArray
from huitou.ground.errors import BadInput
from huitou.ground.words import said
from huitou.stats.intervals import z

LEVEL = 0.9
"""Of the intervals."""
SUREST = 0.98
"""Nobody is surer than that to leave within a year."""
LONGEST = 20.0


@dataclass(frozen=True)
class Customers:
    """Everybody as the forecast sees them; amounts in minor units, for one year."""

    value: FloatArray
    p_buy: FloatArray
    p_alive: FloatArray
    once: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Who has bought on one day only."""
    low: float
    """All together, the ends of the 90 % interval."""
    high: float


@dataclass(frozen=True)
class Came:
    """Newcomers: how many a year, and what one brings; minor units."""

    per_year: float
    first: float
    """In the month they come."""
    year: float
    low: float
    high: float
    """Of the year."""


@dataclass(frozen=True)
class Lever:
    """A change: from, to."""

    before: float
    after: float


@dataclass(frozen=True)
class Levers:
    """What changes; None stays. Shares lie in (0, 1), the cost is minor units."""

    churn: Lever | None = None
    repeat: Lever | None = None
    margin: Lever | None = None
    cost: Lever | None = None


@dataclass(frozen=True)
class Outcome:
    """Profit over the years, and what the change adds to it; minor units, 90 % intervals."""

    before: float
    after: float
    added: float
    low: float
    high: float


def checked(levers: Levers, years: float) -> Levers:
    """The levers, or `BadInput` with the lever and the value that cannot be."""
    for each in fields(levers):
        lever = getattr(levers, each.name)
        for value in () if lever is None else (lever.before, lever.after):
            if each.name == "cost" and (value < 0 or not math.isfinite(value)):
                raise BadInput(
                    said("A cost is not below nothing."), column="cost", value=f"{value:g}",
                    to_try="cost 30:25",
                )  # fmt: skip
            if each.name != "cost" and not 0 < value < 1:
                raise BadInput(
                    said("A share lies between 0 and 100 percent."), column=each.name,
                    value=f"{100 * value:g}", to_try=f"{each.name} 10:5",
                )  # fmt: skip
    if not 0 < years <= LONGEST:
        raise BadInput(
            said("Years lie between 0 and {most}.", most=LONGEST), column="years",
            value=f"{years:g}", to_try="1",
        )  # fmt: skip
    return levers


def what_if(customers: Customers, came: Came | None, levers: Levers, years: float = 1.0) -> Outcome:
    """Profit of those who are customers, and of newcomers, before and after the levers.

    The interval has in it how unsure the forecast is of all together, on how few customers the
    change hangs, and how unsure it is what newcomers bring. Raises `BadInput` for what cannot be.
    """
    checked(levers, years)
    still = _still(levers)
    before, after = _kept(customers, still, years), _kept(customers, levers, years)
    each = after - before
    added = float(each.sum())
    new_before, new_after = _newcomers(came, still, years), _newcomers(came, levers, years)
    added_new = new_after - new_before
    middle = added + added_new
    few = z(LEVEL) * math.sqrt(len(each)) * float(each.std()) if len(each) else 0.0
    down, up = _unsure(customers, added)
    new_down, new_up = _unsure_newcomers(came, levers, years)
    return Outcome(
        before=float(before.sum()) + new_before,
        after=float(after.sum()) + new_after,
        added=middle,
        low=middle - math.sqrt(down**2 + few**2 + new_down**2),
        high=middle + math.sqrt(up**2 + few**2 + new_up**2),
    )


def chances(customers: Customers, churn: float) -> FloatArray:
    """Each one's chance to leave within a year, of which the mean over those alive is `churn`."""
    risk = np.clip(1.0 - customers.p_buy, 1e-3, 1.0)
    alive = np.maximum(customers.p_alive, 1e-9)
    low, high = 0.0, SUREST / 1e-3
    for _ in range(60):
        middle = (low + high) / 2
        share = float(np.average(np.minimum(middle * risk, SUREST), weights=alive))
        low, high = (middle, high) if share < churn else (low, middle)
    found: FloatArray = np.minimum(high * risk, SUREST)
    return found


def _still(levers: Levers) -> Levers:
    """The same, with nothing changed."""
    kept = {
        each.name: Lever(lever.before, lever.before)
        for each in fields(levers)
        if (lever := getattr(levers, each.name)) is not None
    }
    return replace(levers, **kept)


def _kept(customers: Customers, levers: Levers, years: float) -> FloatArray:
    """What each brings over the years."""
    value = customers.value * years
    if levers.churn is not None:
        chance = chances(customers, levers.churn.before)
        then = np.minimum(chance * (levers.churn.after / levers.churn.before), SUREST)
        value = customers.value * _time(then, years) / _time(chance, 1.0)
    if levers.repeat is not None:
        grown = levers.repeat.after / levers.repeat.before
        value = np.where(customers.once, value * grown, value)
    found: FloatArray = value * _times(levers.margin)
    return found


def _time(chance: FloatArray, years: float) -> FloatArray:
    """Years a customer is still there of so many, who leaves with this chance each year."""
    hazard = -np.log1p(-chance)
    found: FloatArray = -np.expm1(-hazard * years) / hazard
    return found


def _newcomers(came: Came | None, levers: Levers, years: float) -> float:
    if came is None:
        return 0.0
    grown = _times(levers.repeat)
    each = (came.first + (came.year - came.first) * grown) * _times(levers.margin)
    cost = levers.cost.after if levers.cost is not None else 0.0
    return came.per_year * years * (each - cost)


def _times(lever: Lever | None) -> float:
    return 1.0 if lever is None else lever.after / lever.before


def _unsure(customers: Customers, added: float) -> tuple[float, float]:
    """How far below and above the difference may be, as the forecast of all together may err."""
    whole = float(customers.value.sum())
    if whole <= 0:
        return 0.0, 0.0
    down, up = 1.0 - customers.low / whole, customers.high / whole - 1.0
    less, more = abs(added) * max(down, 0.0), abs(added) * max(up, 0.0)
    return (less, more) if added >= 0 else (more, less)


def _unsure_newcomers(came: Came | None, levers: Levers, years: float) -> tuple[float, float]:
    if came is None:
        return 0.0, 0.0
    still = _still(levers)

    def added(told: Came) -> float:
        return _newcomers(told, levers, years) - _newcomers(told, still, years)

    middle = added(came)
    count = z(LEVEL) / math.sqrt(max(came.per_year, 1.0)) * abs(middle)
    others = [added(replace(came, year=end)) - middle for end in (came.low, came.high)]
    return (
        math.hypot(count, max(0.0, -min(others))),
        math.hypot(count, max(0.0, max(others))),
    )
