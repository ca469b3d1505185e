"""The tables of the lake that arriving files fill: lines, batches, quarantine."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from huitou.sources.contract import LINES

_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us"): "TIMESTAMP",
}

_COLUMNS = [
    f'"{field.name}" {_TYPES[field.type]}{"" if field.nullable else " NOT NULL"}' for field in LINES
]
_CAME_LATER = ("discount", "return_reason", "birthday")
"""Columns that lakes of earlier versions lack: there nothing is known of them."""

_STATEMENTS = (
    # No primary key: merging by anti-join was three times as fast as a key's index, and as exact.
    f"CREATE TABLE IF NOT EXISTS lines ({', '.join(_COLUMNS)})",
    *(
        f"ALTER TABLE lines ADD COLUMN IF NOT EXISTS {column}"
        for field, column in zip(LINES, _COLUMNS, strict=True)
        if field.name in _CAME_LATER
    ),
    f"""CREATE TABLE IF NOT EXISTS lines_before (
        {", ".join(_COLUMNS)}, replaced_at TIMESTAMP NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS batches (
        batch VARCHAR NOT NULL, file VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
        source VARCHAR NOT NULL, mapping_digest VARCHAR NOT NULL, mapping VARCHAR NOT NULL,
        rows BIGINT NOT NULL, applied BIGINT NOT NULL, unchanged BIGINT NOT NULL,
        quarantined BIGINT NOT NULL, first_day DATE, last_day DATE,
        loaded_at TIMESTAMP NOT NULL)""",
    "CREATE SEQUENCE IF NOT EXISTS quarantine_id",
    """CREATE TABLE IF NOT EXISTS quarantine (
        id BIGINT NOT NULL DEFAULT nextval('quarantine_id'), batch VARCHAR NOT NULL,
        file VARCHAR NOT NULL, row BIGINT NOT NULL, "column" VARCHAR NOT NULL,
        value VARCHAR NOT NULL, reason VARCHAR NOT NULL, to_try VARCHAR NOT NULL,
        raw VARCHAR NOT NULL, loaded_at TIMESTAMP NOT NULL, came_in VARCHAR NOT NULL,
        mended_by VARCHAR)""",
)
"""A row in quarantine keeps the batch, file and number it first had; `came_in` is the batch that
brought it as it now stands, which may be an attempt to mend it. Reason and what to try are kept as
`wire.text_of` has them."""


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are not there yet."""
    for statement in _STATEMENTS:
        con.execute(statement)


def exists(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a table (or a view on a published one) is there."""
    found = con.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = $name", {"name": name}
    ).fetchone()
    return bool(found and found[0])


def quoted(path: Path) -> str:
    """A file as a query names it."""
    return "'" + str(path).replace("'", "''") + "'"
