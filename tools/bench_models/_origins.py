"""Four public shops as the facts tell of them, at the moments that a forecast is tried at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huitou.facts.bought import bought
from huitou.facts.contract import Tables
from huitou.facts.customers import customers
from huitou.facts.rhythm import returning
from huitou.models.forecast import Past
from huitou.models.histories import Origin
from huitou.runs.moment import earlier_moments
from tools.bench_models._shops import folder

ORIGINS = 5
"""Moments each shop is forecast at: the last with whole windows, half a horizon apart."""
LAST = 2
"""Of them, those that nobody looked at before the recipe was fixed."""
ORDERS = """
    CREATE TABLE lines AS
    SELECT customer_id AS person_id, customer_id AS member_no, 'file' AS source, order_id,
        min(ordered_at)::TIMESTAMP AS ordered_at, min(ordered_at)::DATE AS day,
        round(sum(coalesce(amount, 1)) * 100)::BIGINT AS amount, bool_or(is_return) AS is_return,
        NULL::BIGINT AS cost, TIMESTAMP '2030-01-01' AS loaded_at, any_value({store}) AS store,
        NULL::VARCHAR AS phone, NULL::VARCHAR AS email, NULL::VARCHAR AS name,
        NULL::VARCHAR AS channel, any_value({region}) AS region, NULL::VARCHAR AS campaign
    FROM read_parquet('{path}') WHERE customer_id IS NOT NULL GROUP BY customer_id, order_id"""
SPENT = """
    WITH orders AS (SELECT person_id, day, amount FROM lines WHERE NOT is_return AND amount > 0)
    SELECT person_id, sum(amount)::DOUBLE AS spent FROM orders
    WHERE day >= $begin AND day < $end GROUP BY person_id"""


@dataclass(frozen=True)
class Shop:
    """A log of orders: where it is, how far ahead is looked, and the day after its last."""

    name: str
    file: str
    horizon_days: int
    end: date
    store: str = "NULL::VARCHAR"
    region: str = "NULL::VARCHAR"

    @property
    def moments(self) -> list[date]:
        """The days looked from, earliest first: each is the first that is not known."""
        last, step = self.end - timedelta(days=self.horizon_days), self.horizon_days // 2
        return [last - timedelta(days=step * back) for back in reversed(range(ORIGINS))]

    @property
    def between(self) -> list[date]:
        """The days half-way from each of them to the next; the last has nothing after it."""
        return [one + (after - one) // 2 for one, after in pairwise(self.moments)]

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The log as lines of the lake, one an order."""
        told = duckdb.connect()
        path = folder() / self.file
        told.execute(ORDERS.format(path=path, store=self.store, region=self.region))
        return told

    @cached_property
    def tables(self) -> Tables:
        """What the facts are asked of."""
        return Tables(ibis.duckdb.from_connection(self.connection).table("lines"), margin=0.3)

    @cached_property
    def first(self) -> date:
        """The first day of the log."""
        found = self.connection.execute("SELECT min(day) FROM lines").fetchone()
        assert found is not None
        day: date = found[0]
        return day

    @cache  # noqa: B019  # four shops live as long as the bench
    def customers(self, day: date) -> pa.Table:
        """Everybody known on the evening before a day."""
        return customers(self.tables, _evening(day)).to_pyarrow().sort_by("person_id")

    @cache  # noqa: B019  # four shops live as long as the bench
    def bought(self, day: date, days: int) -> NDArray[np.int64]:
        """Purchase days of each of them in the days from `day` on."""
        found = bought(self.tables, _evening(day), days).to_pyarrow()
        return _aligned(self.customers(day), found, "days").astype(np.int64)

    def spent(self, day: date) -> NDArray[np.float64]:
        """What each of them then paid within the horizon, in minor units."""
        end = day + timedelta(days=self.horizon_days)
        found = self.connection.execute(SPENT, {"begin": day, "end": end}).to_arrow_table()
        return _aligned(self.customers(day), found, "spent")

    def past(self, day: date) -> Past:
        """What a run on the evening before `day` would look back at."""
        evenings = [day, *self._earlier(day)]
        whole = [self._origin(each, self.horizon_days) for each in evenings[1:]]
        halves = [self._origin(each, (after - each).days) for after, each in pairwise(evenings)]
        told = returning(self.tables, _evening(day)).to_pyarrow()
        return Past([*whole, *halves], self.horizon_days, told)

    def _earlier(self, day: date) -> Sequence[date]:
        one = timedelta(days=1)
        return [each + one for each in earlier_moments(self.first, day - one, self.horizon_days)]

    def _origin(self, day: date, days: int) -> Origin:
        return Origin(day, self.customers(day), days, self.bought(day, days))


SHOPS = (
    Shop("CDNOW", "cdnow_master.parquet", 91, date(1998, 7, 1)),
    Shop("groceryElog", "groceryElog.parquet", 91, date(2007, 12, 31)),
    Shop(
        "Online Retail II",
        "online_retail_ii_dedup.parquet",
        91,
        date(2011, 12, 10),
        region="country",
    ),
    Shop(
        "Complete Journey",
        "completejourney/completejourney.parquet",
        61,
        date(2018, 1, 1),
        store="store_id::VARCHAR",
    ),
)


def _evening(day: date) -> datetime:
    """The moment before which all of the day before is known."""
    return datetime.combine(day, time())


def _aligned(told: pa.Table, found: pa.Table, name: str) -> NDArray[Any]:
    of = dict(zip(found["person_id"].to_pylist(), found[name].to_pylist(), strict=True))
    return np.array([of.get(person, 0) for person in told["person_id"].to_pylist()])
