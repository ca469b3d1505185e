"""What the books know beside the orders: whose it is now, and about which silence it was said."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.cases import Answer, NewCase
from huitou.care.happenings import book as happenings
from huitou.care.happenings.rules import Happened
from huitou.identity.tables import person_alias
from huitou.runs import beside
from huitou.store.books import Books

DAY = date(2026, 5, 3)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = datetime(2026, 5, 3, 17, tzinfo=UTC)
"""One in the morning of the 4th in Shanghai."""


def case_answered(unit, person: str, why: str, as_of: date = DAY) -> None:
    care.open_cases(unit, [NewCase(person, as_of, 100)], NOW)
    case = next(row for row in care.listed(unit) if row["person_id"] == person)
    care.record_answer(unit, case["id"], Answer(why), "Mei", NOW)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch):
    """Other rooms of care, with whatever rows a test gives them."""

    def furnish(room: str, ask: str, rows: list[dict]) -> None:
        book = ModuleType(f"huitou.care.{room}.book")
        setattr(book, ask, lambda unit: rows)
        monkeypatch.setitem(sys.modules, book.__name__, book)

    furnish("interviews", "heard", [])
    furnish("complaints", "told", [])
    return furnish


def interview(person: str, why: str | None = None, **more) -> dict:
    known = {"person_id": person, "departed_on": DAY, "channel": "email", "state": "asked"}
    asked = {"propensity": 0.5, "stage": "lost", "worth": 900, "answered_at": why and NOW}
    return {**known, **asked, "why": why, **more}


def test_where_nothing_is_kept_nothing_is_told(books: Books, rooms) -> None:
    with books.reading() as unit:
        known = beside.beside(unit, DAY, SHANGHAI, {})
        assert (known.happenings, known.complaints, known.messages) == (None, None, None)
        assert (
            beside.heard(unit, {}, {}).num_rows == beside.said(unit, {}, {}, SHANGHAI).num_rows == 0
        )


def test_rows_follow_whoever_they_are_about_also_when_it_came_out_today(books, rooms) -> None:
    with books.unit() as unit:
        for person in ("old", "older"):
            happenings.write_down(unit, Happened("no_show", DAY, "Mei", person_id=person), NOW)
        unit.add(person_alias, [{"person_id": "older", "survivor": "old"}])
        known = beside.beside(unit, DAY, SHANGHAI, {"old": "now"})
    assert set(known.happenings.to_pyarrow()["person_id"].to_pylist()) == {"now"}


def test_days_of_a_complaint_are_the_shops_own(books, rooms) -> None:
    row = {"person_id": "p", "kind": "other", "cause": "service", "store": None}
    row |= {"received_at": LATE, "answered_at": None, "resolved_at": None}
    rooms("complaints", "told", [row, {**row, "person_id": None}])
    with books.reading() as unit:
        (known,) = beside.beside(unit, DAY, SHANGHAI, {}).complaints.to_pyarrow().to_pylist()
    assert (known["received"], known["about"]) == (date(2026, 5, 4), "service")


def test_everybody_asked_about_this_silence_is_heard_once(books, rooms) -> None:
    rooms("interviews", "heard", [
        interview("a"), interview("a", "price"), interview("b"), interview("back", "price"),
        interview("both"),
    ])  # fmt: skip
    last = dict.fromkeys(("a", "b", "both"), date(2026, 1, 1)) | {"back": date(2026, 6, 1)}
    with books.unit() as unit:
        case_answered(unit, "both", "delivery")
        rows = beside.heard(unit, {}, last).to_pylist()
    assert {row["person_id"]: row["why"] for row in rows} == {
        "a": "price",
        "b": None,
        "both": "delivery",
    }
    assert (rows[0]["propensity"], rows[0]["value"], rows[0]["channel"]) == (0.5, 900.0, "email")


def test_what_somebody_said_holds_until_they_buy_again(books, rooms) -> None:
    rooms("interviews", "heard", [interview("a", "price"), interview("b", "unknown")])
    before, after = date(2026, 1, 1), date(2026, 6, 1)
    with books.unit() as unit:
        case_answered(unit, "c", "moved")
        still = beside.said(unit, {}, dict.fromkeys("abc", before), SHANGHAI).to_pylist()
        assert {row["person_id"]: row["why"] for row in still} == {"a": "price", "c": "moved"}
        assert beside.said(unit, {}, dict.fromkeys("abc", after), SHANGHAI).num_rows == 0
        assert beside.said(unit, {}, {}, SHANGHAI).num_rows == 0, "nobody's customer any more"


def test_a_house_without_those_rooms_does_without_them(books, monkeypatch) -> None:
    def absent(name: str):
        raise ModuleNotFoundError(name, name=name)

    monkeypatch.setattr(beside.importlib, "import_module", absent)
    with books.reading() as unit:
        assert beside.heard(unit, {}, {}).num_rows == 0

    def broken(name: str):
        raise ModuleNotFoundError("something else", name="numpy")

    monkeypatch.setattr(beside.importlib, "import_module", broken)
    with books.reading() as unit, pytest.raises(ModuleNotFoundError):
        beside.heard(unit, {}, {})
