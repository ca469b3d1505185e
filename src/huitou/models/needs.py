"""When a customer needs a product again: a renewal model for each customer and product. Pure.

    model = fit(bought)                # every purchase of every customer and product, by day
    due = foresee(model, bought)       # when each is due, and with which chance
    due.within(7)                      # chance to buy within the next 7 days

The usual gap of a customer with a product is the middle of lognormal gaps: the product's (shrunk to
the shop's), moved by the customer's own habit (shrunk to none), and by how much was bought last:
who took double waits longer, by a power that the shop's own gaps tell.

How the chance then rises and falls with the time since the last purchase, in units of that usual
gap, is not assumed: it is counted, events over exposure, in the last months of the shop's own past,
apart for those who bought once, twice and more often. So an open gap counts as what it is, those
who stopped are in it, and its level is the shop's own. Nothing is tuned by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

PRIOR_GAPS = 5.0
"""Gaps worth of the shop's usual gap in each product's own."""
PRIOR_EVENTS = 3.0
"""Purchases worth of `GUESS` in each counted rate."""
GUESS = 0.5
"""Purchases in a usual gap, while the shop's past tells none."""
EDGES = np.array([0, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 8, 13, np.inf])
"""Time since the last purchase, in usual gaps: within two edges the chance is taken as even."""
GROUPS = np.array([0, 1, 2, 3, 4, 6, 10])
"""Closed gaps of a series: those between two of these are counted together."""
LONGEST_WINDOW = 182
"""Days of the past in which rates are counted, and never more than a third of it."""
AHEAD = 365
"""Days within which it is bought again, where it is said when and nothing else is asked."""
AT_ONCE = 0.5
"""An open gap of no day at all, in days: the purchase was today."""


@dataclass(frozen=True)
class Bought:
    """Purchases: one row a day on which somebody bought a product, in order of series and day.

    A series is one customer with one product.
    """

    series: Wholes
    day: Wholes
    quantity: Reals
    product: Wholes
    """The product of each series: one entry a series."""
    until: int
    """The last day known."""

    @property
    def count(self) -> int:
        """How many series."""
        return len(self.product)

    def as_of(self, day: int) -> Bought:
        """What was known on an earlier evening; series that had not begun have no rows."""
        known = self.day <= day
        return Bought(self.series[known], self.day[known], self.quantity[known], self.product, day)


@dataclass(frozen=True)
class Habits:
    """What a shop's gaps look like: logs of days."""

    usual: float
    middle: Reals
    """Of each product."""
    within: float
    """Variance of the gaps of one customer with one product."""
    between: float
    """Variance of customers' own habits."""
    power: float
    """How much longer double lasts: 2 ** power."""
    size: Reals
    """Usual log quantity of each product."""


@dataclass(frozen=True)
class Model:
    """Habits, and how the chance to buy runs with the time since the last purchase."""

    habits: Habits
    rates: Reals
    """Purchases in a usual gap: a row for each of `GROUPS`, a column for each span of `EDGES`."""
    events: int
    """Purchases that the rates were counted from."""


@dataclass(frozen=True)
class Due:
    """When each series is due, counted from the last day known. NaN for series without a row."""

    waited: Reals
    """Days since the last purchase."""
    usual: Reals
    """The gap that is usual after the last purchase, in days."""
    gaps: Wholes
    """Closed gaps of the series: what is known of them themselves."""
    rates: Reals
    """Of each series, its row of rates."""

    def within(self, days: float) -> Reals:
        """Chance to buy within so many days from now."""
        return np.asarray(1 - np.exp(-self._between(self.waited, self.waited + days)))

    def quantile(self, share: float, ahead: float = AHEAD) -> Reals:
        """Days from now until it is bought with this chance, if it is bought within `ahead`."""
        aim = -np.log1p(-share * self.within(ahead))
        low, high = np.zeros_like(self.waited), np.full_like(self.waited, float(ahead))
        for _ in range(12):  # a tenth of a day
            middle = (low + high) / 2
            reached = self._between(self.waited, self.waited + middle) >= aim
            high = np.where(reached, middle, high)
            low = np.where(reached, low, middle)
        return high

    def chosen(self, places: Wholes) -> Due:
        """Some of the series."""
        return Due(self.waited[places], self.usual[places], self.gaps[places], self.rates[places])

    def _between(self, start: Reals, end: Reals) -> Reals:
        """Expected purchases between two times since the last one."""
        total = np.zeros_like(start)
        for place, (low, high) in enumerate(pairwise(EDGES)):
            total += self.rates[:, place] * _overlap(
                start / self.usual, end / self.usual, low, high
            )
        return total


@dataclass(frozen=True)
class _Gaps:
    """Closed gaps, and the open one of each series; NaN where it has none."""

    series: Wholes
    log: Reals
    size: Reals
    waited: Reals
    open_size: Reals


