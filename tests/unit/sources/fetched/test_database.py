"""How a database is asked: one SELECT within another, and an address that holds no secret."""

from __future__ import annotations

from typing import Any, cast

import pytest

from huitou.ground.errors import BadInput
from huitou.sources.fetched import database
from huitou.sources.fetched.database import Asked, address_of, written


@pytest.mark.parametrize(
    ("backend", "name"),
    [("postgresql", '"changed at"'), ("mysql", "`changed at`"), ("mariadb", "`changed at`"),
     ("sqlite", '"changed at"'), ("duckdb", '"changed at"')],
)  # fmt: skip
def test_the_question_is_written_in_the_words_of_each_database(backend: str, name: str) -> None:
    first = written(backend, "SELECT 1 -- all of it", "changed at", None)
    assert first == f"SELECT * FROM (\nSELECT 1 -- all of it\n) AS asked ORDER BY asked.{name}"
    assert f"WHERE asked.{name} >= :after ORDER" in written(backend, "SELECT 1", "changed at", 7)


def test_only_the_place_of_the_cursor_is_a_place_for_a_value() -> None:
    assert "'at 12\\:30'" in written("mysql", "SELECT 'at 12:30' AS t", "t", None)


def test_a_name_of_a_column_cannot_leave_its_quotes() -> None:
    assert '"a""; DROP TABLE x"' in written("postgresql", "SELECT 1", 'a"; DROP TABLE x', None)


@pytest.mark.parametrize("query", ["", "  ;", "UPDATE x SET y = 1", "SELECT 1; SELECT 2", "CALL p"])
def test_anything_but_one_select_is_refused(query: str) -> None:
    with pytest.raises(BadInput, match="one SELECT"):
        database.checked(query)


@pytest.mark.parametrize(
    ("address", "reason"),
    [("mysql://a:b@h/d", "no password"), ("postgresql://h/d?password=b", "no password"),
     ("oracle://h/d", "not known"), ("where?", "no address")],
)  # fmt: skip
def test_an_address_that_cannot_stand_is_refused(address: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason) as told:
        address_of(address)
    assert ":b@" not in str(told.value)


def test_mysql_is_spoken_by_a_driver_that_is_there_and_reads_only() -> None:
    engine = database._engine(address_of("mysql://a@127.0.0.1/d"), "mysql", "secret")
    assert engine.dialect.driver == "pymysql" and "secret" not in repr(engine)
    assert database._READ_ONLY["mysql"] == ("SET SESSION TRANSACTION READ ONLY",)


def test_a_portion_ends_where_the_cursor_moves_on() -> None:
    class Answers:
        def ask(self, query: str, after: object) -> object:
            return ["c", "n"], iter([(1, 1), (1, 2), (1, 3), (2, 4), (3, 5), (None, 6)])

    asked = Asked(cast(Any, Answers()), "sqlite")
    found = list(asked.portions("SELECT 1", "c", None, size=2))
    assert [[row[1] for row in each.rows] for each in found] == [[1, 2, 3], [4, 5], [6]]
    assert [each.last for each in found] == [1, 3, None]
