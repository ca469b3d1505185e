"""People of a small lake: their ids stay, merges are remembered, a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.decisions.holdout import Holdout
from huitou.identity import resolving

Record = tuple[str | None, str | None, str | None, str]
LINES = """CREATE TABLE lines (member_no VARCHAR, phone VARCHAR, email VARCHAR,
    ordered_at TIMESTAMP, name VARCHAR, address VARCHAR)"""


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(LINES)
    yield connection
    connection.close()


def arrive(lake: duckdb.DuckDBPyConnection, *records: Record) -> None:
    if records:
        lake.executemany(
            "INSERT INTO lines (member_no, phone, email, ordered_at) VALUES (?, ?, ?, ?)",
            [list(each) for each in records],
        )


def keys(lake: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(lake.execute("SELECT key, person_id FROM person_keys").fetchall())


def alive(lake: duckdb.DuckDBPyConnection) -> set[str]:
    found = lake.execute("SELECT person_id FROM people WHERE merged_into IS NULL").fetchall()
    return {person for (person,) in found}


def test_a_key_keeps_its_person(lake: duckdb.DuckDBPyConnection) -> None:
    arrive(lake, ("7", "+8613800138000", None, "2024-01-01"), ("8", None, None, "2024-01-02"))
    first = resolving.resolve(lake)
    before = keys(lake)
    again = resolving.resolve(lake)
    assert (first.people, first.fresh) == (2, 2)
    assert (again.people, again.fresh, again.merged) == (2, 0, 0)
    assert keys(lake) == before
    assert before["member:7"] == before["phone:+8613800138000"] != before["member:8"]


def test_a_merge_keeps_the_older_person_and_remembers_the_other(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    arrive(lake, ("7", None, None, "2024-01-01"), (None, "+8613800138000", None, "2024-02-01"))
    resolving.resolve(lake)
    before = keys(lake)
    arrive(lake, ("7", "+8613800138000", None, "2024-03-01"))
    assert resolving.resolve(lake).merged == 1
    after = keys(lake)
    assert after["phone:+8613800138000"] == before["member:7"]
    alias = lake.execute(
        "SELECT merged_into FROM people WHERE person_id = ?", [before["phone:+8613800138000"]]
    ).fetchone()
    assert alias == (before["member:7"],)


def test_the_hold_out_key_stays_the_oldest_through_a_merge(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    arrive(lake, ("7", None, None, "2024-01-01"))
    resolving.resolve(lake)
    arrive(lake, ("7", None, "a@example.org", "2023-01-01"))
    resolving.resolve(lake)
    assert lake.execute("SELECT hold_key FROM people").fetchall() == [("member:7",)]


def test_a_split_leaves_the_lot_where_it_was_drawn_and_remembers_whose_keys_they_were(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    phone = "+8613800138000"
    arrive(lake, ("1", phone, None, "2024-01-01"))
    resolving.resolve(lake)
    before = keys(lake)
    # An older export knows the phone alone; then it turns out to be a household's.
    arrive(lake, (None, phone, None, "2020-01-01"), ("2", phone, None, "2024-02-01"))
    resolving.resolve(lake)
    after = keys(lake)
    held = dict(lake.execute("SELECT hold_key, person_id FROM people").fetchall())
    assert len(held) == len(set(after.values())) == 3
    assert after["member:1"] == before["member:1"] == held["member:1"]
    split = (after[f"phone:{phone}"], before["member:1"])
    assert lake.execute("SELECT * FROM person_splits").fetchall() == [split]
    assert resolving.resolve(lake).fresh == 0
    assert lake.execute("SELECT * FROM person_splits").fetchall() == [split]


RECORDS = st.tuples(
    st.sampled_from([None, "1", "2"]),
    st.sampled_from(["+8613800138000", None]),
    st.sampled_from([None, "a@example.org"]),
    st.sampled_from(["2024-01-01", "2020-01-01"]),
)
FILES = st.lists(st.lists(RECORDS, min_size=1, max_size=3), min_size=3, max_size=4)
REPLACED = st.sampled_from(["false", "member_no IS NOT NULL"])
"""Lines that a later file replaces."""


@given(FILES, st.data())
def test_no_lot_is_ever_drawn_by_two_people(files: list[list[Record]], data: st.DataObject) -> None:
    with duckdb.connect() as lake:
        lake.execute(LINES)
        for file in files:
            lake.execute(f"DELETE FROM lines WHERE {data.draw(REPLACED)}")
            arrive(lake, *file)
            resolving.resolve(lake)
            people = lake.execute("SELECT hold_key FROM people WHERE merged_into IS NULL")
            held = [key for (key,) in people.fetchall()]
            assert len(held) == len(set(held))
            assert set(keys(lake).values()) <= alive(lake)


@given(FILES)
def test_nobody_changes_their_arm_when_others_join_or_merge(files: list[list[Record]]) -> None:
    """Whoever is still somebody after a file is in the arm that they were in before it."""
    lot = Holdout("salt", 0.5)
    with duckdb.connect() as lake:
        lake.execute(LINES)
        arms: dict[str, bool] = {}
        for file in files:
            arrive(lake, *file)
            resolving.resolve(lake)
            resolving.resolve(lake)  # a restart works the same evening through again
            drawn = lake.execute("SELECT person_id, hold_key FROM people").fetchall()
            now = {person: lot.holds(key) for person, key in drawn}
            assert all(now[person] == arm for person, arm in arms.items())
            arms = now


def test_a_line_without_a_key_stays_anonymous(lake: duckdb.DuckDBPyConnection) -> None:
    arrive(lake, (None, None, None, "2024-01-01"), ("7", None, None, "2024-01-01"))
    resolving.resolve(lake)
    resolving.look_back(lake, datetime(2024, 2, 1))
    people = lake.execute(f"SELECT person_id FROM ({resolving.with_people(lake)})").fetchall()
    assert sum(person is None for (person,) in people) == 1


def who_is_who(lake: duckdb.DuckDBPyConnection, table: str, evening: datetime) -> set[frozenset]:
    """The keys seen before an evening, as the people they belong to."""
    people: dict[str, set[str]] = {}
    for key, person in lake.execute(f"SELECT key, person_id FROM {table}").fetchall():
        kind, value = key.split(":", 1)
        column = {"member": "member_no"}.get(kind, kind)
        told = f"SELECT 1 FROM lines WHERE {column} = ? AND ordered_at < ?"
        if lake.execute(told, [value, evening]).fetchone():
            people.setdefault(person, set()).add(key)
    return set(map(frozenset, people.values()))


@given(FILES)
def test_looking_back_nobody_is_one_with_another_or_parted_by_later_lines(
    files: list[list[Record]],
) -> None:
    evening = datetime(2022, 1, 1)
    known = [record for file in files for record in file if record[3] < "2022"]
    with duckdb.connect() as lake, duckdb.connect() as then:
        for each in (lake, then):
            each.execute(LINES)
        arrive(then, *known)
        resolving.resolve(then)
        for file in files:
            arrive(lake, *file)
            resolving.resolve(lake)
        resolving.look_back(lake, evening)
        told = who_is_who(then, "person_keys", evening)
        assert who_is_who(lake, "keys_then", evening) == told
        held = """
            SELECT hold_key FROM people WHERE merged_into IS NULL
            UNION ALL SELECT hold_key FROM apart"""
        keys_held = [key for (key,) in lake.execute(held).fetchall()]
        assert len(keys_held) == len(set(keys_held))


def test_who_is_one_only_since_is_apart_under_the_id_of_before(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    arrive(lake, ("7", None, None, "2024-01-01"), (None, "+8613800138000", None, "2024-02-01"))
    resolving.resolve(lake)
    before = keys(lake)
    arrive(lake, ("7", "+8613800138000", None, "2024-03-01"))
    resolving.resolve(lake)
    resolving.look_back(lake, datetime(2024, 2, 15))
    then = dict(lake.execute("SELECT key, person_id FROM keys_then").fetchall())
    assert then == before and lake.execute(resolving.tables.MERGED).fetchall() == []
    resolving.look_back(lake, datetime(2024, 4, 1))
    now = dict(lake.execute("SELECT key, person_id FROM keys_then").fetchall())
    assert now == keys(lake) and len(lake.execute(resolving.tables.MERGED).fetchall()) == 1
