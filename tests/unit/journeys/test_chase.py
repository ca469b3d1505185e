"""Whom staff mark between plan and post gets nothing of it any more."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.chase import book as chase
from huitou.care.chase.rules import mark
from huitou.ground.errors import BadInput, Refused
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import decision, message
from huitou.loyalty import book as loyalty
from huitou.store.books import Books

TODAY = date(2026, 3, 2)
ABUSIVE = mark("abusive", "Threatened the clerk twice.", None, TODAY)


def test_a_mark_after_the_approval_stops_the_letter_and_the_promise(books: Books) -> None:
    plan_id = given.approved(books)
    with books.unit() as unit:
        row = unit.first(select(decision).where(decision.c.cap > 0).limit(1))
        assert row is not None
        chase.never(unit, row["person_id"], ABUSIVE, "mei", NOW)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        now = journeys.receipt(unit, plan_id, row["person_id"])
        assert now is not None and (now["outcome"], now["refused_because"]) == ("refused", "never")
        mine = select(message).where(message.c.person_id == row["person_id"])
        assert not unit.rows(mine) and row["person_id"] not in loyalty.held(unit)


def test_a_mark_is_no_silence_of_theirs(books: Books) -> None:
    with books.unit() as unit:
        chase.never(unit, "p", ABUSIVE, "mei", NOW)
        assert {channel for _, channel in care.silent(unit, ["p"])} == set(care.CHANNELS)
        assert not care.silent_everywhere(unit, "p") and care.silent_since(unit, ["p"]) == {}
        care.be_silent(unit, "p", "any", "told at the till", NOW)
        chase.lift(unit, "p", "a mistake", "li", NOW)
        assert care.silent_everywhere(unit, "p"), "their own word stands by itself"
        with pytest.raises(Refused, match="not marked"):
            chase.lift(unit, "p", "once more", "li", NOW)


def test_marks_to_look_at_again_are_found(books: Books) -> None:
    with books.unit() as unit:
        chase.never(unit, "p", ABUSIVE, "mei", NOW)
        assert [row["person_id"] for row in chase.due(unit, ABUSIVE.review_on)] == ["p"]
        assert chase.due(unit, TODAY) == []


@pytest.mark.parametrize(
    ("why", "words", "day"),
    [
        ("ugly", "We do not like them.", None),
        ("abusive", "bad", None),
        ("abusive", "x" * 1001, None),
        ("rival", "A rival opened next door.", TODAY),
    ],
)
def test_a_mark_that_cannot_stand_is_refused(why: str, words: str, day: date | None) -> None:
    with pytest.raises(BadInput):
        mark(why, words, day, TODAY)
