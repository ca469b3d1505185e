"""Which of our products or services fits a customer next, given those they have. Pure.

    known = learn(baskets)                        # who has what -> how things go together
    ranked = rank(known, baskets, weight, best=3) # what each has not, the best fitting first

What goes together: of those who have A, how many more have B than of everybody. The share is shrunk
to the popularity of B (a Beta prior of `PRIOR` customers), so a lift from few customers is near 1
and its interval is wide. A customer's score for B is the log of its popularity plus, from each A
they have, the log of its lift, over the number of things they have to a power: `weight`. That power
is chosen on an earlier stretch of the shop's own past among `WEIGHTS`, popularity alone among them.

It is an association, not a cause: B need not follow because A is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from huitou.stats.intervals import wilson, z

Reals = NDArray[np.float64]
Floats = NDArray[np.float32]
Wholes = NDArray[np.int64]
Places = Sequence[int] | Wholes
"""Where products stand in their list."""

PRIOR = 10.0
"""Customers whose worth of popularity is mixed into every share."""
WEIGHTS = (0.65, 0.75, 0.85, 1.0, inf)
"""Powers that are tried; infinity is popularity alone."""
CHUNK = 8_192
"""Customers scored at once: as many as fit 64 MB with a thousand products."""
LEVEL = 0.95
SHOWN = 5
"""k of the held-out hit rate: so many are shown to each."""
COUNTS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, None))
"""Groups by the number of products: from, to."""


@dataclass(frozen=True)
class Baskets:
    """Who has what, each pair once: `person` and `product` are places in their lists."""

    person: Wholes
    product: Wholes
    people: int
    products: int

    def rows(self, first: int, last: int) -> Floats:
        """Persons [first, last) as rows of 0 and 1, one column a product."""
        mine = (self.person >= first) & (self.person < last)
        table = np.zeros((max(min(last, self.people) - first, 0), self.products), np.float32)
        table[self.person[mine] - first, self.product[mine]] = 1.0
        return table


@dataclass(frozen=True)
class Lift:
    """How many times likelier B is among those who have A; an interval of `LEVEL`."""

    value: float
    low: float
    high: float
    both: int
    have: int


@dataclass(frozen=True)
class Known:
    """How the products of a shop go together."""

    have: Reals
    """Customers that have each product."""
    both: Floats
    """Customers that have each pair."""
    people: int

    @property
    def popular(self) -> Reals:
        """Share of customers that have each product."""
        return np.asarray(self.have / max(self.people, 1), dtype=float)

    def lift(self, one: int, other: int) -> Lift:
        """Of those who have `one`: how many times likelier `other`, with its interval."""
        value, low, high = (float(end[0]) for end in self.lifts([one], [other]))
        both, have = round(float(self.both[one, other])), round(float(self.have[one]))
        return Lift(value, low, high, both, have)

    def lifts(self, ones: Places, others: Places) -> tuple[Reals, Reals, Reals]:
        """The same for many pairs: value, lower end, upper end."""
        from scipy import special

        one, other = np.asarray(ones, dtype=np.int64), np.asarray(others, dtype=np.int64)
        usual = np.maximum(self.popular[other], 1e-12)
        hits = self.both[one, other] + PRIOR * usual
        misses = np.maximum(self.have[one] + PRIOR - hits, 1e-9)
        tail = (1 - LEVEL) / 2
        low = special.betaincinv(hits, misses, tail) / usual
        high = special.betaincinv(hits, misses, 1 - tail) / usual
        return hits / (hits + misses) / usual, low, high

    def logs(self) -> Floats:
        """log of the shrunk lift of every pair; 0 on the diagonal."""
        usual = np.maximum(self.popular, 1e-12)
        share = (self.both + PRIOR * usual[None, :]) / (self.have[:, None] + PRIOR)
        table = np.log(share / usual[None, :]).astype(np.float32)
        np.fill_diagonal(table, 0.0)
        return table


@dataclass(frozen=True)
class Ranked:
    """The best fitting products of each person, best first; -1 where there is none left."""

    product: Wholes
    because: Wholes
    """The product they have that speaks most for it; -1 where popularity alone does."""


@dataclass(frozen=True)
class HeldOut:
    """How often one of the `k` that were named was really bought, against the k most popular."""

    k: int
    people: int
    """Customers who bought something that was new to them."""
    rate: float
    popular: float
    difference: float
    low: float
    high: float
    """Ends of the interval of the difference, customer by customer."""
    weight: float

    @property
    def beats(self) -> bool:
        """Whether it is better than popularity beyond chance."""
        return self.low > 0


@dataclass(frozen=True)
class Group:
    """Customers with so many products, and how many of them bought again."""

    least: int
    most: int | None
    people: int
    stayed: int | None
    """None where nobody knows yet who stayed."""

    @property
    def share(self) -> float | None:
        """Share that stayed."""
        return self.stayed / self.people if self.stayed is not None and self.people else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of the share."""
        if self.stayed is None or not self.people:
            return None
        found = wilson(self.stayed, self.people, LEVEL)
        return found.low, found.high


