"""The parts about alarms, cases, calls and fixes, written from real rows of the books."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from huitou.care import book as care
from huitou.care.alarms import book as alarm_book
from huitou.care.alarms.bells import Bell
from huitou.care.calls import book as call_book
from huitou.care.calls.book import NewCall
from huitou.care.calls.outcomes import Outcome
from huitou.care.casefiles import book as files
from huitou.care.casefiles.notes import Note
from huitou.care.cases import Answer, NewCase
from huitou.care.fixes import book as fixes
from huitou.care.fixes.rules import Fix
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.runs.kept import keep, recall
from huitou.runs.report.page import Page
from huitou.runs.report.rooms import ROOMS
from huitou.runs.report.span import Span
from huitou.runs.told import Section
from huitou.store.books import Books

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
DAY = NOW.date()
SHOP = Settings(timezone="UTC", currency="GBP", staff_hourly=3000)
LAST_WEEK = NOW - timedelta(days=9)


@dataclass
class Edition:
    """Tables by name."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.tables

    def table(self, name: str, columns: Any = None, only: Any = None) -> pa.Table:
        rows = self.tables[name]
        if only is not None:
            rows = [row for row in rows if row[only[0]] in only[1]]
        return pa.Table.from_pylist(rows) if rows else pa.table({})


@dataclass
class Work:
    """A run that knows the last day and what it published."""

    edition: Edition
    settings: Settings = SHOP
    now: datetime = NOW
    day: date = DAY
    is_foreseen: bool = True


@pytest.fixture
def books(tmp_path: Path) -> Books:
    made = Books.in_folder(tmp_path)
    made.migrate()
    return made


@pytest.fixture
def edition() -> Edition:
    people = [
        {"person_id": "a", "stage": "lost", "last_day": date(2026, 1, 1)},
        {"person_id": "b", "stage": "active", "last_day": DAY},
    ]
    return Edition({"people": people})


def told(books: Books, edition: Edition) -> dict[str, Section]:
    page = Page(Work(edition), Span("week", DAY), None, None)
    with books.reading() as unit:
        found = (room(unit, page) for room in ROOMS)
        return {part.code: part for part in found if part is not None}


def figures(part: Section) -> dict[str, Any]:
    return {each.code: (each.value, each.before, each.move) for each in part.figures}


def bell(person: str, rule: str = "big_silent") -> Bell:
    return Bell(person, rule, DAY - timedelta(days=40), DAY, 900, [], 2, 24, "care", "purchase")


def test_rooms_in_which_nothing_happened_say_nothing(books: Books, edition: Edition) -> None:
    assert told(books, edition) == {}


def test_alarms_tell_who_was_quick_and_who_left_all_the_same(
    books: Books, edition: Edition
) -> None:
    with books.unit() as unit:
        alarm_book.ring(unit, [bell("z")], {}, (), LAST_WEEK)
        ids = alarm_book.ring(unit, [bell("a"), bell("b"), bell("c")], {}, (), NOW - timedelta(2))
        alarm_book.acknowledge(unit, ids[0], "Mei", NOW - timedelta(hours=40))
        alarm_book.close(unit, ids[1], "reached", "Mei", NOW)  # two days: a day too late
    part = told(books, edition)["alarms"]
    assert figures(part) == {
        "alarms_rang": (3, 1, "noise"),
        "alarms_taken": (2, 0, "noise"),
        "alarms_in_time": (1, 0, "noise"),
        "alarms_waiting": (2, None, "unknown"),
    }
    assert [bar.shown for bar in part.bars] == [1]
    assert part.words[0].values == {"n": 3, "lost": 1}


def test_calls_tell_what_came_of_them(books: Books, edition: Edition) -> None:
    with books.unit() as unit:
        for person, code in (("a", "will_come"), ("b", "not_reached"), ("c", "will_come")):
            new = NewCall(person, "shop", DAY, 10)
            call_book.add(unit, new, LAST_WEEK)
            at = LAST_WEEK if person == "c" else NOW - timedelta(days=1)
            call_book.record(unit, new.id, Outcome(code), "Mei", at, today=at.date())
    part = told(books, edition)["calls"]
    assert figures(part) == {
        "calls_made": (2, 1, "noise"),
        "calls_reached": (1, 1, "same"),
        "calls_waiting": (1, None, "unknown"),
    }
    assert part.words[0].values == {"n": 1, "m": 0}


def test_cases_tell_what_they_took(books: Books, edition: Edition) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("a", DAY, 900), NewCase("b", DAY, 800)], NOW)
        case = care.listed(unit)[0]["id"]
        files.write(unit, case, Note("call", "rang", 20, 150), "Mei", NOW)
        care.record_answer(unit, case, Answer("price", None, None), "Mei", NOW)
    part = told(books, edition)["cases"]
    assert figures(part) == {
        "cases_opened": (2, 0, "noise"),
        "cases_answered": (1, 0, "noise"),
        "cases_back": (0, 0, "same"),
        "cases_cost": (Money(1150, "GBP"), None, "unknown"),
    }
    assert part.words[0].values == {"n": 1}


def test_the_costliest_cause_that_can_be_mended_is_named_with_its_interval(
    books: Books, edition: Edition
) -> None:
    same = {"low": 100.0, "high": 900.0, "people": 3.2, "certainty": 0.5, "answers": 2}
    edition.tables["cause_costs"] = [
        {"cause": cause, "lost": lost, "complaints": 1, **same}
        for cause, lost in (("moved", 9000.0), ("delivery", 500.0), ("price", 400.0))
    ]
    part = told(books, edition)["to_fix"]
    (figure,) = part.figures
    assert figure.name.text == "It came late, wrong or broken"
    assert (figure.value, figure.low, figure.high) == tuple(
        Money(n, "GBP") for n in (500, 100, 900)
    )


def test_a_fix_is_told_of_once_its_verdict_is_out(
    books: Books, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.proof.fixes import Reading
    from huitou.runs.report import mending

    with books.unit() as unit:
        for words in ("New boxes {0}", "New carrier"):
            made = Fix("delivery", words, "Li", DAY - timedelta(days=90))
            fixes.enter(unit, made, "Li", NOW)
    seen = {
        "New boxes {0}": Reading("works", 12, -0.3, -0.5, -0.1, None),
        "New carrier": Reading("too_early", 2, None, None, None, None),
    }
    monkeypatch.setattr(mending, "read_fix", lambda row, _edition: (seen[row["words"]], "said"))
    part = told(books, edition)["to_fix"]
    assert len(part.words) == 1
    assert recall(keep(part)) == part
    for language in LANGUAGES:
        line = speaker(language).say(part.words[0])
        assert "New boxes {0}" in line and "-30" in line
