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
who stopped are in it, and its level is the shop's own. The same is counted by how the product sells
of late: what goes out of the range is not due. With thirteen months of history the coming days run
faster or slower as the same days of last year did, by half as much: one year is one witness.

What was tried and is not here, for it foretold no better: the household's pace and when it was last
seen, beside its own gaps with the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

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
WATCHED, EVENINGS = 91, 3
"""Within it, days watched after each of so many evenings."""
LATELY = 28
"""Days of late in which a product sells more or less than it used to."""
DEMAND = np.array([0, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3])
"""What it sold of late over what it used to: between two of these it is taken as even."""
FEW_SALES = 2.0
"""Sales worth of the usual in what a product sold of late."""
YEAR, THIRTEEN_MONTHS = 365, 395
SEASON_DAYS = 28
"""So many days have one season."""
SEASON_POWER = 0.5
"""How far last year's season is believed."""
AHEAD = 91
"""Days within which it is bought again, where it is said when; or two usual gaps, if longer."""
AT_ONCE = 0.5
"""An open gap of no day at all, in days: the purchase was today."""
SHAPE = (len(DEMAND), len(GROUPS), len(EDGES) - 1)
"""Of what is counted."""


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
    demand: Reals
    """How many times as often where the product sells so of late: a row for each of `GROUPS`, a
    column for each of `DEMAND`."""
    clock: Reals
    """How many usual days the first so many coming days are worth: `YEAR` + 1 entries."""
    events: int
    """Purchases that the rates were counted from; one that followed two evenings is two."""


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
    clock: Reals = field(default_factory=lambda: np.arange(YEAR + 1.0))
    """See `Model.clock`."""

    def within(self, days: float | Reals) -> Reals:
        """Chance to buy within so many days from now."""
        return np.asarray(1 - np.exp(-self._expected(np.full_like(self.waited, days))))

    def quantile(self, share: float) -> Reals:
        """Days from now until it is bought with this chance, if it is bought within `AHEAD` days or
        two usual gaps, and never more than a year."""
        ahead = np.clip(2 * self.usual, AHEAD, YEAR)
        aim = -np.log1p(-share * self.within(ahead))
        low, high = np.zeros_like(self.waited), ahead
        for _ in range(12):  # a tenth of a day
            middle = (low + high) / 2
            reached = self._expected(middle) >= aim
            high = np.where(reached, middle, high)
            low = np.where(reached, low, middle)
        return high

    def chosen(self, places: Wholes) -> Due:
        """Some of the series."""
        waited, usual = self.waited[places], self.usual[places]
        return Due(waited, usual, self.gaps[places], self.rates[places], self.clock)

    def _expected(self, days: Reals) -> Reals:
        """Expected purchases in so many days from now."""
        years, rest = np.divmod(days, YEAR)
        usual_days = years * self.clock[-1] + np.interp(rest, np.arange(YEAR + 1.0), self.clock)
        start, end = self.waited / self.usual, (self.waited + usual_days) / self.usual
        spans = enumerate(pairwise(EDGES))
        return np.asarray(
            sum(self.rates[:, at] * _overlap(start, end, low, high) for at, (low, high) in spans)
        )


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
    events, exposure = np.zeros(SHAPE), np.zeros(SHAPE)
    watched = min(WATCHED, window)
    for back in np.unique(np.linspace(watched, window, EVENINGS).round().astype(int)):
        if back > 0:
            seen = _counted(bought, bought.until - int(back), watched)
            events, exposure = events + seen[0], exposure + seen[1]
    rates = _shrunk(events.sum(0), exposure.sum(0), GUESS)
    expected = (exposure * rates).sum(2)
    demand = _shrunk(events.sum(2).T, expected.T, 1.0)
    clock = _clock(bought, rates, demand)
    return Model(_habits(bought), rates, demand, clock, int(events.sum()))


