"""What comes of a call: who is rung when, by whom, and what is never done twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.outcomes import MOST_TRIES, Outcome, due_after, state_after
from huitou.care.calls.sharing import Waiting, in_order, share_out
from huitou.care.calls.tables import call, call_outcome
from huitou.ground.errors import BadInput, HuitouError, Refused
from huitou.ground.roster import Clerk, read
from huitou.store.books import Books

TODAY = NOW.date()
VAIN = Outcome("not_reached")


def new(person: str = "p", **facts: object) -> calls.NewCall:
    """A call of a plan."""
    known = {"clerk": "Mei", "due_on": TODAY, "minutes": 10, "decision_id": f"d-{person}"}
    return calls.NewCall(person, **{**known, "gain": (500, -100, 900), **facts})


def row(name: str, **facts: object) -> dict:
    """An open call as the list sees it."""
    known = {"id": name, "state": "todo", "due_on": TODAY, "minutes": 10, "gain": 100}
    return {**known, "case_id": None, **facts}


def test_who_was_promised_a_call_comes_first_then_cases_then_profit() -> None:
    rows = [
        row("small", gain=10),
        row("large", gain=900),
        row("case", gain=3, case_id="c"),
        row("asked", gain=None),
        row("promised", gain=1, state="reached"),
        row("tomorrow", gain=5_000, due_on=TODAY + timedelta(days=1)),
    ]
    found = in_order(rows, TODAY, 480, 0)
    assert [each["id"] for each in found.calls] == ["promised", "case", "asked", "large", "small"]


def test_a_day_ends_where_the_minutes_end_but_a_promise_is_kept() -> None:
    rows = [row(f"c{n}", gain=n) for n in range(9)] + [row("promised", state="reached")]
    found = in_order(rows, TODAY, 60, 30)
    assert [each["id"] for each in found.calls] == ["promised", "c8", "c7"]
    assert len(found.later) == 7
    assert [each["id"] for each in in_order(rows, TODAY, 60, 60).calls] == ["promised"]


def test_calls_go_to_the_store_that_knows_them_and_then_to_the_least_busy() -> None:
    clerks = (Clerk("Mei", 100, ("North",)), Clerk("Li", 50), Clerk("Off", 0, ("North",)))
    waiting = [Waiting(f"n{n}", 10, 10, "North") for n in range(3)]
    waiting += [Waiting(f"s{n}", 10, 10, "South") for n in range(6)]
    given = share_out(waiting, clerks, {})
    assert {given[f"n{n}"] for n in range(3)} == {"Mei"}
    assert [given[f"s{n}"] for n in range(6)].count("Mei") == 3, "by load, twice the minutes"
    assert share_out(reversed(waiting), clerks, {}) == given
    assert share_out([Waiting("x", None, 10)], clerks, {"Li": 5, "Mei": 90}) == {"x": "Li"}


@pytest.mark.parametrize(
    ("text", "clerks"),
    [
        ("", (Clerk("shop", 480),)),
        ("Mei 240 North, South; Li 90", (Clerk("Mei", 240, ("North", "South")), Clerk("Li", 90))),
        (
            "王 小美 60 一店，二店；阿强 90",
            (Clerk("王 小美", 60, ("一店", "二店")), Clerk("阿强", 90)),
        ),
    ],
)
def test_the_roster_is_one_line_in_any_language(text: str, clerks: tuple[Clerk, ...]) -> None:
    assert read(text, 480) == clerks


@pytest.mark.parametrize("text", ["Mei", "240", "Mei 2000", "Mei 60; Mei 90"])
def test_a_roster_that_nobody_understands_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text, 480)


def test_three_tries_and_then_peace() -> None:
    states = [state_after(VAIN, tries) for tries in range(1, MOST_TRIES + 1)]
    assert states == ["tried", "tried", "dropped"]
    days = [due_after(VAIN, tries, TODAY) for tries in range(1, MOST_TRIES + 1)]
    assert days == [TODAY + timedelta(days=1), TODAY + timedelta(days=3), None]
    past = Outcome("call_back", next_day=TODAY - timedelta(days=5))
    assert due_after(past, 1, TODAY) == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "magic"},
        {"code": "answered"},
        {"code": "answered", "why": "boredom"},
        {"code": "call_back"},
        {"code": "will_come", "minutes": -1},
    ],
)
def test_an_outcome_that_cannot_be_is_refused_in_words(wrong: dict) -> None:
    with pytest.raises(BadInput):
        Outcome(**wrong)


def test_nobody_is_on_the_list_twice(books: Books) -> None:
    with books.unit() as unit:
        assert calls.add(unit, new(decision_id=None, case_id=None, gain=None), NOW)
        assert not calls.add(unit, new(), NOW), "the plan's call becomes the one that is there"
        standing = calls.open_of(unit, "p")
        assert standing is not None and standing["decision_id"] == "d-p"
        assert standing["gain"] == 500
        assert not calls.add(unit, new(), NOW)
        assert calls.load(unit) == {"Mei": 10}


def test_a_call_told_twice_is_kept_once_and_a_finished_one_is_over(books: Books) -> None:
    with books.unit() as unit:
        calls.add(unit, new(), NOW)
        mine = calls.open_of(unit, "p")
        assert mine is not None
        told = Outcome("will_come", minutes=7)
        assert calls.record(unit, mine["id"], told, "Mei", NOW, today=TODAY)
        assert not calls.record(unit, mine["id"], told, "Mei", NOW, today=TODAY)
        with pytest.raises(Refused, match="over"):
            calls.record(unit, mine["id"], VAIN, "Mei", NOW, today=TODAY)
        assert len(calls.outcomes(unit, [mine["id"]])[mine["id"]]) == 1
        assert calls.find(unit, mine["id"])["state"] == "done"
        with pytest.raises(HuitouError, match="no call"):
            calls.find(unit, "nobody")


def test_leave_me_alone_on_the_phone_is_silence_on_every_channel(books: Books) -> None:
    with books.unit() as unit:
        calls.add(unit, new(), NOW)
        mine = calls.open_of(unit, "p")
        assert mine is not None
        calls.record(unit, mine["id"], Outcome("silence"), "Mei", NOW, today=TODAY)
        assert {channel for _, channel in care.silent(unit, ["p"])} == set(care.CHANNELS)
        assert calls.find(unit, mine["id"])["dropped_because"] == "silence"


def test_of_a_wrong_number_only_a_fingerprint_is_kept(books: Books) -> None:
    with books.unit() as unit:
        calls.add(unit, new(), NOW)
        mine = calls.open_of(unit, "p")
        assert mine is not None
        wrong = Outcome("wrong_number")
        calls.record(unit, mine["id"], wrong, "Mei", NOW, today=TODAY, phone="+8613800000001")
        assert calls.wrong_numbers(unit) == {calls.phone_mark("p", "+8613800000001")}
        kept = str(calls.outcomes(unit, [mine["id"]]))
        assert "13800000001" not in kept


def test_outcomes_are_never_changed_and_a_finished_call_stays_finished(books: Books) -> None:
    with books.unit() as unit:
        calls.add(unit, new(), NOW)
        mine = calls.open_of(unit, "p")
        assert mine is not None
        calls.record(unit, mine["id"], Outcome("will_come"), "Mei", NOW, today=TODAY)
    for forged in (
        update(call_outcome).values(code="silence"),
        delete(call_outcome),
        update(call).values(state="todo"),
    ):
        with pytest.raises(IntegrityError), books.unit() as unit:
            unit.change(forged)


def test_a_day_is_a_day() -> None:
    assert date(2024, 9, 2) + timedelta(days=1) == due_after(VAIN, 1, date(2024, 9, 2))
