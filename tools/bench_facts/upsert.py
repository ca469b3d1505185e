"""A million lines into ten million, exactly once, and the same file again.

Half of the million are known and read differently now, half are new: what an export of last month
looks like to a shop that has five years. `$HUITOU_BENCH_LINES` makes it smaller, without a bar.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from huitou.runs.measure import measured
from huitou.sources import book, tables
from huitou.sources.contract import QUARANTINE, READ, Batch, Mapping
from huitou.sources.reading import GROUP
from huitou.store.lake import Lake
from tools.bench_models._row import row

LINES = 10_000_000
SECONDS, AGAIN = 2.0, 0.1
NOW = datetime(2026, 6, 1, tzinfo=UTC)
READ_AS = Mapping({"order_id": "o"}, ("o",), "csv", "CNY", "UTC", source="till")

LINE = """
SELECT 'till' AS source, 'A' || (i // 2) AS order_id, (i % 2)::VARCHAR AS line_id, i AS row,
    'M' || (i // 2 % 1000000) AS member_no, NULL::VARCHAR AS phone, NULL::VARCHAR AS email,
    NULL::VARCHAR AS name, NULL::VARCHAR AS address, NULL::DATE AS birthday,
    TIMESTAMP '2020-01-01' + to_minutes(i // 5) AS ordered_at,
    (TIMESTAMP '2020-01-01' + to_minutes(i // 5))::DATE AS day, 'sku' || (i % 2000) AS sku,
    'Product ' || (i % 2000) AS product, NULL::VARCHAR AS category, 1.0 AS quantity,
    {amount} AS amount, NULL::BIGINT AS cost, 'store ' || (i % 50) AS store,
    NULL::VARCHAR AS channel, NULL::VARCHAR AS region, NULL::VARCHAR AS campaign,
    NULL::BIGINT AS discount, NULL::VARCHAR AS return_reason, false AS is_return,
    true AS is_product, md5('till/' || i) AS line_key
FROM range({low}, {high}) t(i)"""


def rows() -> list[dict[str, Any]]:
    """The figures."""
    lines = int(os.environ.get("HUITOU_BENCH_LINES") or LINES)
    with tempfile.TemporaryDirectory(prefix="huitou-bench-") as folder:
        return list(_rows(Path(folder), lines))


def _rows(folder: Path, lines: int) -> Iterator[dict[str, Any]]:
    lake, part = Lake(folder / "lake", "4GB"), lines // 10
    with lake.writing("bench") as con:
        tables.create(con)
        con.execute(f"""INSERT INTO lines BY NAME SELECT *, 'first' AS batch,
            TIMESTAMP '2026-05-01' AS loaded_at
            FROM ({LINE.format(amount="500 + i % 900", low=0, high=lines)})""")
        again = LINE.format(amount="700 + i % 900", low=lines - part // 2, high=lines + part // 2)
        con.execute(f"COPY ({again}) TO '{folder / 'lines.parquet'}' (FORMAT parquet)")
    file = folder / "lines.parquet"
    told = pq.read_table(file).cast(_types())
    pq.write_table(told, file, compression="zstd", row_group_size=GROUP)
    pq.write_table(pa.Table.from_pylist([], schema=QUARANTINE), folder / "quarantine.parquet")
    batch = Batch(
        "b", "orders.csv", file, "sha", READ_AS, part, file, folder / "quarantine.parquet"
    )
    first, applied = _take(lake, batch, NOW)
    second, unchanged = _take(lake, batch, NOW + timedelta(hours=1))
    with lake.writing("bench") as con:
        found = con.execute("SELECT count(*), sum(amount) FROM lines").fetchone()
    known = lines - part // 2
    meant = (lines + part // 2, _sum(0, known, 500) + _sum(known, lines + part // 2, 700))
    said = f"{part:,} lines into {lines:,}, half of them changed"
    whole = lines == LINES
    right = applied == part and found == meant
    yield row(f"{said}: each once", applied, "rows", bar=part, holds=right)
    yield _seconds(said, first, SECONDS if whole else None)
    yield _seconds("the same file again", second, AGAIN if whole else None)
    yield row("the same file again: rows changed", unchanged, "rows", bar=0, holds=unchanged == 0)


def _seconds(name: str, took: float, bar: float | None) -> dict[str, Any]:
    return row(name, took, "s", bar=bar, holds=None if bar is None else took <= bar)


def _take(lake: Lake, batch: Batch, now: datetime) -> tuple[float, int]:
    with measured() as cost, lake.writing("bench") as con:
        taken = book.take(con, batch, now)
    return cost.seconds, taken.applied


def _sum(low: int, high: int, base: int) -> int:
    return sum(base + i % 900 for i in range(low, high))


def _types() -> pa.Schema:
    return pa.schema([pa.field(field.name, field.type) for field in READ])
