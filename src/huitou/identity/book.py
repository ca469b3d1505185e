"""Resolving the people of the lake: reads new keys, keeps old names, writes whose line is whose."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from huitou.ground.ids import new_ids
from huitou.identity import match, tables


@dataclass(frozen=True)
class Resolved:
    """What one resolution did."""

    people: int
    fresh: int
    merged: int


def resolve(lake: duckdb.DuckDBPyConnection) -> Resolved:
    """Bring `person_keys` and `people` up to date with the table `lines`.

    Person ids are random and stay: a key seen before keeps its person, and a merge keeps the older
    person and remembers the other as an alias. Run twice, the second changes nothing.
    """
    lake.execute(tables.PERSON_KEYS)
    lake.execute(tables.PEOPLE)
    keys = _keys(lake)
    if not keys.num_rows:
        return Resolved(0, 0, 0)
    group = match.groups(_links(lake, keys.num_rows))
    known_names, known = _codes(keys["person_id"])
    seen = keys["first_seen"].cast(pa.int64()).to_numpy().astype(np.float64)
    person_of, merged = match.claims(group, known, seen)
    fresh = np.flatnonzero(person_of == match.NONE)
    names = np.array([*known_names, *new_ids(fresh.size)], dtype=object)
    person_of[fresh] = len(known_names) + np.arange(fresh.size)
    _write(lake, keys, names[person_of[group]])
    _remember(lake, [(str(names[old]), str(names[into])) for old, into in merged])
    return Resolved(int(person_of.size), int(fresh.size), len(merged))


def with_people(lake: duckdb.DuckDBPyConnection) -> str:
    """SQL that reads `lines` with the `person_id` and `key` of each line (NULL when anonymous)."""
    lake.execute(tables.PERSON_KEYS)
    return f"""
        SELECT l.*, k.person_id
        FROM lines l LEFT JOIN person_keys k ON k.key = {tables.STRONGEST_KEY}"""


def _keys(lake: duckdb.DuckDBPyConnection) -> pa.Table:
    """All distinct keys with their code (row number), first sight and known person."""
    return lake.execute("""
        CREATE OR REPLACE TEMP TABLE arriving_keys AS
        WITH seen AS (
            SELECT 'member:' || member_no AS key, ordered_at FROM lines
            UNION ALL SELECT 'phone:' || phone, ordered_at FROM lines
            UNION ALL SELECT 'email:' || email, ordered_at FROM lines
        ), firsts AS (
            SELECT key, min(ordered_at) AS first_seen FROM seen WHERE key IS NOT NULL GROUP BY key
        )
        SELECT f.key, least(f.first_seen, k.first_seen) AS first_seen, k.person_id,
               row_number() OVER (ORDER BY f.key) - 1 AS code
        FROM firsts f LEFT JOIN person_keys k USING (key);
        SELECT key, first_seen, person_id FROM arriving_keys ORDER BY code""").to_arrow_table()


def _links(lake: duckdb.DuckDBPyConnection, keys: int) -> match.Links:
    found = lake.execute(f"""
        WITH records AS (SELECT DISTINCT member_no, phone, email FROM lines
                         WHERE coalesce(member_no, phone, email) IS NOT NULL)
        SELECT coalesce(m.code, {match.NONE}) AS member, coalesce(p.code, {match.NONE}) AS phone,
               coalesce(e.code, {match.NONE}) AS email
        FROM records r
        LEFT JOIN arriving_keys m ON m.key = 'member:' || r.member_no
        LEFT JOIN arriving_keys p ON p.key = 'phone:' || r.phone
        LEFT JOIN arriving_keys e ON e.key = 'email:' || r.email""").fetchnumpy()
    member, phone, email = (
        np.asarray(found[name], dtype=np.int64) for name in ("member", "phone", "email")
    )
    return match.Links(member, phone, email, keys)


def _codes(names: pa.ChunkedArray) -> tuple[list[str], match.Codes]:
    encoded = names.combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(match.NONE).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), codes.astype(np.int64)


def _write(lake: duckdb.DuckDBPyConnection, keys: pa.Table, people: np.ndarray) -> None:
    resolved = pa.table(
        {"key": keys["key"], "person_id": pa.array(people, pa.string()), "seen": keys["first_seen"]}
    )
    lake.register("resolved", resolved)
    # Replaced whole: DuckDB checks keys eagerly, so delete-and-insert of one key in a unit fails.
    lake.execute("""
        CREATE OR REPLACE TABLE person_keys AS
        SELECT key, person_id, seen AS first_seen FROM resolved""")
    lake.execute("""
        INSERT INTO people
        SELECT person_id, arg_min(key, (seen, key)), NULL, min(seen)
        FROM resolved ANTI JOIN people USING (person_id) GROUP BY person_id""")
    lake.unregister("resolved")


def _remember(lake: duckdb.DuckDBPyConnection, merged: list[tuple[str, str]]) -> None:
    for old, into in merged:
        lake.execute(
            "UPDATE people SET merged_into = ? WHERE person_id = ? OR merged_into = ?",
            [into, old, old],
        )
