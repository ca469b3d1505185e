"""People of a small lake: their ids stay, merges are remembered, a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from huitou.identity import book

Record = tuple[str | None, str | None, str | None, str]


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE lines (member_no VARCHAR, phone VARCHAR, email VARCHAR, ordered_at TIMESTAMP)"
    )
    yield connection
    connection.close()


def arrive(lake: duckdb.DuckDBPyConnection, *records: Record) -> None:
    lake.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)", [list(each) for each in records])


def keys(lake: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(lake.execute("SELECT key, person_id FROM person_keys").fetchall())


def test_a_key_keeps_its_person(lake: duckdb.DuckDBPyConnection) -> None:
    arrive(lake, ("7", "+8613800138000", None, "2024-01-01"), ("8", None, None, "2024-01-02"))
    first = book.resolve(lake)
    before = keys(lake)
    again = book.resolve(lake)
    assert (first.people, first.fresh) == (2, 2)
    assert (again.people, again.fresh, again.merged) == (2, 0, 0)
    assert keys(lake) == before
    assert before["member:7"] == before["phone:+8613800138000"] != before["member:8"]


def test_a_merge_keeps_the_older_person_and_remembers_the_other(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    arrive(lake, ("7", None, None, "2024-01-01"), (None, "+8613800138000", None, "2024-02-01"))
    book.resolve(lake)
    before = keys(lake)
    arrive(lake, ("7", "+8613800138000", None, "2024-03-01"))
    assert book.resolve(lake).merged == 1
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
    book.resolve(lake)
    arrive(lake, ("7", None, "a@example.org", "2023-01-01"))
    book.resolve(lake)
    assert lake.execute("SELECT hold_key FROM people").fetchall() == [("member:7",)]


def test_a_line_without_a_key_stays_anonymous(lake: duckdb.DuckDBPyConnection) -> None:
    arrive(lake, (None, None, None, "2024-01-01"), ("7", None, None, "2024-01-01"))
    book.resolve(lake)
    people = lake.execute(f"SELECT person_id FROM ({book.with_people(lake)})").fetchall()
    assert sum(person is None for (person,) in people) == 1
