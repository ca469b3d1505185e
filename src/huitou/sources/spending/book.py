"""The lake's table of spending: each day, channel, campaign and purpose once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from huitou.sources.spending.reading import Spending

KEY = ("day", "channel", "campaign", "purpose")
_ROWS = pa.schema(
    [
        ("day", pa.date32()),
        ("channel", pa.string()),
        ("campaign", pa.string()),
        ("purpose", pa.string()),
        ("amount", pa.int64()),
    ]
)
_CREATE = """
    CREATE TABLE IF NOT EXISTS spending (
        day DATE NOT NULL, channel VARCHAR NOT NULL, campaign VARCHAR NOT NULL,
        purpose VARCHAR NOT NULL, amount BIGINT NOT NULL, file VARCHAR NOT NULL,
        told_at TIMESTAMP NOT NULL)"""
KNOWN = "SELECT day, channel, campaign, purpose, amount FROM spending ORDER BY ALL"


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table that is not there yet."""
    con.execute(_CREATE)


def take(
    con: duckdb.DuckDBPyConnection, told: Sequence[Spending], file: str, now: datetime
) -> tuple[int, int]:
    """Keep amounts; how many were new or other than before, and how many were known already.

    What a file says twice of the same thing adds up; what an earlier file said is replaced.
    """
    create(con)
    rows = [{name: getattr(each, name) for name in _ROWS.names} for each in told]
    con.register("told_spending", pa.Table.from_pylist(rows, schema=_ROWS))
    same = " AND ".join(f"kept.{name} = told.{name}" for name in KEY)
    keys = ", ".join(KEY)
    con.execute(
        f"CREATE TEMP TABLE summed AS SELECT {keys}, sum(amount)::BIGINT AS amount"
        f" FROM told_spending GROUP BY {keys}"
    )
    known = _count(
        con,
        f"SELECT count(*) FROM summed AS told JOIN spending AS kept ON {same}"
        " AND kept.amount = told.amount",
    )
    con.execute(f"DELETE FROM spending AS kept USING summed AS told WHERE {same}")
    con.execute(
        f"INSERT INTO spending SELECT {keys}, amount, $file, $now FROM summed",
        {"file": file, "now": now.replace(tzinfo=None)},
    )
    every = _count(con, "SELECT count(*) FROM summed")
    con.execute("DROP TABLE summed")
    con.unregister("told_spending")
    return every - known, known


def mark(con: duckdb.DuckDBPyConnection) -> str:
    """Changes whenever anything of it does, and is empty where nothing was told; only where the
    table is there.
    """
    told = con.execute("SELECT count(*), sum(amount), max(told_at) FROM spending").fetchone()
    return str(told) if told and told[0] else ""


def _count(con: duckdb.DuckDBPyConnection, query: str, told: dict[str, Any] | None = None) -> int:
    row = con.execute(query, told or {}).fetchone()
    return int(row[0]) if row else 0
