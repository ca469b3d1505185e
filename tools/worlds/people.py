"""Real customers of two shops, as each was known on several days, and what they then did.

Every sixteen weeks the log is cut; what lies before makes the features, the eight weeks after say
who came back. From these real rows people are drawn again, each a little shaken, so that 128,000
are not a few thousand repeated to the digit. Baskets of the grocer are invented: its log has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SHOPS = {"wholesaler": "online_retail_ii_dedup.parquet", "grocer": "groceryElog.parquet"}
"""Gift wholesaler with whales, and online grocer; the files in `$HUITOU_TEST_DATA`."""
FEATURES = ("recency", "orders", "tenure", "lateness", "basket", "momentum")
"""In this order, all on a scale of logarithms: days since the last order, orders so far, days since
the first, recency as a multiple of the usual gap, size of the usual basket (minor units), orders of
the last sixteen weeks against the sixteen before."""
HORIZON = 56
"""Days after the cut in which a customer comes back, or does not."""
FIRST_CUT, EVERY = 200, 112
SHAKEN = 0.05
"""How far a drawn person differs from the real one, as a share of the feature's spread."""
LARGEST = 0.995
"""Baskets above this quantile count as large as this: one account must not be the whole figure."""

ORDERS = """
select dense_rank() over (order by customer_id) - 1 as who,
       date_diff('day', (select min(ordered_at) from log), min(ordered_at)) as day,
       100 * sum(amount) as paid
from log where customer_id is not null and not is_return
group by customer_id, order_id
having coalesce(sum(amount), 1) > 0
order by who, day
"""


@dataclass(frozen=True)
class People:
    """People in a fixed order: features as in `FEATURES`, and the usual basket in minor units."""

    features: FloatArray
    basket: FloatArray

    def __len__(self) -> int:
        return len(self.basket)

    def among(self, rows: NDArray[np.int64]) -> People:
        """Some of them, in this order."""
        return People(self.features[rows], self.basket[rows])


@dataclass(frozen=True)
class Crowd:
    """Everybody a shop really had on the days of the cuts, and whether they came back."""

    shop: str
    people: People
    returned: BoolArray

    def draw(self, n: int, dice: np.random.Generator) -> People:
        """`n` people as these are: drawn with replacement, each a little shaken."""
        real = self.people.among(dice.integers(0, len(self.people), n))
        step = SHAKEN * self.people.features.std(axis=0)
        features = real.features + dice.normal(size=real.features.shape) * step
        basket = real.basket * np.exp(features[:, 4] - real.features[:, 4])
        return People(features, basket)


def crowd(shop: str, data: Path) -> Crowd:
    """The customers of a shop in `SHOPS`.

    Raises:
        FileNotFoundError: when its log is not in `data`.
    """
    file = data / SHOPS[shop]
    if not file.exists():
        raise FileNotFoundError(f"{SHOPS[shop]} is not in {data}")
    with duckdb.connect() as lake:
        log = lake.read_parquet(str(file))
        lake.register("log", log)
        read = lake.sql(ORDERS).fetchnumpy()
    who, day = read["who"].astype(np.int64), read["day"].astype(np.float64)
    paid = _paid(np.ma.filled(read["paid"].astype(np.float64), np.nan), who)
    last = int(day.max()) - HORIZON
    cuts = [_known_on(cut, who, day, paid) for cut in range(FIRST_CUT, last + 1, EVERY)]
    features, basket, returned = (np.concatenate(each) for each in zip(*cuts, strict=True))
    return Crowd(shop, People(features, basket), returned.astype(np.bool_))


def _paid(paid: FloatArray, who: NDArray[np.int64]) -> FloatArray:
    """What was paid for each order; where the log says nothing, invented once and for all."""
    if not np.isnan(paid).any():
        return paid
    dice = np.random.default_rng(20260101)
    usual = np.exp(dice.normal(np.log(4_000), 0.5, int(who.max()) + 1))
    return np.asarray(usual[who] * np.exp(dice.normal(0, 0.3, len(paid))), dtype=np.float64)


def _known_on(
    cut: int, who: NDArray[np.int64], day: FloatArray, paid: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Features, basket and return of everybody who had bought before day `cut`."""
    before, people = day < cut, int(who.max()) + 1
    orders = np.bincount(who[before], minlength=people)
    here = orders > 0
    first = np.full(people, np.inf)
    latest = np.full(people, -np.inf)
    np.minimum.at(first, who[before], day[before])
    np.maximum.at(latest, who[before], day[before])
    spent = np.bincount(who[before], weights=paid[before], minlength=people)
    late = np.bincount(who[before & (day >= cut - EVERY)], minlength=people)
    early = np.bincount(who[before & (day < cut - EVERY) & (day >= cut - 2 * EVERY)],
                        minlength=people)  # fmt: skip
    after = np.bincount(who[(day >= cut) & (day < cut + HORIZON)], minlength=people) > 0
    orders, first, latest, spent = orders[here], first[here], latest[here], spent[here]
    basket = spent / orders
    basket = np.minimum(basket, np.quantile(basket, LARGEST))
    gap = np.where(orders > 1, (latest - first) / np.maximum(orders - 1, 1), 90.0)
    features = np.column_stack([
        np.log1p(cut - latest),
        np.log(orders),
        np.log1p(cut - first),
        np.log1p((cut - latest) / np.maximum(gap, 7.0)),
        np.log(basket),
        np.log((1 + late[here]) / (1 + early[here])),
    ])  # fmt: skip
    return features, basket, after[here].astype(np.float64)
