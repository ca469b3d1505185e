"""The same input in any order, told twice or dealt over files, leaves the same facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.shop.intake import Desk

from huitou.doors.cli.answers import facts_digest
from huitou.facts import metrics
from huitou.facts.contract import METRICS, Tables
from huitou.facts.customers import customers
from huitou.facts.evidence import evidence
from huitou.facts.rhythm import returning
from huitou.ground.clock import StoppedClock
from huitou.ground.ids import new_id
from huitou.runs.sameness import marks
from huitou.runs.shop import Shop
from huitou.runs.steps import know
from huitou.runs.wiring import open_shop
from huitou.runs.work import Work

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = date(2026, 2, 10)
HEADER = "order_id,customer_id,phone,email,order_date,sku,quantity,amount,cost,store,refund"

ORDERS: tuple[tuple[str, ...], ...] = (
    ("1,a,13800000001,,2026-01-03 10:00,tea,1,52.20,20,north,",
     "1,a,13800000001,,2026-01-03 10:00,tea,1,52.20,20,north,",
     "1,a,13800000001,,2026-01-03 10:00,cup,2,11.34,,north,"),
    ("2,a,13800000001,,2026-01-07 09:00,tea,1,52.20,20,south,12.20",),
    ("3,,13800000001,ann@shop.example,2026-01-21 18:30,pot,1,80,30,north,",),
    ("4,b,,ann@shop.example,2026-01-21 18:30,pot,1,80,30,south,",),
    ("5,b,,,2026-02-01 12:00,cup,1,5.67,2,south,", "5,b,,,2026-02-01 12:00,tea,-1,-52.20,,south,"),
    ("6,c,,,2026-01-20 12:00,cup,3,17.01,6,north,",),
    ("7,c,,,2026-02-02 12:00,cup,3,17.01,6,south,17.01",),
    (",d,,,2026-01-12 11:00,tea,1,50,20,north,",),
    (",d,,,2026-01-12 11:00,tea,1,50.10,20,south,",),
    (",d,,,2026-02-09 11:00,cup,1,5,2,south,5",),
    ("8,,,,2026-01-13 08:00,tea,1,52.20,20,north,",),
    ("9,e,,ERN@shop.example ,2026-02-10 19:00,tea,2,104.40,,,",),
)  # fmt: skip
"""Whole orders: keys that join people, equal lines, rows without a number, money paid back."""

ALL = [range(len(ORDERS))]
Files = Sequence[Sequence[int]]


@st.composite
def dealings(draw: st.DrawFn) -> Files:
    """Every order in one file at least, the files and their orders in any order."""
    files = draw(st.integers(1, 4))
    dealt: list[list[int]] = [[] for _ in range(files)]
    for order in draw(st.permutations(range(len(ORDERS)))):
        for file in draw(st.sets(st.integers(0, files - 1), min_size=1, max_size=2)):
            dealt[file].append(order)
    again = draw(st.lists(st.integers(0, files - 1), max_size=2))
    return [each for each in [*dealt, *(dealt[file] for file in again)] if each]


@contextmanager
def opened(files: Files, *, look_between: bool = False) -> Iterator[tuple[Shop, Work]]:
    """A shop that took these files one after the other, and knows who is who."""
    with TemporaryDirectory() as folder:
        shop = open_shop(Path(folder) / "shop", clock=StoppedClock(NOW))
        shop.change_settings(currency="CNY", timezone="Asia/Shanghai")
        work = work_of(shop)
        for number, orders in enumerate(files):
            path = Path(folder) / f"{number}.csv"
            rows = [row for order in orders for row in ORDERS[order]]
            path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
            Desk(shop.home).take(path)
            if look_between:
                know.people(work)
        know.people(work)
        know.lines(work)
        yield shop, work
        shop.books.close()


def work_of(shop: Shop) -> Work:
    house = shop._house
    return Work(
        home=house.home, lake=house.lake, books=house.books, shelf=house.shelf,
        settings=shop.settings, run_id=new_id(), now=NOW, day=DAY, horizon_days=28,
    )  # fmt: skip


@pytest.fixture(scope="module")
def queries() -> Mapping[str, str]:
    """Every fact as the SQL that DuckDB runs: to write it takes longer than to run it."""
    with opened(ALL) as (_, work), work.lake.reading(work.edition) as con:
        tables, as_of = work.tables(con), work.moment.as_of
        return {name: ibis.to_sql(fact, "duckdb") for name, fact in facts(tables, as_of)}


UNTOUCHED = (
    "metric payback_curve", "metric winning_and_keeping", "metric returns_found", "metric served",
)  # fmt: skip
"""Facts that the first order says nothing of: nobody said here what was spent on winning customers,
and nothing of it came back."""
OF_A_FORECAST = ("stages", "flows", "loss_by_stage", "loss_by_age")
"""Metrics that no order tells of."""


def facts(tables: Tables, as_of: datetime) -> Iterator[tuple[str, ibis.Table]]:
    yield "figures", metrics.values(tables, as_of)
    yield "customers", customers(tables, as_of)
    yield "evidence", evidence(tables, as_of)
    yield "returning", returning(tables, as_of)
    for name, metric in METRICS.items():
        if metric.unit == "table" and name not in OF_A_FORECAST:
            yield f"metric {name}", metric.value(tables, as_of)


def told(work: Work, queries: Mapping[str, str]) -> Mapping[str, str]:
    """Marks of lines, keys and of each fact."""
    with work.lake.reading(work.edition) as con:
        for name, query in queries.items():
            work.edition.copy(con, f"customers_{name}", query)
    return marks(work.lake, work.edition)


def test_files_in_any_order_split_and_told_twice_leave_the_same_facts(
    queries: Mapping[str, str],
) -> None:
    with opened(ALL) as (_, work):
        whole = told(work, queries)
    assert len(whole) == len(queries) + 2
    with opened([ALL[0][1:]]) as (_, work):
        less = told(work, queries)
    assert {name for name, mark in whole.items() if mark == less[name]} == {
        "keys", *(f"customers_{name}" for name in UNTOUCHED)
    }  # fmt: skip

    @settings(max_examples=5)
    @given(dealings(), st.booleans())
    @example([[*reversed(ALL[0])]], False)
    def holds(files: Files, look_between: bool) -> None:
        with opened(files, look_between=look_between) as (_, work):
            assert told(work, queries) == whole

    holds()


def test_the_line_that_huitou_prints_stays_the_same() -> None:
    def printed(files: Files) -> str:
        with opened(files) as (shop, work):
            know.facts(work)
            work.lake.publish(work.edition)
            return facts_digest(shop)

    whole = printed(ALL)
    assert printed([[5, 4, 3, 11], [10, 9, 8, 7, 6, 3], [2, 1, 0], [10, 9, 8, 7, 6, 3]]) == whole
