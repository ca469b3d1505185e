"""What the facts of a large shop begin with, kept in the edition (`facts.held`).

A shop of some thousand customers is counted from its lines in a second. One of ten million keeps
its orders, purchase days and accounts, made a slice at a time: what is held in memory depends on
`SLICE` and not on the shop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from huitou.facts.contract import Tables
from huitou.facts.engine import engine_over
from huitou.facts.held import PIECES, SLICED

if TYPE_CHECKING:
    import duckdb

    from huitou.store.lake import Edition

LARGE = 2_000_000
"""Lines from which on it is worth it."""
SLICE = 5_000_000
"""Lines of a slice."""
SAMPLE = 20_000
"""Lines by which people are dealt into slices."""


def keep(
    edition: Edition,
    connection: duckdb.DuckDBPyConnection,
    tables: Callable[[], Tables],
    as_of: datetime,
) -> None:
    """Make each piece of an evening that is not there yet, and open it on the connection.

    `tables` tells the tables as they are by then, with the pieces that were kept before.
    """
    slices = -(-_count(connection) // SLICE)
    for name, make in PIECES.items():
        if not edition.has(name):
            query = engine_over(connection).compile(make(tables(), as_of))
            by = SLICED.get(name)
            parts = _slices(connection, by, slices) if by and slices > 1 else iter(["true"])
            queries = (f"SELECT * FROM ({query}) WHERE {part}" for part in parts)
            edition.copy_slices(connection, name, queries)
        edition.open(connection, name)


def _slices(connection: duckdb.DuckDBPyConnection, by: str, slices: int) -> Iterator[str]:
    if by == "mark":
        yield from (f"mark % {slices} = {number}" for number in range(slices))
        return
    named = connection.execute(
        f"SELECT person_id FROM lines WHERE person_id IS NOT NULL USING SAMPLE {SAMPLE} ROWS"
    ).fetchall()
    seen = sorted(row[0] for row in named)
    ends = sorted({seen[len(seen) * number // slices] for number in range(1, slices)})
    if not ends:
        yield "true"
        return
    yield f"person_id < '{ends[0]}'"
    yield from (f"person_id >= '{low}' AND person_id < '{high}'" for low, high in pairwise(ends))
    yield f"person_id >= '{ends[-1]}'"


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    found: Any = connection.execute("SELECT count(*) FROM lines").fetchone()
    return int(found[0])
