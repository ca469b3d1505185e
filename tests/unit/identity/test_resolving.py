"""People of a small lake: their ids stay, merges are remembered, a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

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
    people = lake.execute(f"SELECT person_id FROM ({resolving.with_people(lake)})").fetchall()
    assert sum(person is None for (person,) in people) == 1
