"""What was taken in agrees with the raw file, counted by a query that knows nothing of huitou."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from tests.shop.intake import Desk

LONDON = {"currency": "GBP", "timezone": "Europe/London"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "home")


def test_every_line_and_every_penny_of_online_retail_arrives(
    data_file: Callable[[str], Path], desk: Desk
) -> None:
    path = data_file("online_retail_2010_2011.parquet")
    taken = desk.take(path, **LONDON)
    told = duckdb.sql(
        f"""SELECT count(*), sum(CAST(round(amount * 100) AS BIGINT)), count(customer_id),
            count(DISTINCT order_id), count(*) FILTER (is_return), count(*) FILTER (is_product),
            min(CAST(ordered_at AS DATE)), max(CAST(ordered_at AS DATE))
        FROM '{path}'"""
    ).fetchone()
    with desk.lake.writing("count") as con:
        kept = con.execute(
            """SELECT count(*), sum(amount), count(member_no), count(DISTINCT order_id),
                count(*) FILTER (is_return), count(*) FILTER (is_product), min(day), max(day)
            FROM lines"""
        ).fetchone()
        keys = con.execute("SELECT count(DISTINCT line_key) FROM lines").fetchone()
    assert kept == told
    assert keys == (taken.rows,)
    assert (taken.applied, taken.unchanged, taken.quarantined) == (taken.rows, 0, 0)


def test_the_same_orders_in_another_format_are_known(
    data_file: Callable[[str], Path], desk: Desk, tmp_path: Path
) -> None:
    table = pq.read_table(data_file("online_retail_2010_2011.parquet")).slice(0, 20_000)
    pq.write_table(table, tmp_path / "orders.parquet")
    arrow_csv.write_csv(table, tmp_path / "orders.csv")
    desk.take(tmp_path / "orders.parquet", **LONDON)
    before = desk.digest()
    taken = desk.take(tmp_path / "orders.csv", **LONDON)
    assert (taken.applied, taken.unchanged) == (0, 20_000)
    assert desk.digest() == before


def test_orders_with_nothing_but_dates_and_amounts(
    data_file: Callable[[str], Path], desk: Desk
) -> None:
    path = data_file("cdnow_sample.parquet")
    taken = desk.take(path, currency="USD", timezone="America/New_York")
    assert taken.applied == taken.rows == 6_919
    told = duckdb.sql(f"SELECT count(*), sum(CAST(round(amount * 100) AS BIGINT)) FROM '{path}'")
    with desk.lake.writing("count") as con:
        kept = con.execute("SELECT count(*), sum(amount) FROM lines").fetchone()
    assert kept == told.fetchone()
