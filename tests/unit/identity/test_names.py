"""Who turns out to be one, or two: what the books know of them goes with them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW, ZONE

from huitou.care import book as care
from huitou.care.cases import Answer, NewCase
from huitou.channels import book as channels
from huitou.channels.paper import Paper
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import Refused
from huitou.identity import book as identity
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import message
from huitou.loyalty import book as loyalty
from huitou.store.books import Books, Unit

DAY = NOW.date()
END = NOW + timedelta(days=30)
EVERY = set(care.CHANNELS)


def known(unit: Unit, *, merged: identity.Pairs = (), split: identity.Pairs = ()) -> None:
    """What the step of a run does with what the lake found out."""
    care.follow(unit, [*merged, *((origin, person) for person, origin in split)], NOW)
    identity.keep(unit, merged, split)
    care.close_doubles(unit, NOW)


def quiet(unit: Unit, person: str) -> set[str]:
    alone = {channel for one, channel in care.silent(unit, [person]) if one == person}
    assert alone == {channel for one, channel in care.silent(unit) if one == person}
    return alone


def test_what_the_books_know_already_is_no_news(books: Books) -> None:
    with books.unit() as unit:
        known(unit, merged=[("b", "a")], split=[("c", "a")])
        assert identity.new_merges(unit, [("b", "a"), ("a", "z"), ("b", "z")]) == [
            ("a", "z"),
            ("b", "z"),
        ]
        assert identity.new_splits(unit, [("c", "a"), ("d", "a")]) == [("d", "a")]
        known(unit, merged=[("a", "z"), ("b", "z")])
        assert identity.names(unit, ["b"]).every(["b"]) == {"a", "b", "z"}
        assert identity.names(unit, ["x"]).every(["x"]) == {"x"}


def test_who_asked_for_silence_keeps_it_when_they_turn_out_to_be_a_member(books: Books) -> None:
    with books.unit() as unit:
        care.be_silent(unit, "phone", "any", "told at the till", NOW)
        care.may_speak(unit, "member", "email", "newsletter", NOW + timedelta(hours=1))
        known(unit, merged=[("phone", "member")])
        assert quiet(unit, "member") == quiet(unit, "phone") == EVERY


@pytest.mark.parametrize("quiet_one", ["phone", "member"])
def test_the_stricter_word_wins_whoever_spoke_last(books: Books, quiet_one: str) -> None:
    other = {"phone": "member", "member": "phone"}[quiet_one]
    with books.unit() as unit:
        care.be_silent(unit, quiet_one, "email", "unsubscribed", NOW - timedelta(days=2))
        care.may_speak(unit, other, "any", "asked us to write", NOW - timedelta(days=1))
        known(unit, merged=[("phone", "member")])
        assert quiet(unit, "member") == {"email"}


def test_a_word_said_after_the_merge_counts_under_either_id(books: Books) -> None:
    with books.unit() as unit:
        care.be_silent(unit, "phone", "any", "told at the till", NOW)
        known(unit, merged=[("phone", "member")])
        care.may_speak(unit, "member", "any", "told to owner", NOW + timedelta(days=1))
        assert quiet(unit, "member") == set()
        care.be_silent(unit, "phone", "email", "a late letter", NOW + timedelta(days=2))
        assert quiet(unit, "member") == {"email"}


def test_silence_holds_for_both_sides_of_a_split_until_each_says_otherwise(books: Books) -> None:
    with books.unit() as unit:
        care.be_silent(unit, "household", "any", "told at the till", NOW)
        known(unit, split=[("child", "household")])
        assert quiet(unit, "child") == quiet(unit, "household") == EVERY
        care.may_speak(unit, "child", "any", "asked us to write", NOW + timedelta(days=1))
        assert (quiet(unit, "child"), quiet(unit, "household")) == (set(), EVERY)


def test_debts_of_both_ids_count_against_one_bound(books: Books) -> None:
    terms = loyalty.Terms(0.1, 600, END)
    with books.unit() as unit:
        loyalty.make_offer(unit, "first", "phone", terms, 1000, NOW)
        known(unit, merged=[("phone", "member")])
        assert loyalty.held(unit, ["member"])["member"] == loyalty.held(unit)["phone"] == 600
        for person in ("member", "phone"):
            with pytest.raises(Refused, match="pass the bound"):
                loyalty.promise(unit, person, 401, 1000, f"more for {person}", NOW)
        assert loyalty.promise(unit, "phone", 400, 1000, "fits", NOW)
        assert loyalty.make_offer(unit, "first", "phone", terms, 1000, NOW)["state"] == "open"
        loyalty.release(unit, "first", NOW)
        assert loyalty.held(unit)["member"] == 400 and loyalty.check(unit) == []


def test_one_person_has_one_case_and_is_not_asked_again_under_another_id(books: Books) -> None:
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("phone", DAY, 900), NewCase("member", DAY, 800)], NOW)
        known(unit, merged=[("phone", "member")])
        (row,) = care.listed(unit)
        assert row["worth"] == 900
        assert care.people_with_open_cases(unit, ["member"]) == {"member", "phone"}
        care.record_answer(unit, row["id"], Answer("moved"), "clerk", NOW)
        assert care.asked(unit) == {"member": DAY, "phone": DAY}
        later = DAY + timedelta(days=9)
        assert care.open_cases(unit, [NewCase("member", later, 900)], NOW) == 0
        assert care.close_returned(unit, ["member"], NOW) == 1
        assert care.open_cases(unit, [NewCase("member", later, 900)], NOW) == 1


def test_letters_and_lots_are_found_under_the_new_id(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.unit() as unit:
        before = journeys.assignments(unit, plan_id).to_pylist()
        arms = {row["person_id"]: row for row in before}
        written = journeys.last_spoken(unit)
        old, *_ = sorted(written.keys() - {"p0000", "p0001"})
        known(unit, merged=[(old, "new"), ("p0000", "p0001")])
        after = {row["person_id"]: row for row in journeys.assignments(unit, plan_id).to_pylist()}
        assert journeys.last_spoken(unit)["new"] == written[old]
        assert after["new"]["arm"] == arms[old]["arm"] and old not in after
        assert after["p0001"]["arm"] == arms["p0001"]["arm"] and "p0000" not in after
        assert len(after) == len(before) - 1
        receipt = journeys.receipt(unit, plan_id, "new")
        assert receipt is not None and receipt["person_id"] == old
        assert channels.letters_to(unit, "new")[0]["person_id"] == old


def test_a_letter_under_an_old_id_is_held_back_by_the_word_of_the_new_one(
    books: Books, tmp_path: Path
) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.unit() as unit:
        on_paper = select(message.c.person_id).where(message.c.channel == "paper")
        old = unit.value(on_paper)
        known(unit, merged=[(old, "new")])
        care.be_silent(unit, "new", "any", "told at the till", NOW)
    channels.deliver(books, Paper(tmp_path, ZONE), plan_id, StoppedClock(NOW))
    with books.reading() as unit:
        (letter,) = channels.letters_to(unit, "new")
    assert (letter["state"], letter["reason"]) == ("suppressed", "silent")