def foresee(model: Model, bought: Bought) -> Due:
    """When each series is due, from its own gaps and from all that the model knows."""
    gaps = _gaps(bought)
    usual, count = _usual(model.habits, gaps, bought)
    group = _place(count, GROUPS)
    more = model.demand[group, _place(_lately(bought), DEMAND)[bought.product]]
    return Due(gaps.waited, usual, count, model.rates[group] * more[:, None], model.clock)


def _counted(bought: Bought, evening: int, days: int) -> tuple[Reals, Reals]:
    """Purchases and exposure in the days after an evening: by demand, group and span.

    These add: several evenings are their sum.
    """
    before = bought.as_of(evening)
    gaps = _gaps(before)
    usual, count = _usual(_habits(before), gaps, before)
    first = np.full(bought.count, np.inf)
    later = (bought.day > evening) & (bought.day <= evening + days)
    np.minimum.at(first, bought.series[later], (bought.day[later] - evening).astype(float))
    known = np.isfinite(gaps.waited)
    came = np.isfinite(first) & known
    start, end = gaps.waited / usual, (gaps.waited + np.minimum(first, days)) / usual
    demand = _place(_lately(before), DEMAND)[bought.product]
    cell = demand * len(GROUPS) + _place(count, GROUPS)
    events, exposure = np.zeros(SHAPE), np.zeros(SHAPE)
    for at, (low, high) in enumerate(pairwise(EDGES)):
        hits = came & (end > low) & (end <= high)
        spent = _overlap(start, end, low, high)
        events[:, :, at] = _sums(cell[hits])
        exposure[:, :, at] = _sums(cell[known], spent[known])
    return events, exposure


def _sums(cell: Wholes, weights: Reals | None = None) -> Reals:
    """How many, or how much, is in each cell of demand and group."""
    counted = np.bincount(cell, weights, minlength=SHAPE[0] * SHAPE[1])
    return np.asarray(counted.reshape(SHAPE[:2]), dtype=float)


def _shrunk(events: Reals, exposure: Reals, guess: float) -> Reals:
    """Events over exposure. Few in a row are taken as all rows together, and none as the guess."""
    every = (events.sum(0) + PRIOR_EVENTS * guess) / (exposure.sum(0) + PRIOR_EVENTS)
    return np.asarray((events + PRIOR_EVENTS * every) / (exposure + PRIOR_EVENTS))


def _place(values: NDArray[Any], edges: NDArray[Any]) -> Wholes:
    """Between which two of the edges each lies."""
    return np.asarray(np.searchsorted(edges, values, side="right") - 1, dtype=np.int64)


def _lately(bought: Bought) -> Reals:
    """What each product sold of late over what it used to, the shop's own trend apart."""
    of = bought.product[bought.series]
    products = int(bought.product.max(initial=-1)) + 1
    first = np.full(products, bought.until)
    np.minimum.at(first, of, bought.day)
    since = np.maximum(bought.until - first, LATELY)
    used_to = np.bincount(of, minlength=products) * LATELY / since
    lately = np.bincount(of[bought.day > bought.until - LATELY], minlength=products)
    if not lately.any():
        return np.ones(products)
    shop = lately.sum() / used_to.sum()
    return np.asarray((lately / shop + FEW_SALES) / (used_to + FEW_SALES))


def _clock(bought: Bought, rates: Reals, demand: Reals) -> Reals:
    """How many usual days the coming days are worth, as the same days of last year were.

    What was bought then is set against what these very rates expect of those who were there: the
    shop's growth is no season.
    """
    first = int(bought.day.min(initial=bought.until))
    if bought.until - first < THIRTEEN_MONTHS:
        return np.arange(YEAR + 1.0)
    season = np.ones(YEAR)
    for ahead in range(0, YEAR, SEASON_DAYS):
        events, exposure = _counted(bought, bought.until - YEAR + ahead, SEASON_DAYS)
        expected = float(((exposure * rates).sum(2) * demand.T).sum())
        told = (float(events.sum()) + PRIOR_EVENTS) / (expected + PRIOR_EVENTS)
        season[ahead : ahead + SEASON_DAYS] = told**SEASON_POWER
    return np.concatenate([[0.0], np.cumsum(season)])


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
