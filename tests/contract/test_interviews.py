"""Asked once and never again, left alone at one tap and for ever: on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.cases import Answer, NewCase
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Asking, token_of
from huitou.care.interviews.tables import interview, mail
from huitou.care.tables import case as cases
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.settings import Settings
from huitou.identity import book as identity
from huitou.runs.steps.asking import REACH, open_interviews
from huitou.store.books import Books

DAY = date(2026, 1, 5)
LATER = NOW + timedelta(days=400)


def asking(person: str = "p", **facts: object) -> Asking:
    known = {"departed_on": DAY, "channel": "email", "stage": "lost", "band": "low", "worth": 900}
    return Asking(person, **{**known, **facts})


def begin(books: Books, *people: Asking, now=NOW) -> int:
    with books.unit() as unit:
        return interviews.ask(unit, people or [asking()], "salt", now)


def test_asked_once_by_whatever_run(any_books: Books) -> None:
    assert begin(any_books, asking(), asking()) == 1
    assert begin(any_books, asking()) == 0
    # Another departure within the year is another question too many; a year later it is not.
    again = asking(departed_on=DAY + timedelta(days=90))
    assert begin(any_books, again, now=NOW + timedelta(days=100)) == 0
    assert begin(any_books, again, now=LATER) == 1
    assert begin(any_books, asking(), now=LATER + timedelta(days=400)) == 0
    with any_books.reading() as unit:
        assert len(interviews.heard(unit)) == 2


def test_who_merges_with_somebody_asked_has_been_asked(any_books: Books) -> None:
    begin(any_books, asking("old"), asking("new"))
    with any_books.unit() as unit:
        identity.keep(unit, [("old", "new")], [])
        assert interviews.end_over(unit, NOW) == 1
        assert interviews.counted(unit) == {"asked": 1, "over": 1}
        later = NOW + timedelta(days=30)
        for one in ("old", "new"):
            fresh = asking(one, departed_on=DAY + timedelta(days=20))
            assert interviews.ask(unit, [fresh], "salt", later) == 0
        assert interviews.asked_since(unit, NOW - timedelta(days=1)) == {"old", "new"}


def test_two_who_are_one_are_asked_once_in_one_run(any_books: Books) -> None:
    with any_books.unit() as unit:
        identity.keep(unit, [("old", "new")], [])
    assert begin(any_books, asking("old"), asking("new")) == 1


@pytest.mark.parametrize("channel", ["any", "email", "paper", "call"])
def test_the_silent_are_never_asked_on_whatever_channel(any_books: Books, channel: str) -> None:
    with any_books.unit() as unit:
        care.be_silent(unit, "p", channel, "told at the till", NOW)
    assert begin(any_books) == 0


def test_nobody_is_asked_while_their_case_is_open(any_books: Books) -> None:
    with any_books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
    assert begin(any_books) == 0


def test_an_answer_is_kept_once_and_never_overwritten(any_books: Books) -> None:
    begin(any_books)
    given, other = Answer("price", "the market", "too dear"), Answer("moved")
    with any_books.unit() as unit:
        assert interviews.answer(unit, asking().id, given, "the customer", NOW, "zh-Hant")
        assert not interviews.answer(unit, asking().id, other, "a clerk", NOW, None)
        (row,) = interviews.heard(unit)
        assert (row["why"], row["where_to"], row["words"]) == ("price", "the market", "too dear")
        assert (row["propensity"], row["state"], row["left_alone"]) == (1.0, "answered", False)
        assert interviews.answered_causes(unit) == {"p": "price"}
        assert interviews.places_named(unit) == [{"where_to": "the market", "n": 1}]
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.change(update(interview).values(why="moved"))
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.change(update(interview).values(state="asked", why=None, answered_at=None))


def test_a_link_opens_its_own_interview_and_no_other(any_books: Books) -> None:
    begin(any_books, asking("p"), asking("q"))
    with any_books.reading() as unit:
        row = interviews.by_token(unit, token_of("salt", asking("q").id))
        assert row is not None and row["person_id"] == "q"
        assert interviews.by_token(unit, "guessed") is None
        assert interviews.by_token(unit, row["token_hash"]) is None
        with pytest.raises(HuitouError, match="no interview"):
            interviews.find(unit, "nothing")


def test_left_alone_at_one_tap_on_every_channel_and_for_ever(any_books: Books) -> None:
    begin(any_books)
    with any_books.unit() as unit:
        assert interviews.leave_alone(unit, asking().id, "the customer", NOW)
        assert not interviews.leave_alone(unit, asking().id, "the customer", NOW)
        assert care.silent(unit) == {("p", channel) for channel in care.CHANNELS}
        # Their reason, on that very page, once; they stay left alone.
        assert interviews.add_reason(unit, asking().id, Answer("price"), NOW)
        assert not interviews.add_reason(unit, asking().id, Answer("moved"), NOW)
        (row,) = interviews.heard(unit)
        assert (row["why"], row["left_alone"]) == ("price", True)
        assert len(care.silent(unit)) == len(care.CHANNELS)
    assert begin(any_books, asking(departed_on=DAY + timedelta(900)), now=LATER) == 0


def test_who_answered_before_is_left_alone_too(any_books: Books) -> None:
    begin(any_books)
    with any_books.unit() as unit:
        interviews.answer(unit, asking().id, Answer("price"), "the customer", NOW, "en")
        interviews.leave_alone(unit, asking().id, "the customer", NOW)
        assert interviews.find(unit, asking().id)["why"] == "price"
        assert len(care.silent(unit)) == len(care.CHANNELS)


def test_time_ends_a_question_and_a_late_sheet_still_counts(any_books: Books) -> None:
    begin(any_books)
    with any_books.unit() as unit:
        assert interviews.end_over(unit, NOW + timedelta(days=44)) == 0
        assert interviews.end_over(unit, NOW + timedelta(days=45)) == 1
        assert interviews.answer(unit, asking().id, Answer("ill"), "a clerk", LATER, None)


def test_who_asks_for_silence_meanwhile_is_not_asked_any_more(any_books: Books) -> None:
    begin(any_books, asking("p"), asking("q"))
    with any_books.unit() as unit:
        care.be_silent(unit, "p", "any", "told at the till", NOW)
        assert interviews.end_over(unit, NOW) == 1
        assert [row["person_id"] for row in interviews.unsent(unit)] == ["q"]


def test_an_email_leaves_at_most_once_and_doubt_is_never_sent_again(any_books: Books) -> None:
    begin(any_books)
    with any_books.unit() as unit:
        assert interviews.claim(unit, asking().id, NOW, held_out=False)
        assert not interviews.claim(unit, asking().id, NOW, held_out=False)
        assert interviews.unsent(unit) == []
        assert interviews.settle_old(unit, NOW + timedelta(minutes=9)) == 0
        assert interviews.settle_old(unit, NOW + timedelta(minutes=10)) == 1
        assert interviews.unsent(unit) == [] and len(interviews.in_doubt(unit)) == 1
        assert not interviews.claim(unit, asking().id, NOW, held_out=False)
        interviews.settle_doubt(unit, asking().id, accepted=False, by="owner", now=NOW)
        with pytest.raises(Refused, match="not in doubt"):
            interviews.settle_doubt(unit, asking().id, accepted=True, by="owner", now=NOW)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.change(update(mail).values(state="planned"))


def test_what_failed_safely_is_tried_again_and_given_up_in_the_end(any_books: Books) -> None:
    begin(any_books)
    with any_books.unit() as unit:
        for _ in range(interviews.TRIES):
            assert interviews.claim(unit, asking().id, NOW, held_out=False)
            interviews.record(unit, asking().id, "planned", "connect", "no answer", NOW)
        assert interviews.unsent(unit) == []


@pytest.mark.parametrize("why", ["silent", "open_case", "held_out", "late"])
def test_no_email_crosses_what_happened_since(any_books: Books, why: str) -> None:
    begin(any_books)
    with any_books.unit() as unit:
        if why == "silent":
            care.be_silent(unit, "p", "paper", "told at the till", NOW)
        if why == "open_case":
            care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
        now = NOW + timedelta(days=45) if why == "late" else NOW
        assert not interviews.claim(unit, asking().id, now, held_out=why == "held_out")
        assert interviews.unsent(unit) == []


def test_not_for_now_holds_until_its_date_under_every_id(any_books: Books) -> None:
    with any_books.unit() as unit:
        identity.keep(unit, [("old", "new")], [])
        until = DAY + timedelta(days=180)
        interviews.rest(unit, "old", "competitor", DAY, until, "interview 1", NOW)
        assert interviews.resting(unit, DAY) == dict.fromkeys(("old", "new"), (DAY, until))
        assert interviews.resting(unit, until - timedelta(1), ["new"])["new"] == (DAY, until)
        assert interviews.resting(unit, until) == {}
        assert interviews.rested_at(unit, ["new"]) == dict.fromkeys(("old", "new"), NOW)


def test_answers_of_cases_and_interviews_are_heard_together_the_last_word_counts(
    any_books: Books,
) -> None:
    with any_books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900), NewCase("q", DAY, 800)], NOW)
        for row, why in zip(care.listed(unit), ("price", "moved"), strict=True):
            care.record_answer(unit, row["id"], Answer(why, "the mall"), "clerk", NOW)
    later = NOW + timedelta(days=400)
    begin(any_books, asking("p"), asking("r"), now=later)
    with any_books.unit() as unit:
        for person in ("p", "r"):
            given = Answer("competitor", "the mall")
            interviews.answer(unit, asking(person).id, given, "the customer", later, "en")
        assert interviews.answered_causes(unit) == {
            "p": "competitor",
            "q": "moved",
            "r": "competitor",
        }
        assert interviews.reasons(unit) == [("competitor", 2), ("moved", 1)]
        assert interviews.places_named(unit) == [{"where_to": "the mall", "n": 4}]


def test_one_departure_is_one_row_whatever_id_is_drawn(any_books: Books) -> None:
    begin(any_books)
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        row = dict(interviews.find(unit, asking().id))
        unit.add(interview, [{**row, "id": "other", "token_hash": "other"}])


def test_who_merged_with_somebody_half_silent_is_left_alone_wholly(any_books: Books) -> None:
    begin(any_books, asking("new"))
    with any_books.unit() as unit:
        identity.keep(unit, [("old", "new")], [])
        for channel in ("email", "paper"):
            care.be_silent(unit, "new", channel, "told at the till", NOW)
        interviews.leave_alone(unit, asking("new").id, "the customer", NOW)
        assert ("new", "call") in care.silent(unit, ["new"])


def test_who_says_so_in_a_case_is_left_alone_wholly_under_whatever_id(any_books: Books) -> None:
    with any_books.unit() as unit:
        identity.keep(unit, [("old", "new")], [])
        care.open_cases(unit, [NewCase("new", DAY, 900)], NOW)
        for channel in ("email", "paper"):
            care.be_silent(unit, "old", channel, "told at the till", NOW)
        (case,) = care.people_with_open_cases(unit, ["new"]) and unit.rows(select(cases.c.id))
        care.record_answer(unit, case["id"], Answer("leave_me_alone"), "Mei", NOW)
        assert ("new", "call") in care.silent(unit, ["new"])


def test_a_shop_that_lost_forty_thousand_can_still_ask(any_books: Books) -> None:
    n = 40_000
    ids = [f"p{k}" for k in range(n)]
    told = {"person_id": ids, "hold_key": ids, "stage": ["lost"] * n, "value_if_kept": [9] * n}
    ways = {name: pa.array([False] * n) for name in REACH}
    people = pa.table({**told, "last_day": pa.array([DAY] * n, pa.date32()), **ways})
    edition = SimpleNamespace(table=lambda _name: people)
    work: Any = SimpleNamespace(now=NOW, day=DAY, settings=Settings(), edition=edition)
    with any_books.unit() as unit:
        found = open_interviews(work, unit)
        assert found["newly_lost"] == n and 0 < found["rows"] < 100, "some, drawn by lot"
        many = [asking(f"q{k}") for k in range(600)]
        care.be_silent(unit, "q7", "email", "told at the till", NOW)
        assert interviews.ask(unit, many, "salt", NOW) == 599
