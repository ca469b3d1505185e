"""When a case is opened, what is asked, and how an answer is obeyed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.cases import (
    ASK,
    WHERE_TO,
    Answer,
    NewCase,
    Suspect,
    questions,
    worth_asking,
)
from huitou.care.reasons import WHYS
from huitou.care.tables import answer, silence
from huitou.ground.errors import HuitouError
from huitou.store.books import Books

DAY = NOW.date()


def person(number: int, worth: int, stage: str = "lost") -> dict:
    suspects = [("price", 0.3), ("assortment", 0.5), ("unknown", 0.1), ("gift_season", 0.1)]
    return {
        "person_id": f"p{number}",
        "stage": stage,
        "value_if_kept": worth,
        "suspects": suspects,
    }


def test_cases_are_for_the_lost_that_are_worth_asking() -> None:
    people = [person(1, 50), person(2, 500), person(3, 900), person(4, 700, "slipping")]
    found = worth_asking(people, DAY, line=100, most=10)
    assert [one.person_id for one in found] == ["p3", "p2"]
    assert [one.person_id for one in worth_asking(people, DAY, line=100, most=1)] == ["p3"]
    assert [s.cause for s in found[0].suspects] == ["assortment", "price", "unknown"]


def test_equal_worth_is_ordered_by_person_so_that_a_replay_opens_the_same() -> None:
    people = [person(number, 500) for number in (3, 1, 2)]
    assert [one.person_id for one in worth_asking(people, DAY, line=0, most=2)] == ["p1", "p2"]


def test_questions_follow_the_suspects_once_each_and_end_with_where() -> None:
    suspects = [Suspect("price", 0.5), Suspect("one_purchase", 0.2), Suspect("never_hooked", 0.1)]
    assert questions(suspects) == (ASK["price"], ASK["one_purchase"], WHERE_TO)
    assert questions([]) == (ASK["unknown"], WHERE_TO)
    assert questions([Suspect("something new", 0.5)]) == (ASK["unknown"], WHERE_TO)


def test_an_answer_is_one_of_the_list() -> None:
    with pytest.raises(ValueError, match="not one of"):
        Answer("weather")


def test_one_person_has_one_open_case(books: Books) -> None:
    with books.unit() as unit:
        assert care.open_cases(unit, [NewCase("p", DAY, 900), NewCase("q", DAY, 800)], NOW) == 2
        assert care.open_cases(unit, [NewCase("p", DAY + timedelta(days=1), 900)], NOW) == 0
        assert care.people_with_open_cases(unit) == {"p", "q"}
        assert care.counted(unit) == {"open": 2}


def test_cases_are_listed_by_worth_page_by_page(books: Books) -> None:
    with books.unit() as unit:
        new = [NewCase(f"p{n}", DAY, 100 * (n % 4)) for n in range(11)]
        care.open_cases(unit, new, NOW)
        seen, after = [], None
        while rows := care.listed(unit, after=after, limit=3):
            seen += rows
            after = rows[-1]["worth"], rows[-1]["id"]
    assert len({row["id"] for row in seen}) == len(seen) == 11
    assert [row["worth"] for row in seen] == sorted((row["worth"] for row in seen), reverse=True)


def test_an_answer_closes_the_question_and_names_cause_and_place(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900, (Suspect("price", 0.5),))], NOW)
        (row,) = care.listed(unit)
        care.assign(unit, row["id"], "clerk")
        care.record_answer(unit, row["id"], Answer("price", "the market", "too dear"), "clerk", NOW)
        assert care.find(unit, row["id"])["status"] == "answered"
        assert row["suspects"] == [{"cause": "price", "posterior": 0.5}]
        assert care.answered_causes(unit) == {"p": "price"}
        assert care.places_named(unit)[0]["where_to"] == "the market"
        assert care.answers(unit, row["id"])[0]["words"] == "too dear"
        assert care.silent(unit) == set()


def test_the_same_answer_told_twice_is_kept_once(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
        (row,) = care.listed(unit)
        for minute in range(3):
            now = NOW + timedelta(minutes=minute)
            care.record_answer(unit, row["id"], Answer("competitor", "the market"), "clerk", now)
        assert care.places_named(unit) == [{"where_to": "the market", "n": 1}]
        care.record_answer(unit, row["id"], Answer("competitor", "the mall"), "clerk", NOW)
        care.record_answer(unit, row["id"], Answer("competitor", "the market"), "owner", NOW)
        assert len(care.answers(unit, row["id"])) == 3


def test_leave_me_alone_is_obeyed_each_time_it_is_said(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
        (row,) = care.listed(unit)
        care.record_answer(unit, row["id"], Answer("leave_me_alone"), "clerk", NOW)
        care.may_speak(unit, "p", "any", "asked for the newsletter", NOW + timedelta(days=1))
        again = NOW + timedelta(days=2)
        care.record_answer(unit, row["id"], Answer("leave_me_alone"), "clerk", again)
        assert (
            len(care.silent(unit)) == len(care.CHANNELS) and len(care.answers(unit, row["id"])) == 1
        )


def test_who_asks_for_silence_while_their_case_waits_is_asked_no_more(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
        care.be_silent(unit, "p", "any", "told at the till", NOW)
        assert care.counted(unit) == {"closed": 1}
        assert care.open_cases(unit, [NewCase("p", DAY + timedelta(days=9), 900)], NOW) == 0


def test_leave_me_alone_is_obeyed_at_once_on_every_channel(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
        (row,) = care.listed(unit)
        care.record_answer(unit, row["id"], Answer("leave_me_alone"), "clerk", NOW)
        assert care.silent(unit, ["p", "q"]) == {("p", c) for c in care.CHANNELS}


def test_the_latest_word_counts(books: Books) -> None:
    with books.unit() as unit:
        care.be_silent(unit, "p", "any", "letter", NOW)
        care.may_speak(unit, "p", "email", "asked for the newsletter", NOW + timedelta(days=1))
        assert care.silent(unit) == {("p", way) for way in care.CHANNELS if way != "email"}
        care.be_silent(unit, "p", "any", "again", NOW + timedelta(days=2))
        assert len(care.silent(unit)) == len(care.CHANNELS)


def test_cases_of_those_who_came_back_are_closed(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900), NewCase("q", DAY, 800)], NOW)
        assert care.close_returned(unit, ["p", "stranger"], NOW) == 1
        assert care.counted(unit) == {"open": 1, "returned": 1}
        assert care.open_cases(unit, [NewCase("p", DAY + timedelta(days=90), 900)], NOW) == 1


def test_an_unknown_case_is_said_in_words(books: Books) -> None:
    with books.unit() as unit, pytest.raises(HuitouError, match="no case 'x'"):
        care.record_answer(unit, "x", Answer("price"), "clerk", NOW)


@pytest.mark.parametrize("table", [answer, silence], ids=str)
def test_what_was_said_stays_said(books: Books, table) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900)], NOW)
        care.record_answer(unit, care.listed(unit)[0]["id"], Answer("leave_me_alone"), "clerk", NOW)
    for wrong in (delete(table), update(table).values(at=NOW)):
        with pytest.raises(IntegrityError, match="append-only"), books.unit() as unit:
            unit.execute(wrong)


def test_every_answer_has_words() -> None:
    assert all(str(words) for words in (*WHYS.values(), *ASK.values()))
