"""Two who are one by likeness: the books follow, the stricter word wins, parting restores all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.unit.journeys.given import NOW, every_table

from huitou.care import book as care
from huitou.care.cases import NewCase
from huitou.care.consents import book as consents
from huitou.ground.errors import Refused
from huitou.identity import book as identity
from huitou.identity.alike import book
from huitou.identity.alike.book import DIFFERENT, JOINED, OPEN, SAME, Alike
from huitou.identity.alike.tables import alike_word
from huitou.loyalty import book as loyalty
from huitou.loyalty.points import book as points
from huitou.runs import joining
from huitou.store.books import Books, Unit

LATER = NOW + timedelta(days=1)
KNOWN, VISITOR, OLD = "known", "visitor", "visitor before"
JOINS = ((VISITOR, VISITOR, KNOWN), (OLD, VISITOR, KNOWN))
TOGETHER = joining.Told([(OLD, KNOWN), (VISITOR, KNOWN)], [], JOINS)
BY_KEYS = joining.Told([(OLD, VISITOR)], [], [])


def digests(unit: Unit) -> dict[str, str]:
    """Of every table there is, what it holds."""
    found = {}
    for table in every_table().sorted_tables:
        rows = sorted(repr(tuple(row.values())) for row in unit.rows(select(table)))
        found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.fixture
def two(any_books: Books) -> Books:
    """A known customer and a visitor who had two ids: points, promises, words, cases of both."""
    with any_books.unit() as unit:
        joining.follow(unit, BY_KEYS, NOW)
        cases = [_case(KNOWN, 900), _case(VISITOR, 400)]
        assert care.open_cases(unit, cases, NOW) == 2
        for person, amount in ((KNOWN, 120), (VISITOR, 30), (OLD, 5)):
            points.earn(unit, person, "points", amount, f"earn:{person}", NOW)
        loyalty.promise(unit, VISITOR, 500, 1_000, "promise:1", NOW)
        consents.give(unit, KNOWN, "email", "marketing", source="join_page", now=NOW)
        consents.give(unit, VISITOR, "email", "marketing", source="join_page", now=NOW)
        consents.give(unit, KNOWN, "sms", "marketing", source="join_page", now=NOW)
        consents.withdraw(unit, OLD, "sms", "marketing", source="unsubscribe", now=NOW)
        care.be_silent(unit, VISITOR, "paper", "said so", NOW)
    return any_books


def _case(person: str, worth: int) -> NewCase:
    return NewCase(person_id=person, as_of=date(2026, 3, 1), worth=worth)


def follow(books: Books, told: joining.Told, now: datetime = LATER) -> dict[str, object]:
    with books.unit() as unit:
        return dict(joining.follow(unit, told, now))


def test_what_both_had_is_one_persons(two: Books) -> None:
    done = follow(two, TOGETHER)
    assert (done["joined"], done["rows"], done["closed"]) == (2, 0, 1)
    with two.reading() as unit:
        for person in (KNOWN, VISITOR, OLD):
            assert points.balance(unit, person).available == 155
            assert identity.names(unit).now(person) == KNOWN
        assert loyalty.held(unit, [KNOWN])[KNOWN] == 500


def test_the_stricter_word_wins_until_a_later_one(two: Books) -> None:
    follow(two, TOGETHER)
    with two.reading() as unit:
        silent = care.silent(unit, [KNOWN])
        given = consents.given(unit, [KNOWN])
    assert {(KNOWN, "paper"), (KNOWN, "sms")} <= silent
    assert (KNOWN, "sms") not in given
    with two.unit() as unit:
        care.may_speak(unit, KNOWN, "paper", "asked for the catalogue", LATER + timedelta(hours=1))
        assert (KNOWN, "paper") not in care.silent(unit, [KNOWN])


def test_parting_restores_every_table(two: Books) -> None:
    with two.reading() as unit:
        before = digests(unit)
    follow(two, TOGETHER)
    with two.reading() as unit:
        assert digests(unit) != before
    follow(two, TOGETHER)  # the same again changes nothing
    done = follow(two, BY_KEYS, LATER + timedelta(days=1))
    assert (done["parted"], done["silenced"]) == (2, 0)
    with two.reading() as unit:
        after = digests(unit)
        assert {name for name in after if after[name] != before[name]} == set()
        assert points.balance(unit, OLD).available == 35
        assert (KNOWN, "paper") not in care.silent(unit, [KNOWN])


def likely(*, is_one: bool = False, weight: float = 5.0) -> Sequence[Alike]:
    return [Alike("a", "b", weight, 0.9, {"name": "same"}, is_one)]


def test_what_somebody_said_is_kept_and_taken_back(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert book.propose(unit, likely(), NOW)[OPEN] == 1
        (pair,) = book.listed(unit, [OPEN])
        book.say(unit, pair["id"], SAME, "mei", NOW)
        assert book.told(unit).same == [("a", "b")]
        assert book.take_back(unit, pair["id"], "mei", NOW)["state"] == OPEN
        with pytest.raises(Refused):
            book.take_back(unit, pair["id"], "mei", NOW)
        with pytest.raises(Refused):
            book.say(unit, pair["id"], "perhaps", "mei", NOW)
        words = [(row["word"], row["by"], row["weight"]) for row in book.said_of(unit, pair["id"])]
    assert words == [("same", "mei", 5.0), ("undone", "mei", 5.0)]


def test_who_is_different_is_never_proposed_again(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.propose(unit, likely(), NOW)
        pair = book.pair_id("b", "a")
        book.say(unit, pair, DIFFERENT, "mei", NOW)
        counts = book.propose(unit, likely(is_one=True, weight=30.0), LATER)
        assert counts == {OPEN: 0, JOINED: 0}
        assert book.told(unit).different == [("a", "b")]
        book.propose(unit, [], LATER)
        assert book.find(unit, pair)["state"] == DIFFERENT


def test_every_merge_has_a_record_and_what_is_no_longer_likely_goes(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert book.propose(unit, likely(is_one=True, weight=9.0), NOW)[JOINED] == 1
        assert book.propose(unit, likely(is_one=True, weight=9.5), LATER)[JOINED] == 0
        pair = book.pair_id("a", "b")
        book.propose(unit, [], LATER)
        rows = unit.rows(select(alike_word).where(alike_word.c.pair_id == pair))
        told = [(row["word"], row["by"], row["weight"]) for row in rows]
        assert told == [("joined", book.ITSELF, 9.0), ("undone", book.ITSELF, 9.5)]
        book.propose(unit, [Alike("c", "d", 3.0, 0.5, {}, False)], NOW)
        book.propose(unit, [], LATER)
        assert book.counted(unit) == {OPEN: 1}
