"""Steps, privileges and cards, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.unit.loyalty.test_ladder_rules import ROLLING

from huitou.ground.errors import HuitouError, Refused
from huitou.identity import book as identity
from huitou.loyalty.cards import book as cards
from huitou.loyalty.cards import links
from huitou.loyalty.cards.book import Joined, Meanwhile, Where
from huitou.loyalty.cards.joining import Told
from huitou.loyalty.ladder import book
from huitou.loyalty.ladder.book import Moved
from huitou.loyalty.ladder.rules import Verdict
from huitou.loyalty.ladder.steps import Claim, Privilege
from huitou.store.books import Books

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = NOW.date()
TEA = Privilege("tea", Claim((("en", "Tea"),)), "gift", "month")
SALT = "a salt"


def climbed(person: str, rank: int = 2, **more: Any) -> Moved:
    return Moved(person, None, Verdict(rank, "climbed", **more))


def told(phone: str | None = "+8613800138000", email: str | None = None, **more: Any) -> Told:
    return Told("王芳", phone, email, None, "zh-Hans", **more)


def join(books: Books, form: str, who: Told, *, person: str | None = None, **where: Any) -> Joined:
    with books.unit() as unit:
        place = Where(where.pop("way", "table"), **where)
        return cards.join(unit, SALT, who, place, form, NOW, person_id=person)


def test_after_a_merge_the_higher_step_stands_whatever_the_order(any_books: Books) -> None:
    for number, order in enumerate(permutations(["a", "b", "c"])):
        ids = {name: f"{name}{number}" for name in "abc"}
        ranks = {"a": 1, "b": 3, "c": 2}
        with any_books.unit() as unit:
            book.settle(
                unit, ROLLING, [climbed(ids[each], ranks[each]) for each in order], DAY, NOW
            )
            identity.keep(unit, [(ids["a"], ids["c"]), (ids["b"], ids["c"])], [])
        with any_books.unit() as unit:
            held = book.held(unit, ids["a"])
            assert held is not None and held.step == "inner"
            assert book.fold(unit, NOW, DAY) == 2
            assert book.fold(unit, NOW, DAY) == 0
            assert book.standing(unit, [ids["b"]])[ids["c"]].rank == 3
            assert {row["kind"] for row in book.history(unit, ids["b"])} == {"climbed", "merged"}


def test_a_privilege_is_handed_over_once_for_its_period(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.deliver(unit, "p", TEA, "regular", "Mei", NOW, DAY)
    with pytest.raises(Refused, match="Mei gave it"), any_books.unit() as unit:
        book.deliver(unit, "p", TEA, "regular", "Li", NOW, DAY)
    with any_books.unit() as unit:
        book.deliver(unit, "p", TEA, "regular", "Li", NOW, date(2026, 4, 1))
        assert book.used(unit, DAY) == {"tea": (2, 1)}


def test_who_merged_is_not_given_it_again(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.deliver(unit, "old", TEA, "regular", "Mei", NOW, DAY)
        identity.keep(unit, [("old", "new")], [])
    for asked in ("old", "new"):
        with pytest.raises(Refused), any_books.unit() as unit:
            book.deliver(unit, asked, TEA, "regular", "Li", NOW, DAY)


def test_a_slip_of_the_finger_is_taken_back_once(any_books: Books) -> None:
    with any_books.unit() as unit:
        row = book.deliver(unit, "p", TEA, "regular", "Mei", NOW, DAY)
        book.take_back(unit, row["id"], "Mei", NOW)
        assert book.delivered(unit, "p") == []
        assert book.deliver(unit, "p", TEA, "regular", "Mei", NOW, DAY)["id"] != row["id"]
    with pytest.raises(Refused), any_books.unit() as unit:
        book.take_back(unit, row["id"], "Mei", NOW)


def test_many_tills_hand_it_over_once(any_books: Books) -> None:
    done, refused = [], []

    def till(number: int) -> None:
        try:
            with any_books.unit() as unit:
                book.deliver(unit, "p", TEA, "regular", f"till {number}", NOW, DAY)
            done.append(number)
        except Refused:
            refused.append(number)

    _together(till, 8)
    assert len(done) == 1 and len(refused) == 7


def test_a_step_by_hand_has_a_reason_and_history_is_never_changed(any_books: Books) -> None:
    with pytest.raises(Refused), any_books.unit() as unit:
        book.put_by_hand(unit, ROLLING, "p", "inner", " ", "Mei", NOW, DAY)
    with pytest.raises(HuitouError), any_books.unit() as unit:
        book.put_by_hand(unit, ROLLING, "p", "no such", "why", "Mei", NOW, DAY)
    with any_books.unit() as unit:
        book.put_by_hand(unit, ROLLING, "p", "inner", "a friend of the house", "Mei", NOW, DAY)
        assert book.history(unit, "p")[0]["why"] == "a friend of the house"
    for change in (
        "UPDATE ladder_move SET step = 'taste'",
        "DELETE FROM ladder_move",
        "DELETE FROM joining",
    ):
        join(any_books, "f", told())
        with pytest.raises(DBAPIError), any_books.unit() as unit:
            unit.execute(text(change))


def test_what_was_given_is_not_rewritten(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.deliver(unit, "p", TEA, "regular", "Mei", NOW, DAY)
    for change in (
        "UPDATE ladder_delivery SET person_id = 'q'",
        "UPDATE ladder_delivery SET slot = 'another'",
        "UPDATE ladder_delivery SET slot = NULL",
        "DELETE FROM ladder_delivery",
    ):
        with pytest.raises(DBAPIError), any_books.unit() as unit:
            unit.execute(text(change))


def test_the_same_phone_again_is_the_same_card(any_books: Books) -> None:
    first = join(any_books, "f1", told())
    again = join(any_books, "f2", told(email="w@example.com"))
    same = join(any_books, "f1", told())
    assert first.is_new and not again.is_new and same.is_same_form and same.is_new
    ids = {each.membership["id"] for each in (first, again, same)}
    assert len(ids) == 1
    with any_books.reading() as unit:
        assert cards.count(unit) == 1
        # A stranger who knows the phone puts no address of their own beside it.
        assert cards.keys_of(unit, ids.pop()) == ["phone:+8613800138000"]


def test_staff_who_see_them_add_an_address_to_their_card(any_books: Books) -> None:
    first = join(any_books, "f1", told())
    join(any_books, "f2", told(email="w@example.com"), way="till", seen_by="Mei")
    with any_books.reading() as unit:
        keys = cards.keys_of(unit, first.membership["id"])
    assert keys == ["email:w@example.com", "phone:+8613800138000"]


def test_a_customer_with_a_card_gets_no_second_one_by_their_e_mail(any_books: Books) -> None:
    first = join(any_books, "f1", told(), person="p1")
    second = join(any_books, "f2", told(None, "w@example.com"), person="p1")
    assert not second.is_new and second.membership["id"] == first.membership["id"]


def test_many_forms_of_one_phone_at_one_moment_are_one_card(any_books: Books) -> None:
    kept: list[str] = []

    def send(number: int) -> None:
        for _ in range(3):
            try:
                made = join(any_books, f"f{number}", told())
            except Meanwhile:
                continue
            kept.append(made.membership["id"])
            return

    _together(send, 6)
    assert len(kept) == 6 and len(set(kept)) == 1


def test_joins_are_counted_for_each_place_and_clerk(any_books: Books) -> None:
    with any_books.unit() as unit:
        tables = cards.start(unit, SALT, "tables", "me", NOW, starts_on=DAY)["id"]
    join(any_books, "f1", told(), promotion_id=tables, clerk="Mei")
    join(any_books, "f2", told("+8613800138001"), promotion_id=tables, clerk="Mei")
    join(any_books, "f3", told(), promotion_id=tables, clerk="Li")
    with any_books.reading() as unit:
        (row,) = cards.promotions(unit)
        assert (row["joined"], row["again"], row["clerks"]) == (2, 1, {"Mei": 2})
        assert cards.joined_by_clerk(unit) == [{"clerk": "Mei", "n": 2}]


def test_a_code_opens_only_while_its_promotion_runs(any_books: Books) -> None:
    with any_books.unit() as unit:
        later = DAY + timedelta(days=5)
        made = cards.start(unit, SALT, "later", "me", NOW, starts_on=later)
        token = links.promotion_token(SALT, made["id"])
        assert cards.open_promotion(unit, token, DAY) is None
        assert cards.open_promotion(unit, token, later) is not None
        cards.end(unit, made["id"], later)
        assert cards.open_promotion(unit, token, later + timedelta(days=1)) is None
        assert cards.open_promotion(unit, "x" * 43, later) is None


def test_who_joined_first_and_bought_later_is_that_customer_under_every_id(
    any_books: Books,
) -> None:
    """The id made for a stranger never wins a merge: github.com/mautic/mautic/issues/16425."""
    card = join(any_books, "f1", told()).membership
    with any_books.unit() as unit:
        pairs = cards.became(unit, {"phone:+8613800138000": "bought"})
        assert pairs == [(card["person_id"], "bought")]
        identity.keep(unit, pairs, [])
        assert cards.became(unit, {"phone:+8613800138000": "bought"}) == []
        assert set(cards.members(unit)) == {"bought"}
        # Later that customer turns out to be another: the card goes along.
        identity.keep(unit, [("bought", "older")], [])
        again = cards.became(unit, {"phone:+8613800138000": "older"})
        identity.keep(unit, again, [])
        found = cards.of_person(unit, "older")
        assert found is not None and found["id"] == card["id"]


def test_a_card_never_joins_two_customers(any_books: Books) -> None:
    join(any_books, "f1", told(), person="p1")
    with any_books.reading() as unit:
        # Their phone is somebody else's by now: identity decides who is who, not the card.
        assert cards.became(unit, {"phone:+8613800138000": "p2"}) == []


def _together(do: Any, times: int) -> None:
    threads = [threading.Thread(target=do, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
