"""What the facts of a large shop begin with, kept in the edition (`facts.held`).

A shop of some thousand customers is counted from its lines in a second. One of ten million keeps
its orders, purchase days and accounts, made a slice at a time: what is held in memory depends on
`SLICE` and not on the shop. The next day's run goes on from them, and costs what the day holds,
unless something was learnt of the days before: then they are made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import ibis

from huitou.facts.accounts import in_place_of
from huitou.facts.contract import Tables
from huitou.facts.engine import engine_over
from huitou.facts.held import GOES_ON, GROWING, PIECES, SLICED, cohorts_since, holding, since
from huitou.facts.kernel import moment as at
from huitou.identity.tables import JOINED, MERGED, SPLIT
from huitou.runs.moment import FORMAT, Moment

if TYPE_CHECKING:
    import duckdb

    from huitou.store.lake import Edition

LARGE = 2_000_000
"""Lines from which on it is worth it."""
SLICE = 5_000_000
"""Lines of a slice."""
SAMPLE = 20_000
"""Lines by which people are dealt into slices."""
ONCE = frozenset({"accounts", "first_purchases"})
"""Pieces in which everybody has one row."""
MOST_PARTS = 60
"""Days that are added to what was made as a whole, before it is made as a whole again."""
FILES = {name: f"kept_{name}" for name in PIECES}
"""The table of the edition that holds each piece."""
ACCOUNTS_SINCE = "kept_accounts_since"
"""Accounts that take the place of those of the same people in the others."""
KEPT = (*FILES.values(), ACCOUNTS_SINCE)


def with_pieces(tables: Tables, connection: Any, as_of: datetime) -> Tables:
    """The tables with the pieces of that evening that are open on the connection."""
    backend = engine_over(connection)
    there = set(backend.list_tables())
    for name, file in FILES.items():
        if file in there:
            piece = backend.table(file)
            if name == "accounts" and ACCOUNTS_SINCE in there:
                piece = in_place_of(piece, backend.table(ACCOUNTS_SINCE))
            tables = holding(tables, as_of, name, piece)
    return tables


def keep(
    edition: Edition, connection: duckdb.DuckDBPyConnection, tables: Tables, as_of: datetime
) -> None:
    """Make each piece of an evening that is not there yet, and open it on the connection."""
    many = edition.rows("lines")
    for name, file in FILES.items():
        if not edition.has(file):
            made = PIECES[name](with_pieces(tables, connection, as_of), as_of)
            queries = in_slices(connection, made, SLICED.get(name), many)
            edition.copy_slices(connection, file, queries, of_each=name in ONCE)
        edition.open(connection, file)


def in_slices(
    connection: duckdb.DuckDBPyConnection, made: ibis.Table, by: str | None, lines: int
) -> Iterator[str]:
    """Queries that together answer with a fact of so many lines, a slice of its rows each.

    `by` is the column that deals the rows, `mark` or `person_id`; None: all at once.
    """
    query, slices = typed(connection, made), -(-lines // SLICE)
    parts = _slices(connection, by, slices) if by and slices > 1 else ["true"]
    for part in parts:
        yield f"SELECT * FROM ({query}) WHERE {part}"


def add_a_day(
    edition: Edition,
    before: Edition,
    connection: duckdb.DuckDBPyConnection,
    tables: Tables,
    as_of: datetime,
) -> None:
    """Add what was ordered since the evening of an earlier edition to the pieces it keeps.

    `tables` are those of `edition` without pieces; the lines that are new must be as `continued`
    found them.
    """
    then = Moment.read(before.noted("moment")).as_of
    for name in KEPT:
        if before.has(name):
            before.open(connection, name)
    held = with_pieces(tables, connection, then)
    news = Tables(tables.lines.filter(tables.lines.ordered_at >= at(then)), zone=tables.zone)
    more = {name: typed(connection, made) for name, made in since(held, then, news, as_of).items()}
    for name in GROWING:
        if not edition.has(FILES[name]):
            edition.extend(connection, FILES[name], before, more[name])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE newer AS {more['accounts']}")
    if not edition.has(ACCOUNTS_SINCE):
        parts = ["FROM newer"]
        if before.has(ACCOUNTS_SINCE):
            parts.append(f"FROM {ACCOUNTS_SINCE} ANTI JOIN newer USING (person_id)")
        edition.copy_slices(connection, ACCOUNTS_SINCE, parts, of_each=True)
    if not edition.has(FILES["cohort_months"]):
        newer = engine_over(connection).table("newer")
        cohorts = cohorts_since(held, then, news, as_of, newer)
        edition.copy(connection, FILES["cohort_months"], typed(connection, cohorts))
    if not edition.has(FILES["accounts"]):
        edition.link(FILES["accounts"], before)
    for file in (*(FILES[name] for name in GOES_ON), ACCOUNTS_SINCE):
        edition.open(connection, file)


def typed(connection: duckdb.DuckDBPyConnection, made: ibis.Table) -> str:
    """The SQL of a fact or a piece, of the very types that it counts with: a sum of whole numbers
    is wider in DuckDB, and would be kept as a float."""
    told = [
        f'"{name}"::BIGINT AS "{name}"' if kind.is_int64() else f'"{name}"'
        for name, kind in made.schema().items()
    ]
    return f"SELECT {', '.join(told)} FROM ({engine_over(connection).compile(made)})"


def arrived(lake: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """A mark of all lines that are known: the moment of the last to come, and how many."""
    ((last, count),) = lake.execute("SELECT max(loaded_at), count(*) FROM lines").fetchall()
    return {"until": str(last), "lines": count}


def continued(lake: duckdb.DuckDBPyConnection, before: Edition | None, day: Moment) -> str | None:
    """SQL that is true of the lines that are new since an earlier edition, where nothing that it
    knew has changed since; None where something has, or it keeps nothing to go on from."""
    mark = before.noted("arrived") if before is not None else None
    wanted = [FILES[name] for name in GOES_ON]
    if before is None or mark is None or not all(map(before.has, wanted)):
        return None
    written = before.noted("moment")
    if written.get("format") != FORMAT or len(before.parts(FILES["orders"])) > MOST_PARTS:
        return None
    then = Moment.read(written)
    if then.day >= day.day or then.zone != day.zone:
        return None
    old, new = (f"loaded_at {sign} TIMESTAMP '{mark['until']}'" for sign in ("<=", ">"))
    evening, tonight = f"TIMESTAMP '{then.as_of}'", f"TIMESTAMP '{day.as_of}'"
    known = lake.execute(f"SELECT count(*) FROM lines WHERE {old}").fetchone() == (mark["lines"],)
    surprises = (
        f"SELECT 1 FROM lines WHERE {new} AND ordered_at < {evening}",
        f"SELECT 1 FROM lines WHERE ordered_at >= {tonight}",
        f"SELECT 1 FROM lines WHERE {old} AND ordered_at >= {evening}",
        f"SELECT 1 FROM lines_before WHERE replaced_at > TIMESTAMP '{mark['until']}'",
        f"SELECT 1 FROM profiles WHERE {new}",
        "SELECT 1 FROM apart",
        f"""SELECT 1 FROM (FROM lines WHERE {new}) n
            SEMI JOIN (FROM lines WHERE {old}) o USING (source, order_id)""",
    )
    if not known or any(lake.execute(f"{each} LIMIT 1").fetchone() for each in surprises):
        return None
    same = all(
        _rows(lake, query) == sorted(map(tuple, _values(before, name)))
        for name, query in (("merged", MERGED), ("joined", JOINED), ("split", SPLIT))
    )
    return new if same else None


def _values(edition: Edition, name: str) -> Iterator[tuple[Any, ...]]:
    table = edition.table(name)
    yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def _rows(lake: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return sorted(lake.execute(query).fetchall())


def _slices(connection: duckdb.DuckDBPyConnection, by: str, slices: int) -> list[str]:
    """Conditions of which each row fulfils one. An engine asks them of the lines: they compare a
    column with a value, and do nothing else to it."""
    ends = _marks(slices) if by == "mark" else _ends(connection, slices)
    if not ends:
        return ["true"]
    between = [f"{by} >= {low} AND {by} < {high}" for low, high in pairwise(ends)]
    return [f"{by} < {ends[0]}", *between, f"{by} >= {ends[-1]}"]


def _marks(slices: int) -> list[str]:
    """Marks before which a slice ends: whole numbers of 64 bits, of which each is as likely.

    Every slice looks at all lines and holds two numbers of each that is its own, so few will do.
    """
    few = -(-slices // 16)
    return [str(2**64 * number // few - 2**63) for number in range(1, few)]


def _ends(connection: duckdb.DuckDBPyConnection, slices: int) -> list[str]:
    """People before whom a slice ends, in quotes, so that each holds about as many lines."""
    named = connection.execute(
        f"SELECT person_id FROM lines WHERE person_id IS NOT NULL USING SAMPLE {SAMPLE} ROWS"
    ).fetchall()
    seen = sorted(row[0] for row in named)
    ends = sorted({seen[len(seen) * number // slices] for number in range(1, slices) if seen})
    return [f"'{end}'" for end in ends]
