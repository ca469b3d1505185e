"""Resolving the people of the lake: reads new keys, keeps old names, writes whose line is whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from huitou.ground.ids import fingerprint, new_ids
from huitou.identity import match, tables
from huitou.identity.alike.tables import JOINS
from huitou.sources.live import tables as live

KEYS_THEN = """
CREATE OR REPLACE TEMP VIEW keys_then AS
SELECT key, coalesce(survivor, person_id) AS person_id FROM {keys} LEFT JOIN joins USING (person_id)
"""


@dataclass(frozen=True)
class Resolved:
    """What one resolution did."""

    people: int
    fresh: int
    merged: int


def resolve(lake: duckdb.DuckDBPyConnection) -> Resolved:
    """Bring `person_keys` and `people` up to date with the table `lines`.

    Person ids are random and stay: a key seen before keeps its person. A merge keeps the older
    person and remembers the other as an alias; where keys part, it is remembered whose they were.
    Run twice, the second changes nothing.
    """
    for table in (tables.PERSON_KEYS, tables.PEOPLE, tables.PERSON_SPLITS):
        lake.execute(table)
    _records(lake)
    keys = _keys(lake)
    if not keys.num_rows:
        return Resolved(0, 0, 0)
    group = match.groups(_links(lake, keys.num_rows))
    known_names, known = _codes(keys["person_id"])
    person_of, merged = _claims(keys, group, known)
    fresh = np.flatnonzero(person_of == match.NONE)
    names = np.array([*known_names, *new_ids(fresh.size)], dtype=object)
    person_of[fresh] = len(known_names) + np.arange(fresh.size)
    _write(lake, keys, names[person_of[group]])
    _remember(lake, [(str(names[old]), str(names[into])) for old, into in merged])
    parted = _parted(known, person_of[group], merged)
    _keep_apart(lake, [(str(names[person]), str(names[origin])) for person, origin in parted])
    return Resolved(int(person_of.size), int(fresh.size), len(merged))


def with_people(lake: duckdb.DuckDBPyConnection, table: str = "lines") -> str:
    """SQL that reads `lines` (or `lines_before`) with the `person_id` of each (NULL when
    anonymous), as `look_back` left the keys; where a line says no name or address, it has what its
    customer said of themselves."""
    live.create(lake)
    own = ", ".join(f"arg_max({name}, told_at) AS own_{name}" for name in ("name", "address"))
    return f"""
        SELECT l.* REPLACE (coalesce(l.name, p.own_name) AS name,
            coalesce(l.address, p.own_address) AS address), k.person_id
        FROM {table} l LEFT JOIN keys_then k ON k.key = {tables.STRONGEST_KEY}
        LEFT JOIN (SELECT key AS own_key, {own} FROM profiles GROUP BY key) p
            ON p.own_key = {tables.STRONGEST_KEY}"""


def _records(lake: duckdb.DuckDBPyConnection, evening: datetime = datetime.max) -> None:
    """The view `records`: who is named with whom, by orders and by people's own word until then."""
    live.create(lake)
    lake.execute(f"""
        CREATE OR REPLACE TEMP VIEW records AS FROM (
            SELECT member_no, phone, email, ordered_at AS seen_at FROM lines
            UNION ALL SELECT member_no, phone, email, first_at FROM profiles
        ) WHERE seen_at < TIMESTAMP '{evening}'""")


def look_back(lake: duckdb.DuckDBPyConnection, evening: datetime) -> None:
    """Who was known to be whom at a moment: later lines make nobody one, and part nobody.

    Leaves `keys_then` (key, person_id) and `apart` (person_id, hold_key), for this connection
    alone: whoever is one with another only since is apart, under the id they had before or, where
    they never had one, an id made of a key of theirs and the id they have now.
    """
    for table in (tables.PERSON_KEYS, tables.PEOPLE, JOINS):
        lake.execute(table)
    lake.execute(KEYS_THEN.format(keys="person_keys"))
    lake.execute("CREATE OR REPLACE TEMP TABLE apart (person_id VARCHAR, hold_key VARCHAR)")
    later = lake.execute("SELECT 1 FROM lines WHERE ordered_at >= ? LIMIT 1", [evening]).fetchone()
    if later is None:
        return
    _records(lake, evening)
    keys = _keys(lake)
    if keys.num_rows:
        _name_then(lake, keys, match.groups(_links(lake, keys.num_rows)))


