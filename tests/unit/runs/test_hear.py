"""What customers said, by the form or in their own words, as one table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from huitou.care import book as care
from huitou.care.cases import Answer, NewCase
from huitou.care.lessons import book as lessons
from huitou.runs.steps import hear
from huitou.store.books import Books

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


@pytest.fixture
def work(tmp_path: Path) -> Any:
    written: dict[str, pa.Table] = {}
    return SimpleNamespace(
        lake=SimpleNamespace(root=tmp_path),
        edition=SimpleNamespace(write=written.__setitem__),
        settings=SimpleNamespace(zone=ZoneInfo("Asia/Shanghai")),
        written=written,
    )


def answered(books: Books, person: str, why: str, words: str | None) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase(person, date(2026, 3, 1), 100, ())], NOW)
        (case,) = [row for row in care.listed(unit) if row["person_id"] == person]
        care.record_answer(unit, case["id"], Answer(why, None, words), "Ann", NOW)


def test_a_named_cause_stands_and_words_are_sorted_where_none_was_named(
    books: Books, work: Any
) -> None:
    answered(books, "p1", "price", "送来的时候汤全洒了")
    answered(books, "p2", "unknown", "送来的时候汤全洒了")
    answered(books, "p3", "unknown", None)
    with books.unit() as unit:
        assert hear.texts(work, unit)["rows"] == 2
    rows = {row["person_id"]: row for row in work.written["said"].to_pylist()}
    assert (rows["p1"]["cause"], rows["p1"]["share"]) == ("price", 1.0)
    assert rows["p2"]["cause"] == "delivery" and 0.5 < rows["p2"]["share"] < 1
    assert rows["p1"]["day"] == date(2026, 3, 3), "a day of the shop, not of London"


def test_what_was_taught_holds_at_the_next_run(books: Books, work: Any) -> None:
    answered(books, "p1", "unknown", "the bell is too loud for my dog")
    with books.unit() as unit:
        lessons.teach(unit, "the bell is too loud for my dog", "en", "service", "Ann", NOW)
        hear.texts(work, unit)
    assert work.written["said"].to_pylist()[0]["cause"] == "service"
