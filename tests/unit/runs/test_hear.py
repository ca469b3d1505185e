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
from huitou.care.calls import book as calls
from huitou.care.calls.outcomes import Outcome
from huitou.care.cases import Answer, NewCase
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Asking
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


def complained(books: Books, words: str, person: str | None = "p1") -> str:
    arrived = Arrived(f"k:{words}", words, "form", person_id=person)
    with books.unit() as unit:
        return str(complaints.receive(unit, arrived, NOW)["id"])


def cause_of(books: Books, complaint: str) -> tuple[str | None, float | None, str | None]:
    with books.reading() as unit:
        row = complaints.find(unit, complaint)
    return row["cause"], row["cause_share"], row["cause_by"]


def heard(books: Books, work: Any) -> int:
    with books.unit() as unit:
        return int(hear.texts(work, unit)["sorted"])


@pytest.mark.parametrize(
    "words",
    [
        "the parcel came two weeks late and broken",
        "包裹晚了两个星期才到，打开一看还摔坏了",
        "包裹晚了兩個星期才到，打開一看還摔壞了",
    ],
)
def test_a_complaint_nobody_sorted_is_sorted_by_its_words(
    books: Books, work: Any, words: str
) -> None:
    mine = complained(books, words)
    assert heard(books, work) == 1
    cause, share, by = cause_of(books, mine)
    assert cause == "delivery" and share is not None and 0.5 < share < 1 and by is None
    (row,) = work.written["said"].to_pylist()
    assert (row["source"], row["cause"], row["person_id"]) == ("complaint", "delivery", "p1")
    assert row["share"] == share
    assert heard(books, work) == 0, "the same again changes nothing"


def test_what_staff_say_of_a_complaint_stands_and_teaches_the_next_run(
    books: Books, work: Any
) -> None:
    first = complained(books, "the bell is too loud for my dog")
    heard(books, work)
    with books.unit() as unit:
        assert complaints.sort(unit, first, "service", None, "Ann")
        lessons.teach(unit, "the bell is too loud for my dog", "en", "service", "Ann", NOW)
    second = complained(books, "That bell is too loud for my dog!", "p2")
    heard(books, work)
    assert cause_of(books, first) == ("service", None, "Ann")
    cause, share, by = cause_of(books, second)
    assert cause == "service" and share is not None and by is None
    assert {row["person_id"]: row["share"] for row in work.written["said"].to_pylist()} == {
        "p1": 1.0,
        "p2": share,
    }


def test_what_staff_say_is_never_overwritten_though_the_words_say_otherwise(
    books: Books, work: Any
) -> None:
    mine = complained(books, "the parcel came two weeks late and broken")
    with books.unit() as unit:
        complaints.sort(unit, mine, "price", None, "Ann")
        assert not complaints.sort(unit, mine, "delivery", 0.99, None)
    assert heard(books, work) == 0
    assert cause_of(books, mine) == ("price", None, "Ann")


def test_what_an_interview_and_a_call_tell_is_heard_once_each(books: Books, work: Any) -> None:
    one = Asking("p1", date(2026, 3, 1), "email")
    with books.unit() as unit:
        interviews.ask(unit, [one], "salt", NOW)
        told = Answer("unknown", None, "the parcel came two weeks late and broken")
        interviews.answer(unit, one.id, told, "the page", NOW, "en")
    answered(books, "p2", "price", "too dear")
    for person, why, words in (("p2", "price", "too dear"), ("p3", "moved", None)):
        with books.unit() as unit:
            calls.add(unit, calls.NewCall(person, "Mei", NOW.date(), 10), NOW)
            mine = calls.open_of(unit, person)
            assert mine is not None
            came = Outcome("answered", words, why=why)
            calls.record(unit, mine["id"], came, "Mei", NOW, today=NOW.date())
    heard(books, work)
    rows = {(row["person_id"], row["source"]): row for row in work.written["said"].to_pylist()}
    assert {key: row["cause"] for key, row in rows.items()} == {
        ("p1", "interview"): "delivery",
        ("p2", "case"): "price",
        ("p3", "call"): "moved",
    }
    assert 0.5 < rows["p1", "interview"]["share"] < 1