def _name_then(lake: duckdb.DuckDBPyConnection, keys: pa.Table, group: match.Codes) -> None:
    names, known = _codes(keys["person_id"])
    person_of, _merged = _claims(keys, group, known)
    called = np.array([*names, None], dtype=object)[person_of]
    key = np.array(keys["key"].to_pylist(), dtype=object)
    before = dict(lake.execute(tables.HELD_BEFORE).fetchall())
    apart = []
    for nameless in np.flatnonzero(person_of == match.NONE):
        theirs = np.flatnonzero(group == nameless)
        # Keys stand in the order of the alphabet: the first is the same at every look.
        own = next((at for at in theirs if key[at] in before), theirs[0])
        hold = key[own]
        called[nameless] = before.get(hold) or fingerprint(names[known[own]], hold)
        apart.append((called[nameless], hold))
    then = pa.table({"key": keys["key"], "person_id": pa.array(called[group], pa.string())})
    lake.register("then", then)
    lake.execute("""
        CREATE OR REPLACE TEMP TABLE named_then AS FROM "then"
        UNION ALL SELECT key, person_id FROM person_keys ANTI JOIN "then" USING (key)""")
    lake.unregister("then")
    lake.execute(KEYS_THEN.format(keys="named_then"))
    if apart:
        lake.executemany("INSERT INTO apart VALUES (?, ?)", apart)


def _claims(
    keys: pa.Table, group: match.Codes, known: match.Codes
) -> tuple[match.Codes, match.Codes]:
    seen = keys["first_seen"].cast(pa.int64()).to_numpy().astype(np.float64)
    return match.claims(group, known, seen, keys["holds"].to_numpy())


def _keys(lake: duckdb.DuckDBPyConnection) -> pa.Table:
    """All distinct keys with their code (row number), first sight, known person, and `holds`.

    A key that draws somebody's lot is theirs, even when no line carried it for a while.
    """
    return lake.execute("""
        CREATE OR REPLACE TEMP TABLE arriving_keys AS
        WITH seen AS (
            SELECT 'member:' || member_no AS key, seen_at FROM records
            UNION ALL SELECT 'phone:' || phone, seen_at FROM records
            UNION ALL SELECT 'email:' || email, seen_at FROM records
        ), firsts AS (
            SELECT key, min(seen_at) AS first_seen FROM seen WHERE key IS NOT NULL GROUP BY key
        )
        SELECT f.key, least(f.first_seen, k.first_seen) AS first_seen,
               coalesce(k.person_id, h.person_id) AS person_id,
               coalesce(coalesce(k.person_id, h.person_id) = h.person_id, false) AS holds,
               row_number() OVER (ORDER BY f.key) - 1 AS code
        FROM firsts f LEFT JOIN person_keys k USING (key)
        LEFT JOIN people h ON h.hold_key = f.key AND h.merged_into IS NULL;
        SELECT key, first_seen, person_id, holds FROM arriving_keys
        ORDER BY code""").to_arrow_table()


def _links(lake: duckdb.DuckDBPyConnection, keys: int) -> match.Links:
    found = lake.execute(f"""
        WITH named AS (SELECT DISTINCT member_no, phone, email FROM records
                       WHERE coalesce(member_no, phone, email) IS NOT NULL)
        SELECT coalesce(m.code, {match.NONE}) AS member, coalesce(p.code, {match.NONE}) AS phone,
               coalesce(e.code, {match.NONE}) AS email
        FROM named r
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


def _parted(known: match.Codes, now: match.Codes, merged: match.Codes) -> list[tuple[int, int]]:
    """(person, whose keys they were) for keys that left their person otherwise than by a merge."""
    left = (known != match.NONE) & (known != now)
    pairs = set(zip(now[left].tolist(), known[left].tolist(), strict=True))
    return sorted(pairs - {(into, old) for old, into in merged.tolist()})


def _remember(lake: duckdb.DuckDBPyConnection, merged: list[tuple[str, str]]) -> None:
    for old, into in merged:
        lake.execute(
            "UPDATE people SET merged_into = ? WHERE person_id = ? OR merged_into = ?",
            [into, old, old],
        )


def _keep_apart(lake: duckdb.DuckDBPyConnection, parted: list[tuple[str, str]]) -> None:
    for person, origin in parted:
        lake.execute(
            """INSERT INTO person_splits SELECT $person, $origin WHERE NOT EXISTS (
                FROM person_splits WHERE person_id = $person AND came_from = $origin)""",
            {"person": person, "origin": origin},
        )
