"""Taking somebody out of the lake: their lines stay as sales to nobody.

    forget(lake, ids, keys, raw)     what arrived already, as merged and as parsed
    keys_of(lake, batch)             what a new batch brings, to be looked up among the forgotten

A line is whose strongest key it carries, as everywhere (`identity.tables.STRONGEST_KEY`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from huitou.ground.durable import put_in_place
from huitou.identity.forgetting.personal import contacts_of
from huitou.identity.tables import STRONGEST_KEY
from huitou.sources import contacts
from huitou.sources.book import mapping_of
from huitou.sources.contract import Mapping
from huitou.sources.live import kept as live
from huitou.sources.tables import create, quoted

WHO = ("member_no", "phone", "email", "name", "address", "birthday", "return_reason")
"""The columns of a line that say whose it is, and the one that may hold their own words."""


def forget(
    lake: duckdb.DuckDBPyConnection, ids: Sequence[str], keys: Sequence[str], raw: Path
) -> int:
    """Let lines with these keys, and these ids, be nobody's; of how many lines."""
    tables = {row[0] for row in lake.execute("SHOW TABLES").fetchall()}
    for name, columns in (
        ("person_keys", ("person_id",)),
        ("people", ("person_id", "merged_into")),
        ("person_splits", ("person_id", "came_from")),
        ("joins", ("person_id", "survivor")),
        ("alike_pairs", ('"left"', '"right"')),
    ):
        if name in tables:
            theirs = " OR ".join(f"{column} IN (SELECT unnest($ids))" for column in columns)
            lake.execute(f"DELETE FROM {name} WHERE {theirs}", {"ids": list(ids)})
    live.forget(lake, keys)
    if "lines" not in tables:
        return 0
    for file in sorted(raw.glob("*/lines.parquet")):
        _without(lake, file, keys)
    waiting = _waiting(lake, keys)
    lake.execute("DELETE FROM quarantine WHERE raw IN (SELECT unnest($raw))", {"raw": waiting})
    for file in sorted(raw.glob("*/quarantine.parquet")):
        _less(lake, file, waiting)
    return nobodys(lake, keys)


def nobodys(lake: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> int:
    """Take whose it is out of the lines that carry these keys; of how many."""
    blank = ", ".join(f"{name} = NULL" for name in WHO)
    create(lake)  # a lake of an earlier version keeps no history yet
    lake.execute(
        f"UPDATE lines_before SET {blank} WHERE {STRONGEST_KEY} IN (SELECT unnest($keys))",
        {"keys": list(keys)},
    )
    # A moment later than the last: the next run must see that the lines are not what they were.
    changed = lake.execute(
        f"""UPDATE lines SET {blank},
            loaded_at = (SELECT max(loaded_at) + INTERVAL 1 MICROSECOND FROM lines)
        WHERE {STRONGEST_KEY} IN (SELECT unnest($keys))""",
        {"keys": list(keys)},
    ).fetchone()
    return int(changed[0]) if changed else 0


def keys_of(lake: duckdb.DuckDBPyConnection, batch: str) -> list[str]:
    """The strongest key of each row that a batch brought, also of those that wait to be mended."""
    found = lake.execute(
        f"SELECT DISTINCT {STRONGEST_KEY} FROM lines WHERE batch = $batch", {"batch": batch}
    )
    keys = {row[0] for row in found.fetchall()}
    keys |= {key for key, _ in _held(lake, "WHERE came_in = $batch", batch=batch)}
    return sorted(key for key in keys if key is not None)


def _held(
    lake: duckdb.DuckDBPyConnection, which: str = "", **told: str
) -> Iterator[tuple[str | None, str]]:
    """Rows that wait to be mended: the strongest key in the cells, as the file was to be read."""
    query = f"SELECT came_in, list(raw) FROM quarantine {which} GROUP BY came_in ORDER BY came_in"
    for batch, rows in lake.execute(query, told).fetchall():
        cells = [json.loads(raw) for raw in rows]
        yield from zip(_keys_in(mapping_of(lake, batch), cells), rows, strict=True)


def _keys_in(mapping: Mapping, rows: Sequence[dict[str, str | None]]) -> list[str | None]:
    country = contacts.region(mapping.currency, mapping.timezone)
    read: dict[tuple[str, str], Callable[[pa.Array], pa.Array]] = {
        ("member", "member_no"): contacts.member_numbers,
        ("phone", "phone"): lambda cells: contacts.phones(cells, country),
        ("email", "email"): contacts.emails,
    }
    keys: list[str | None] = [None] * len(rows)
    for (kind, field), normal in read.items():
        column = mapping.columns.get(field, "")
        cells = normal(pa.array([row.get(column) for row in rows], pa.string())).to_pylist()
        keys = [key or (cell and f"{kind}:{cell}") for key, cell in zip(keys, cells, strict=True)]
    return keys


def _waiting(lake: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> list[str]:
    """The rows that wait to be mended and are theirs; a torn one where it holds their contact."""
    words = contacts_of(keys)
    return [
        raw
        for key, raw in _held(lake)
        if key in keys or (key is None and any(word in raw for word in words))
    ]


def _without(lake: duckdb.DuckDBPyConnection, file: Path, keys: Sequence[str]) -> None:
    """Write a parsed file anew where it holds a line of theirs, and only there."""
    theirs = f"coalesce({STRONGEST_KEY} IN (SELECT unnest($keys)), false)"
    told = lake.execute(f"DESCRIBE FROM read_parquet({quoted(file)})").fetchall()
    # Files that were parsed before a column came lack it.
    names = [name for name in WHO if name in {column for column, *_ in told}]
    blank = ", ".join(f"CASE WHEN {theirs} THEN NULL ELSE {name} END AS {name}" for name in names)
    query = f"SELECT * REPLACE ({blank}) FROM read_parquet({quoted(file)})"
    count = f"SELECT count(*) FROM read_parquet({quoted(file)}) WHERE {theirs}"
    _anew(lake, file, count, query, {"keys": list(keys)})


def _less(lake: duckdb.DuckDBPyConnection, file: Path, waiting: Sequence[str]) -> None:
    theirs = "raw IN (SELECT unnest($raw))"
    count = f"SELECT count(*) FROM read_parquet({quoted(file)}) WHERE {theirs}"
    query = f"SELECT * FROM read_parquet({quoted(file)}) WHERE NOT {theirs}"
    _anew(lake, file, count, query, {"raw": list(waiting)})


def _anew(
    lake: duckdb.DuckDBPyConnection, file: Path, count: str, query: str, told: dict[str, list[str]]
) -> None:
    found = lake.execute(count, told).fetchone()
    if not found or not found[0]:
        return
    fresh = file.with_suffix(".new")
    lake.execute(f"COPY ({query}) TO {quoted(fresh)} (FORMAT parquet, COMPRESSION zstd)", told)
    put_in_place(fresh, file)
