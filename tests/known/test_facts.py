"""The facts of a real shop equal queries written by hand over the raw file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest

from huitou.facts.bought import bought
from huitou.facts.cohorts import cohort_retention
from huitou.facts.contract import Tables
from huitou.facts.customers import customers
from huitou.facts.metrics import values

AS_OF = datetime(2011, 12, 10)
FILES = ("online_retail_ii_dedup.parquet", "online_retail_2010_2011.parquet")

LINES = """
    CREATE TABLE lines AS SELECT
        'shop' AS "source", order_id, customer_id AS member_no, customer_id AS person_id,
        NULL::VARCHAR AS phone, NULL::VARCHAR AS email, NULL::VARCHAR AS "name",
        ordered_at, ordered_at::DATE AS "day", sku, description AS product,
        quantity::DOUBLE AS quantity,
        round(amount * 100)::BIGINT AS amount, NULL::BIGINT AS "cost", NULL::VARCHAR AS store,
        NULL::VARCHAR AS channel, country AS region, NULL::VARCHAR AS campaign,
        NULL::BIGINT AS discount,
        NULL::VARCHAR AS category, is_return, is_product, TIMESTAMP '2026-01-01' AS loaded_at
    FROM read_parquet(?)
"""
PURCHASES = """
    SELECT order_id, any_value(customer_id) AS customer, min(ordered_at)::DATE AS "day",
           sum(round(amount * 100)::BIGINT) AS amount
    FROM read_parquet(?) WHERE ordered_at < ?
    GROUP BY order_id HAVING NOT bool_or(is_return) AND sum(round(amount * 100)) > 0
"""


class Shop:
    """One real file: as the facts see it, and as a hand-written query sees it."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.engine = ibis.duckdb.connect(threads=2)
        self.engine.con.execute(LINES, [self.path])
        self.tables = Tables(self.engine.table("lines"), zone="Europe/London", margin=0.3)

    def facts(self, table: ibis.Table) -> list[dict[str, Any]]:
        """What the facts say."""
        out: list[dict[str, Any]] = self.engine.to_pyarrow(table).to_pylist()
        return out

    def by_hand(self, query: str, as_of: datetime = AS_OF) -> list[tuple[Any, ...]]:
        """What a query says about the purchases in the raw file."""
        with duckdb.connect() as raw:
            text = f"WITH purchases AS ({PURCHASES}) {query}"
            return raw.execute(text, [self.path, as_of]).fetchall()


@pytest.fixture(scope="module", params=FILES)
def shop(request: pytest.FixtureRequest, data_file: Callable[[str], Path]) -> Iterator[Shop]:
    made = Shop(data_file(request.param))
    yield made
    made.engine.disconnect()


def test_the_five_numbers_equal_a_query_of_the_raw_file(shop: Shop) -> None:
    ((customers_, orders, repeat, once),) = shop.by_hand("""
        , people AS (
            SELECT customer, count(*) AS orders, count(DISTINCT "day") AS days
            FROM purchases WHERE customer IS NOT NULL GROUP BY customer)
        SELECT count(*), (SELECT count(*) FROM purchases),
            avg((days >= 2)::INT), avg((orders = 1)::INT)
        FROM people
    """)
    with duckdb.connect() as raw:
        anonymous = "SELECT count(*) FROM read_parquet(?) WHERE customer_id IS NULL"
        ((lines,),) = raw.execute(anonymous, [shop.path]).fetchall()
    found = {row["name"]: row["value"] for row in shop.facts(values(shop.tables, AS_OF))}
    assert found["customers"] == customers_
    assert found["orders"] == orders
    assert found["anonymous_lines"] == lines
    assert found["repeat_purchase_rate"] == pytest.approx(repeat, rel=1e-12)
    assert found["one_time_share"] == pytest.approx(once, rel=1e-12)


def test_every_customer_equals_a_query_of_the_raw_file(shop: Shop) -> None:
    expected = shop.by_hand("""
        SELECT customer, min("day"), max("day"), count(*), count(DISTINCT "day"), sum(amount)
        FROM purchases WHERE customer IS NOT NULL GROUP BY customer ORDER BY customer
    """)
    names = ("key", "first_day", "last_day", "orders", "purchase_days", "gross")
    found = shop.facts(customers(shop.tables, AS_OF))
    assert sorted(tuple(row[name] for name in names) for row in found) == expected


def test_those_who_bought_after_june_equal_a_query_of_the_raw_file(shop: Shop) -> None:
    origin, horizon = datetime(2011, 6, 9, 23), 183  # midnight in London, where it is summer
    expected = shop.by_hand(
        """
        SELECT customer, count(DISTINCT "day") FROM purchases
        WHERE customer IS NOT NULL AND "day" > DATE '2011-06-09'
            AND "day" <= DATE '2011-06-09' + 183 GROUP BY customer ORDER BY customer
        """
    )
    found = shop.facts(bought(shop.tables, origin, horizon))
    assert sorted((row["person_id"], row["days"]) for row in found) == expected


def test_cohorts_equal_a_query_of_the_raw_file(shop: Shop) -> None:
    expected = shop.by_hand("""
        , months AS (
            SELECT DISTINCT customer, date_trunc('month', "day")::DATE AS m
            FROM purchases WHERE customer IS NOT NULL),
        aged AS (SELECT m, min(m) OVER (PARTITION BY customer) AS cohort FROM months)
        SELECT cohort, date_diff('month', cohort, m) AS k, count(*) FROM aged
        GROUP BY ALL ORDER BY ALL
    """)
    found = shop.facts(cohort_retention(shop.tables, AS_OF))
    cells = sorted((row["month"], row["k"], row["active"]) for row in found if row["active"])
    assert cells == expected


def test_as_of_june_nothing_of_the_summer_is_known(shop: Shop) -> None:
    june = datetime(2011, 6, 9, 23)
    before = shop.facts(customers(shop.tables, june))
    cut = Tables(
        shop.tables.lines.filter(shop.tables.lines.ordered_at < ibis.literal(june)),
        zone=shop.tables.zone,
        margin=shop.tables.margin,
    )
    assert _sorted(before) == _sorted(shop.facts(customers(cut, june)))
    assert max(row["last_seen_day"] for row in before) <= date(2011, 6, 9)


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["person_id"]))