def learn(baskets: Baskets) -> Known:
    """Count who has what, and what they have beside it."""
    both = np.zeros((baskets.products, baskets.products), np.float32)
    for first in range(0, baskets.people, CHUNK):
        rows = baskets.rows(first, first + CHUNK)
        both += rows.T @ rows
    return Known(np.diag(both).astype(float), both, baskets.people)


def rank(known: Known, baskets: Baskets, weight: float, best: int) -> Ranked:
    """What each person has not, the best fitting first; of equals the more popular."""
    logs = known.logs()
    best = min(best, baskets.products)
    named, reasons = [], []
    for first in range(0, baskets.people, CHUNK):
        rows = baskets.rows(first, first + CHUNK)
        chosen = _best(_scores(rows, logs, known, weight), rows, best)
        named.append(chosen)
        reasons.append(_because(rows, logs, chosen))
    empty = np.zeros((0, best), np.int64)
    return Ranked(np.vstack([empty, *named]), np.vstack([empty, *reasons]))


def held_out(before: Baskets, after: Baskets, weight: float, k: int = SHOWN) -> HeldOut:
    """Learn from `before`, and count in `after` (new pairs only) what was foretold."""
    ours, theirs = _foretold(before, after, (weight, inf), k)
    bought = np.bincount(after.person, minlength=after.people) > 0
    gained = ours[bought].astype(float) - theirs[bought]
    count = int(bought.sum())
    if not count:
        return HeldOut(k, 0, 0.0, 0.0, 0.0, -1.0, 1.0, weight)
    mean = float(gained.mean())
    reach = z(LEVEL) * (float(gained.std()) / sqrt(count) + 1e-12)
    rates = float(ours[bought].mean()), float(theirs[bought].mean())
    return HeldOut(k, count, *rates, mean, mean - reach, mean + reach, weight)


def choose(before: Baskets, after: Baskets, k: int = SHOWN) -> float:
    """The weight that foretold most on an earlier stretch; popularity where nothing was new."""
    if not len(after.person):
        return inf
    hits = [int(each.sum()) for each in _foretold(before, after, WEIGHTS, k)]
    return max(zip(hits, WEIGHTS, strict=True))[1]


def groups(counts: Sequence[int], stayed: Sequence[bool] | None) -> tuple[Group, ...]:
    """Customers by the number of products they use, and the share that stayed."""
    have = np.asarray(counts, dtype=np.int64)
    kept = None if stayed is None else np.asarray(stayed, dtype=bool)
    found = []
    for least, most in COUNTS:
        inside = (have >= least) & (have <= (most if most is not None else np.inf))
        n = int(inside.sum())
        found.append(Group(least, most, n, None if kept is None else int(kept[inside].sum())))
    return tuple(found)


def _foretold(
    before: Baskets, after: Baskets, weights: Sequence[float], k: int
) -> list[NDArray[np.bool_]]:
    """For each weight, whether one of the `k` that were named became each person's."""
    known = learn(before)
    logs = known.logs()
    hits = [np.zeros(after.people, dtype=bool) for _ in weights]
    for first in range(0, before.people, CHUNK):
        rows, new = before.rows(first, first + CHUNK), after.rows(first, first + CHUNK)
        for found, weight in zip(hits, weights, strict=True):
            named = _best(_scores(rows, logs, known, weight), rows, min(k, before.products))
            got = np.take_along_axis(new, np.maximum(named, 0), axis=1) * (named >= 0)
            found[first : first + len(rows)] = got.any(axis=1)
    return hits


def _scores(rows: Floats, logs: Floats, known: Known, weight: float) -> Floats:
    base = np.log(np.maximum(known.popular, 1e-12)).astype(np.float32)
    if weight == inf:
        return np.broadcast_to(base, rows.shape)
    size = np.maximum(rows.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(base + (rows @ logs) / size**weight, dtype=np.float32)


def _best(scores: Floats, rows: Floats, best: int) -> Wholes:
    free = np.where(rows > 0, -np.inf, scores)
    if not best:
        return np.zeros((len(rows), 0), np.int64)
    top = np.argpartition(-free, best - 1, axis=1)[:, :best]
    order = np.argsort(-np.take_along_axis(free, top, axis=1), axis=1, kind="stable")
    top = np.take_along_axis(top, order, axis=1)
    return np.where(np.isfinite(np.take_along_axis(free, top, axis=1)), top, -1).astype(np.int64)


def _because(rows: Floats, logs: Floats, chosen: Wholes) -> Wholes:
    reasons = np.full(chosen.shape, -1, np.int64)
    for place in range(chosen.shape[1]):
        spoken = rows * logs[:, np.maximum(chosen[:, place], 0)].T
        most = spoken.argmax(axis=1)
        says = np.take_along_axis(spoken, most[:, None], axis=1)[:, 0] > 0
        reasons[:, place] = np.where(says & (chosen[:, place] >= 0), most, -1)
    return reasons
