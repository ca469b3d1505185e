"""A look at all people of the lake: likely pairs, and who is joined with whom for the facts.

    look = look_for_doubles(lake, told, birthdays)

Keys alone say who a person is; what likeness and people's words add lies over it, in the table
`joins`, and every line is read through it. So two who are parted again are what they were before,
to the byte. Where nothing that is told of people has changed, the last look counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from huitou.identity.alike import levels, people
from huitou.identity.alike.judging import DOUBTFUL, HOUSEHOLD, ONE, Link, joined
from huitou.identity.alike.search import search
from huitou.identity.alike.tables import JOINS

MARKED = "CREATE TABLE IF NOT EXISTS alike_seen (mark VARCHAR NOT NULL, cut VARCHAR NOT NULL)"
PAIRS = """
CREATE TABLE IF NOT EXISTS alike_pairs (
    "left" VARCHAR NOT NULL, "right" VARCHAR NOT NULL, weight DOUBLE NOT NULL,
    chance DOUBLE NOT NULL, verdict VARCHAR NOT NULL, fields VARCHAR NOT NULL)"""

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Look:
    """What one look found."""

    pairs: pa.Table
    """left, right, weight, chance, fields (JSON), is_one: those to be kept in the books."""
    joins: Mapping[str, str]
    """Person -> who they are now, for those who are somebody else now."""
    cut: Mapping[str, float | None]
    """Where pairs were cut, and what is expected: merge, review, wrong, found."""


def look_for_doubles(
    lake: duckdb.DuckDBPyConnection,
    same: Pairs,
    different: Pairs,
    birthdays: Mapping[str, object] | None = None,
) -> Look:
    """Find pairs, and lay over the keys who is one: by likeness, and by what people said."""
    for table in (MARKED, PAIRS, JOINS):
        lake.execute(table)
    people.gather(lake, _table(birthdays or {}))
    cut = _pairs(lake)
    rows = lake.execute("FROM alike_pairs ORDER BY weight DESC, 1, 2").fetchall()
    now = _joined(lake, rows, same, different)
    _lay_over(lake, now)
    return Look(_to_keep(rows, now), now, cut)


def told_of(lake: duckdb.DuckDBPyConnection, those: Iterable[str]) -> pa.Table:
    """What is told of some people, as it was written."""
    return lake.execute(
        "FROM told_of_people WHERE person IN (SELECT unnest($those)) ORDER BY person",
        {"those": sorted(set(those))},
    ).to_arrow_table()


# -- inside


def _table(birthdays: Mapping[str, object]) -> pa.Table:
    days = pa.array(list(birthdays.values()), pa.date32())
    return pa.table({"person": pa.array(list(birthdays), pa.string()), "birthday": days})


def _pairs(lake: duckdb.DuckDBPyConnection) -> Mapping[str, float | None]:
    found = lake.execute(
        """SELECT count(*) || ':' || coalesce(bit_xor(hash(person, name, address, birthday,
        member_no, phones, emails)), 0) FROM told_of_people WHERE name IS NOT NULL"""
    ).fetchone()
    mark = str(found[0]) if found else ""
    before = lake.execute("SELECT cut FROM alike_seen WHERE mark = $mark", {"mark": mark})
    if (row := before.fetchone()) is not None:
        return dict(json.loads(row[0]))
    cut = _search(lake)
    lake.execute("DELETE FROM alike_seen")
    lake.execute("INSERT INTO alike_seen VALUES (?, ?)", [mark, json.dumps(cut)])
    return cut


def _search(lake: duckdb.DuckDBPyConnection) -> dict[str, float | None]:
    lake.execute("DELETE FROM alike_pairs")
    if not people.spell(lake) or not people.are_worth_a_look(lake):
        return {"merge": None, "review": 0.0, "wrong": 0.0, "found": 0.0}
    seen = search(lake, people.ranks(lake))
    fields = [name for name in levels.FIELDS if name in seen.pairs.column_names]
    kept = [
        (row["left"], row["right"], row["weight"], row["likely"], row["verdict"],
         json.dumps({name: row[name] for name in fields if row[name] is not None}))
        for row in seen.pairs.to_pylist() if row["verdict"] in (ONE, DOUBTFUL, HOUSEHOLD)
    ]  # fmt: skip
    if kept:
        lake.executemany("INSERT INTO alike_pairs VALUES (?, ?, ?, ?, ?, ?)", kept)
    return dict(vars(seen.cut))


def _joined(
    lake: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]], same: Pairs, different: Pairs
) -> dict[str, str]:
    merged = dict(
        lake.execute(
            "SELECT person_id, merged_into FROM people WHERE merged_into IS NOT NULL"
        ).fetchall()
    )

    def by_keys(pairs: Pairs) -> list[tuple[str, str]]:
        """The same two, by the ids that keys give them today."""
        today = [(merged.get(one, one), merged.get(other, other)) for one, other in pairs]
        return [(one, other) for one, other in today if one != other]

    households = [(row[0], row[1]) for row in rows if row[4] == HOUSEHOLD]
    links = [Link(row[0], row[1], row[2]) for row in rows if row[4] == ONE]
    apart = [*by_keys(different), *households]
    ranks = people.ranks(lake)
    told = [pair for pair in by_keys(same) if set(pair) <= ranks.keys()]
    return joined(links, apart, ranks, told)


def _lay_over(lake: duckdb.DuckDBPyConnection, now: Mapping[str, str]) -> None:
    lake.execute("DELETE FROM joins")
    if now:
        lake.executemany("INSERT INTO joins VALUES (?, ?)", sorted(now.items()))


def _to_keep(rows: Sequence[tuple[Any, ...]], now: Mapping[str, str]) -> pa.Table:
    kept = []
    for left, right, weight, chance, verdict, fields in rows:
        are_one = now.get(left, left) == now.get(right, right)
        if verdict == HOUSEHOLD or (are_one and verdict != ONE):
            continue
        kept.append((left, right, weight, chance, fields, are_one))
    columns = list(zip(*kept, strict=True)) or [()] * len(KEPT)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, KEPT, strict=True)]
    return pa.Table.from_arrays(arrays, schema=KEPT)


KEPT = pa.schema(
    [
        ("left", pa.string()),
        ("right", pa.string()),
        ("weight", pa.float64()),
        ("chance", pa.float64()),
        ("fields", pa.string()),
        ("is_one", pa.bool_()),
    ]
)