def fit(bought: Bought) -> Model:
    """Learn a shop's habits from all its gaps, and its rates from its last months."""
    first = int(bought.day.min(initial=bought.until))
    window = min(LONGEST_WINDOW, (bought.until - first) // 3)
    rates = np.full((len(GROUPS), len(EDGES) - 1), GUESS)
    events = 0
    if window > 0:
        rates, events = _counted(bought, bought.until - window)
    return Model(_habits(bought), rates, events)


def foresee(model: Model, bought: Bought) -> Due:
    """When each series is due, from its own gaps and from all that the model knows."""
    gaps = _gaps(bought)
    usual, count = _usual(model.habits, gaps, bought)
    group = np.searchsorted(GROUPS, count, side="right") - 1
    return Due(gaps.waited, usual, count, model.rates[group])


def _counted(bought: Bought, evening: int) -> tuple[Reals, int]:
    """Purchases over exposure since an evening, by time since the last one and by group."""
    before = bought.as_of(evening)
    gaps = _gaps(before)
    usual, count = _usual(_habits(before), gaps, before)
    first = np.full(bought.count, np.inf)
    later = bought.day > evening
    np.minimum.at(first, bought.series[later], (bought.day[later] - evening).astype(float))
    came = np.isfinite(first) & np.isfinite(gaps.waited)
    start = gaps.waited / usual
    end = (gaps.waited + np.where(came, first, bought.until - evening)) / usual
    group = np.searchsorted(GROUPS, count, side="right") - 1
    known = np.isfinite(gaps.waited)
    shape = (len(GROUPS), len(EDGES) - 1)
    exposure, events = np.zeros(shape), np.zeros(shape)
    for place, (low, high) in enumerate(pairwise(EDGES)):
        spent = _overlap(start, end, low, high)
        exposure[:, place] = np.bincount(group[known], spent[known], minlength=len(GROUPS))
        hits = came & (end > low) & (end <= high)
        events[:, place] = np.bincount(group[hits], minlength=len(GROUPS))
    # A rate of few is that of its span over all groups, and that of nobody is the guess.
    span = (events.sum(0) + PRIOR_EVENTS * GUESS) / (exposure.sum(0) + PRIOR_EVENTS)
    rates = (events + PRIOR_EVENTS * span) / (exposure + PRIOR_EVENTS)
    return rates, int(events.sum())


def _overlap(start: Reals, end: Reals, low: float, high: float) -> Reals:
    shared = np.maximum(np.minimum(end, high) - np.maximum(start, low), 0.0)
    return np.asarray(shared, dtype=float)


def _usual(habits: Habits, gaps: _Gaps, bought: Bought) -> tuple[Reals, Wholes]:
    """The usual gap of each series after its last purchase, in days, and its closed gaps."""
    n = np.bincount(gaps.series, minlength=bought.count)
    base = habits.middle[bought.product]
    of_closed = bought.product[gaps.series]
    moved = gaps.log - habits.power * (gaps.size - habits.size[of_closed])
    residual = np.bincount(gaps.series, moved - base[gaps.series], minlength=bought.count)
    own = residual * habits.between / (n * habits.between + habits.within)
    more = habits.power * (gaps.open_size - habits.size[bought.product])
    return np.exp(base + own + more), n.astype(np.int64)


def _gaps(bought: Bought) -> _Gaps:
    """Days between purchases, and since the last one."""
    series, day = bought.series, bought.day
    same = series[1:] == series[:-1]
    logs = np.log(np.maximum(bought.quantity, 1e-9))
    last = np.append(~same, True) if len(series) else np.zeros(0, dtype=bool)
    waited, open_size = np.full(bought.count, np.nan), np.full(bought.count, np.nan)
    waited[series[last]] = np.maximum(bought.until - day[last], AT_ONCE)
    open_size[series[last]] = logs[last]
    return _Gaps(
        series=series[1:][same],
        log=np.log(np.maximum((day[1:] - day[:-1])[same], 1).astype(float)),
        size=logs[:-1][same],
        waited=waited,
        open_size=open_size,
    )


def _habits(bought: Bought) -> Habits:
    """Habits from the closed gaps; a month where there is none."""
    gaps = _gaps(bought)
    products = int(bought.product.max(initial=-1)) + 1
    size = _sizes(bought, products)
    of_closed = bought.product[gaps.series]
    moved = gaps.size - size[of_closed]
    power = _power(gaps, moved)
    y = gaps.log - power * moved
    usual = float(y.mean()) if len(y) else float(np.log(30.0))
    told = np.bincount(of_closed, y, minlength=products)
    count = np.bincount(of_closed, minlength=products)
    middle = (told + PRIOR_GAPS * usual) / (count + PRIOR_GAPS)
    within, between = _variances(y - middle[of_closed], gaps.series, bought.count)
    return Habits(usual, middle, within, between, power, size)


def _sizes(bought: Bought, products: int) -> Reals:
    """Usual log quantity of each product, shrunk to the shop's."""
    logs = np.log(np.maximum(bought.quantity, 1e-9))
    of = bought.product[bought.series]
    mean = float(logs.mean()) if len(logs) else 0.0
    told = np.bincount(of, logs, minlength=products)
    count = np.bincount(of, minlength=products)
    return np.asarray((told + PRIOR_GAPS * mean) / (count + PRIOR_GAPS), dtype=float)


def _power(gaps: _Gaps, moved: Reals) -> float:
    """How the gap grows with the quantity: between not at all and in proportion.

    Taken within a series: large households, who buy more and oftener, would hide it.
    """
    if len(gaps.log) < 30:
        return 0.0
    n = np.maximum(np.bincount(gaps.series), 1)
    mean_q = np.bincount(gaps.series, moved) / n
    mean_g = np.bincount(gaps.series, gaps.log) / n
    q, g = moved - mean_q[gaps.series], gaps.log - mean_g[gaps.series]
    weight = float((q * q).sum())
    return float(np.clip((q * g).sum() / weight, 0.0, 1.0)) if weight > 1e-9 else 0.0


def _variances(residual: Reals, series: Wholes, count: int) -> tuple[float, float]:
    """Within and between series, by moments; a wide guess where too few gaps tell."""
    n = np.bincount(series, minlength=count)
    several = n >= 2
    if several.sum() < 10:
        return 0.5, 0.25
    mean = np.bincount(series, residual, minlength=count) / np.maximum(n, 1)
    inner = several[series]
    square = float(((residual - mean[series])[inner] ** 2).sum())
    within = max(square / float((n[several] - 1).sum()), 0.01)
    between = float(mean[several].var()) - within * float((1 / n[several]).mean())
    return within, max(between, 0.01)
