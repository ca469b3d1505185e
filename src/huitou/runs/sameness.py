"""Whether two shops hold the same facts: a mark of each table that no order of arriving changes.

Left out is what is drawn or depends on when a file came: ids of people, batches, load times. People
stand under the first of their keys in the order of the alphabet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from huitou.store.lake import Edition, Lake

DRAWN = ("person_id", "loaded_at", "batch")
"""Columns that say when or under which name something came, and nothing of what happened."""
TABLES = ("lines", "keys", "returning", "evidence", "ledger")
OF_A_DAY = ("customers_", "bought_")
"""Tables of facts, by name and by how their names begin."""

_WHO = "SELECT person_id, min(key) AS who FROM keys GROUP BY person_id"
_MARK = """
    SELECT count(*), sum(md5_number_lower(told)), sum(md5_number_upper(told))
    FROM (SELECT {row} AS told FROM {table} {people})"""


def marks(lake: Lake, edition: Edition) -> Mapping[str, str]:
    """Table -> how many rows, and sums of their hashes: the same in whatever order they stand.

    Floats count to nine digits, for threads add in any order.
    """
    with lake.reading(edition) as con:
        return {name: _mark(con, name) for name, _ in edition.files() if _is_fact(name)}


def _is_fact(name: str) -> bool:
    return name in TABLES or name.startswith(OF_A_DAY)


def _mark(con: duckdb.DuckDBPyConnection, name: str) -> str:
    columns = [(row[0], row[1]) for row in con.execute(f'DESCRIBE "{name}"').fetchall()]
    named = any(column == "person_id" for column, _ in columns)
    told = [_told(column, kind) for column, kind in columns if column not in DRAWN]
    row = _joined(["coalesce(w.who, '')", *told] if named else told)
    people = f"LEFT JOIN ({_WHO}) w USING (person_id)" if named else ""
    found = con.execute(_MARK.format(row=row, table=f'"{name}" t', people=people)).fetchone()
    assert found is not None, "a count always answers"
    return " ".join(map(str, found))


def _told(column: str, kind: str) -> str:
    value = f't."{column}"'
    plain = f"format('{{:.9g}}', {value})" if kind in ("DOUBLE", "FLOAT") else f"{value}::VARCHAR"
    return f"coalesce({plain}, chr(1))"


def _joined(told: Iterable[str]) -> str:
    return f"concat_ws(chr(31), {', '.join(told)})"
