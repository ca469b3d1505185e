"""Taking somebody out of the lake: their lines stay as sales to nobody.

    forget(lake, ids, keys, raw)     what arrived already, as merged and as parsed
    keys_of(lake, batch)             what a new batch brings, to be looked up among the forgotten

A line is whose strongest key it carries, as everywhere (`identity.tables.STRONGEST_KEY`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from huitou.ground.durable import put_in_place
from huitou.identity.forgetting.personal import contacts_of
from huitou.identity.tables import STRONGEST_KEY

WHO = ("member_no", "phone", "email", "name", "address")
"""The columns of a line that say whose it is."""


def forget(
    lake: duckdb.DuckDBPyConnection, ids: Sequence[str], keys: Sequence[str], raw: Path
) -> int:
    """Let lines with these keys, and these ids, be nobody's; of how many lines."""
    tables = {row[0] for row in lake.execute("SHOW TABLES").fetchall()}
    for name, columns in (
        ("person_keys", ("person_id",)),
        ("people", ("person_id", "merged_into")),
        ("person_splits", ("person_id", "came_from")),
    ):
        if name in tables:
            theirs = " OR ".join(f"{column} IN (SELECT unnest($ids))" for column in columns)
            lake.execute(f"DELETE FROM {name} WHERE {theirs}", {"ids": list(ids)})
    if "lines" not in tables:
        return 0
    for file in sorted(raw.glob("*/lines.parquet")):
        _without(lake, file, keys)
    contacts = contacts_of(keys)
    held = "SELECT count(*) FROM unnest($contacts) c(word) WHERE contains(raw, word)"
    lake.execute(f"DELETE FROM quarantine WHERE ({held}) > 0", {"contacts": contacts})
    for file in sorted(raw.glob("*/quarantine.parquet")):
        _less(lake, file, contacts)
    return nobodys(lake, keys)


def nobodys(lake: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> int:
    """Take whose it is out of the lines that carry these keys; of how many."""
    blank = ", ".join(f"{name} = NULL" for name in WHO)
    # A moment later than the last: the next run must see that the lines are not what they were.
    changed = lake.execute(
        f"""UPDATE lines SET {blank},
            loaded_at = (SELECT max(loaded_at) + INTERVAL 1 MICROSECOND FROM lines)
        WHERE {STRONGEST_KEY} IN (SELECT unnest($keys))""",
        {"keys": list(keys)},
    ).fetchone()
    return int(changed[0]) if changed else 0


def keys_of(lake: duckdb.DuckDBPyConnection, batch: str) -> list[str]:
    """The strongest key of each line that a batch brought."""
    found = lake.execute(
        f"SELECT DISTINCT {STRONGEST_KEY} AS key FROM lines WHERE batch = $batch", {"batch": batch}
    )
    return [row[0] for row in found.fetchall() if row[0] is not None]


def _without(lake: duckdb.DuckDBPyConnection, file: Path, keys: Sequence[str]) -> None:
    """Write a parsed file anew where it holds a line of theirs, and only there."""
    theirs = f"coalesce({STRONGEST_KEY} IN (SELECT unnest($keys)), false)"
    blank = ", ".join(f"CASE WHEN {theirs} THEN NULL ELSE {name} END AS {name}" for name in WHO)
    query = f"SELECT * REPLACE ({blank}) FROM read_parquet({_quoted(file)})"
    count = f"SELECT count(*) FROM read_parquet({_quoted(file)}) WHERE {theirs}"
    _anew(lake, file, count, query, {"keys": list(keys)})


def _less(lake: duckdb.DuckDBPyConnection, file: Path, contacts: Sequence[str]) -> None:
    held = "(SELECT count(*) FROM unnest($contacts) c(word) WHERE contains(raw, word)) > 0"
    count = f"SELECT count(*) FROM read_parquet({_quoted(file)}) WHERE {held}"
    query = f"SELECT * FROM read_parquet({_quoted(file)}) WHERE NOT {held}"
    _anew(lake, file, count, query, {"contacts": list(contacts)})


def _anew(
    lake: duckdb.DuckDBPyConnection, file: Path, count: str, query: str, told: dict[str, list[str]]
) -> None:
    found = lake.execute(count, told).fetchone()
    if not found or not found[0]:
        return
    fresh = file.with_suffix(".new")
    lake.execute(f"COPY ({query}) TO {_quoted(fresh)} (FORMAT parquet, COMPRESSION zstd)", told)
    put_in_place(fresh, file)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
