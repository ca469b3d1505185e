"""A shop of any size, made by arithmetic: the same customers and orders each time.

Of customers half have two orders or fewer, one in ten twelve or more, one in a hundred ninety; none
more than four hundred: 7.55 orders each over five years. An order has one line; three in a hundred
came back; six in ten carry a cost. Person ids, keys and texts are as long as a real shop's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path

import duckdb

from huitou.runs.moment import Moment
from huitou.store.lake import Edition

FIRST = date(2020, 1, 1)
DAYS = 1826
LAST = FIRST + timedelta(days=DAYS - 1)
"""The evening of which the shop's facts tell; one more day follows."""
SLICE = 500_000
"""Customers of one file."""
TOUCHED = 200_000
"""Customers who order on the day after, of ten million."""
MOST = 400


def _draw(of: str, number: int) -> str:
    """A number in [0, 1) for each value of a column."""
    return f"((hash({of} + {number}::BIGINT * 1000000007) >> 11)::DOUBLE / 9007199254740992.0)"


PEOPLE = f"""
SELECT i, lpad(i::VARCHAR, 8, '0') || substr(md5(i::VARCHAR), 1, 18) AS person_id,
    least({MOST}, 1 + floor(2.0 * (pow(1 - {_draw("i", 1)}, -1 / 1.17) - 1)))::INT AS n,
    floor({_draw("i", 3)} * 1780)::INT AS born, 0.1 + 0.9 * {_draw("i", 4)} AS life
FROM range({{low}}, {{high}}) t(i)"""

ORDERED = f"""
SELECT *, CASE WHEN j = 0 THEN born
    ELSE born + floor({_draw("k", 5)} * ({DAYS} - born) * life)::INT END AS number
FROM (SELECT *, i * {MOST} + j AS k FROM (SELECT *, unnest(range(n)) AS j FROM ({PEOPLE})))"""

AGAIN = f"""
SELECT *, {DAYS} AS number, 4000000000 + i AS k
FROM ({PEOPLE}) WHERE {_draw("i", 13)} < {{share}} * n"""
"""Who orders on the day after: the more often, the likelier."""

LINE = f"""
SELECT 'till' AS source,
    'A' || k || CASE WHEN {_draw("k", 6)} < 0.03 THEN '/refund' ELSE '' END AS order_id,
    'M' || i AS member_no,
    CASE WHEN i % 10 < 6 THEN '+861' || lpad(i::VARCHAR, 10, '3') END AS phone,
    CASE WHEN i % 2 = 0 THEN 'c' || i || '@shop.example' END AS email,
    CASE WHEN i % 10 < 6 THEN 'Name ' || (i % 5000) END AS name, NULL::VARCHAR AS address,
    TIMESTAMP '{FIRST}' + to_days(number) + to_seconds(floor({_draw("k", 7)} * 80000))
        AS ordered_at,
    DATE '{FIRST}' + number AS day,
    'sku' || floor({_draw("k", 8)} * 2000)::INT AS sku,
    'Product ' || floor({_draw("k", 8)} * 2000)::INT AS product,
    'cat' || floor({_draw("k", 8)} * 20)::INT AS category, 1.0 AS quantity,
    CASE WHEN {_draw("k", 6)} < 0.03 THEN -1 ELSE 1 END
        * floor(500 + 20000 * pow({_draw("k", 9)}, 3))::BIGINT AS amount,
    CASE WHEN {_draw("k", 10)} < 0.6 THEN floor(300 + 9000 * pow({_draw("k", 9)}, 3))::BIGINT END
        AS cost,
    'store ' || (i % 50) AS store,
    CASE WHEN {_draw("k", 11)} < 0.4 THEN 'online' ELSE 'shop' END AS channel,
    'region ' || (i % 8) AS region,
    CASE WHEN {_draw("k", 12)} < 0.3 THEN 'campaign ' || floor({_draw("k", 12)} * 60)::INT END
        AS campaign,
    NULL::BIGINT AS discount, NULL::VARCHAR AS return_reason,
    {_draw("k", 6)} < 0.03 AS is_return, true AS is_product,
    TIMESTAMP '{FIRST}' + to_days(number + 1) + INTERVAL 3 HOUR AS loaded_at, person_id
FROM ({{orders}})"""


def make(folder: Path, customers: int) -> Edition:
    """The edition of a shop with so many customers, as the step `lines` leaves it; made once."""
    edition = Edition(folder / "published" / "first")
    lines = edition.path("lines")
    if edition.noted("moment") is not None:
        return edition
    lines.mkdir(parents=True)
    bounds = range(0, customers, SLICE)
    calls = [(low, min(low + SLICE, customers), str(lines / f"{low:09}.parquet")) for low in bounds]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for _done in pool.map(_slice, *zip(*calls, strict=True)):
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    edition.note("moment", Moment(LAST, 56, (), "UTC").written())
    return edition


def more(customers: int) -> str:
    """SQL of the lines of the day after."""
    share = TOUCHED / 10_000_000 / 7.55
    return LINE.format(orders=AGAIN.format(low=0, high=customers, share=share))


def evening(day: date) -> datetime:
    """The end of a day, naive UTC."""
    return datetime.combine(day + timedelta(days=1), time())


def cutoffs() -> Iterator[datetime]:
    """Six evenings before the last, half a horizon apart."""
    yield from (evening(LAST - timedelta(days=28 * back)) for back in range(1, 7))


def _slice(low: int, high: int, file: str) -> None:
    con = duckdb.connect()
    con.execute("SET threads = 1; SET memory_limit = '2GB'")
    query = LINE.format(orders=ORDERED.format(low=low, high=high))
    con.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
