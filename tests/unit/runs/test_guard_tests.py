"""The guardrail watches planned tests while they take people in."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from tests.unit.journeys.given import NOW

from huitou.journeys.guard import book as guard
from huitou.journeys.trials import book as trials
from huitou.runs.steps import guard_tests
from huitou.store.books import Books

DAY = NOW.date()
DAYS = 14


def planned(unit: Any) -> str:
    told = {
        "name": "calls", "arms": {"nothing": 0.5, "call": 0.5}, "stages": ["lost"], "most": 400,
        "days": DAYS, "outcome": "visits", "enrol_until": DAY + timedelta(days=56), "expected": {},
    }  # fmt: skip
    return trials.start(unit, told, "owner", NOW)


def member(number: int, act: str, **facts: Any) -> dict[str, Any]:
    told = {
        "person_id": f"p{number}", "act_name": act, "held_by": None, "day": DAY, "worst_cost": 100,
        "cap": 0, "served": 0, "outcome": "applied",
    }  # fmt: skip
    return {**told, **facts}


class Given(SimpleNamespace):
    """As much of a run as the step asks for."""

    def __init__(self, books: Books, day: date) -> None:
        self.noted: dict[str, Any] = {}
        edition = SimpleNamespace(note=self.noted.__setitem__, noted=self.noted.get)

        @contextmanager
        def facts() -> Any:
            yield None

        super().__init__(
            books=books, day=day, edition=edition, facts=facts, now=NOW,
            settings=SimpleNamespace(zone=ZoneInfo("UTC")),
            moment=SimpleNamespace(
                evening=lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC), as_of=None
            ),
        )  # fmt: skip


def seen(
    books: Books, monkeypatch: pytest.MonkeyPatch, came: set[str], members: list[dict[str, Any]],
    *, after: int = 21, asked: dict[str, list[datetime]] | None = None,
) -> tuple[list[str], dict[str, Any]]:  # fmt: skip
    """What the run says of the test, and the test as it stands afterwards."""
    with books.unit() as unit:
        name = planned(unit)
    bought = pa.table({"person_id": sorted(came)}, pa.schema([("person_id", pa.string())]))
    earned = pa.table({"person_id": sorted(came), "profit": [500] * len(came)})
    monkeypatch.setattr(
        guard_tests, "bought", lambda *_: SimpleNamespace(to_pyarrow=lambda: bought)
    )
    monkeypatch.setattr(
        guard_tests, "earned", lambda *_: SimpleNamespace(to_pyarrow=lambda: earned)
    )
    monkeypatch.setattr(trials, "members", lambda *_: members)
    work: Any = Given(books, DAY + timedelta(days=after))
    words = guard_tests.measure(work, asked or {}, {})
    with books.unit() as unit:
        guard_tests.act(work, unit)
        return [str(each) for each in words], trials.the_trial(unit, name)


def both(people: int = 120) -> list[dict[str, Any]]:
    return [member(number, "call" if number % 2 else "nothing") for number in range(people)]


def odd(share: float, people: int = 120) -> set[str]:
    """This share of those called came back, and half of those left alone."""
    called = [number for number in range(people) if number % 2]
    alone = [number for number in range(people) if not number % 2]
    some = called[: round(share * len(called))] + alone[: len(alone) // 2]
    return {f"p{number}" for number in some}


def test_an_act_that_drives_people_away_ends_its_test(books, monkeypatch) -> None:
    words, test = seen(books, monkeypatch, odd(0.1), both())
    assert test["stopped_by"] == guard.MACHINE
    assert len(words) == 1 and "call does harm" in words[0]


def test_a_harmless_test_goes_on(books, monkeypatch) -> None:
    words, test = seen(books, monkeypatch, odd(0.5), both())
    assert (words, test["stopped_at"]) == ([], None)


def test_who_was_held_out_of_everything_is_not_compared(books, monkeypatch) -> None:
    held = [{**each, "held_by": "universal"} for each in both()]
    assert seen(books, monkeypatch, odd(0.1), held)[1]["stopped_at"] is None


def test_before_a_window_is_over_only_silence_and_complaints_tell(books, monkeypatch) -> None:
    early = seen(books, monkeypatch, odd(0.0), both(), after=8)
    assert early[1]["stopped_at"] is None, "who has time to come back has not left"
    called = {each["person_id"] for each in both() if each["act_name"] == "call"}
    asked = {person: [NOW + timedelta(days=3)] for person in sorted(called)[:12]}
    assert seen(books, monkeypatch, odd(0.0), both(), after=8, asked=asked)[1]["stopped_by"]


def test_what_befalls_them_after_the_weekly_look_waits_for_the_next(books, monkeypatch) -> None:
    called = {each["person_id"] for each in both() if each["act_name"] == "call"}
    asked = {person: [NOW + timedelta(days=9)] for person in sorted(called)[:12]}
    assert seen(books, monkeypatch, set(), both(), after=13, asked=asked)[1]["stopped_at"] is None
    assert seen(books, monkeypatch, set(), both(), after=6, asked=asked)[1]["stopped_at"] is None
