"""Letting go and demands in the books of both databases: who decides, what binds, what ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys.given import NOW

from huitou.ground.errors import Refused
from huitou.ground.ids import new_id
from huitou.identity import book as identity
from huitou.loyalty import book as loyalty
from huitou.loyalty.demands import book as demands
from huitou.loyalty.demands.book import Told
from huitou.loyalty.demands.rules import DemandRules
from huitou.loyalty.demands.tables import demand_day
from huitou.loyalty.letting_go import book
from huitou.loyalty.letting_go.book import Decision, Drawn
from huitou.loyalty.letting_go.tables import let_go, let_go_word
from huitou.store.books import Books

TODAY = NOW.date()
ACTED, LEFT = Drawn(0.9, False, TODAY), Drawn(0.1, True, TODAY)
RULES = DemandRules(per_case=2_000, per_day=6_000)
LATER = timedelta(days=1)


def made(person: str = "p", **more: Any) -> Decision:
    usual = Decision(
        id=new_id(), person_id=person, step="no_offers", kinds=("worn",), figures={"net": -5},
        words="because of that", language="en", letter="Dear p", token_hash=new_id(),
        until=TODAY + timedelta(days=90), by="mei", needs_second=False,
    )  # fmt: skip
    return replace(usual, **more)


def told(amount: int, key: str, by: str = "mei") -> Told:
    return Told(key, "gift", amount, 3, "wants more", by, TODAY, "p")


def test_who_is_let_go_is_so_under_each_of_their_ids_until_the_last_day(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.decide(unit, made("old"), ACTED, NOW)
        identity.keep(unit, [("old", "new")], [])
    with any_books.reading() as unit:
        assert set(book.barred(unit, TODAY)) == {"old", "new"}
        assert set(book.barred(unit, TODAY, ["new"])) >= {"new"}
        assert book.barred(unit, TODAY + timedelta(days=91)) == {}
        assert book.barred(unit, TODAY, ["other"]) == {}


def test_one_step_is_open_at_a_time_also_for_two_at_once(any_books: Books) -> None:
    def decide(_: int) -> bool:
        try:
            with any_books.unit() as unit:
                book.decide(unit, made(), ACTED, NOW)
        except (Refused, DBAPIError):
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(decide, range(8))) == 1
    with any_books.unit() as unit:
        assert book.end_over(unit, TODAY + timedelta(days=91), NOW + LATER) == 1
        later = replace(ACTED, since=TODAY + timedelta(days=91))
        assert book.decide(unit, made(until=TODAY + timedelta(days=120)), later, NOW + LATER)


def test_the_database_keeps_four_eyes_whoever_writes(any_books: Books) -> None:
    with any_books.unit() as unit:
        row = book.decide(unit, made(step="closed", needs_second=True), ACTED, NOW)
    assert row["state"] == "waiting"
    alone = [{"second_by": "mei"}, {"second_by": None}]
    for eyes in alone:
        with pytest.raises(DBAPIError), any_books.unit() as unit:
            values = {"state": "standing", "lot": 0.9, "controlled": False, "since": TODAY, **eyes}
            unit.change(update(let_go).values(**values))
    with pytest.raises(Refused), any_books.unit() as unit:
        book.agree(unit, row["id"], "mei", ACTED, NOW)
    with any_books.unit() as unit:
        assert book.agree(unit, row["id"], "li", ACTED, NOW)["state"] == "standing"


def test_who_is_left_as_they_are_is_given_offers_as_before(any_books: Books) -> None:
    terms = loyalty.Terms(0.1, 100, NOW + timedelta(days=9))
    with any_books.unit() as unit:
        assert book.decide(unit, made(), LEFT, NOW)["state"] == "control"
        assert loyalty.make_offer(unit, "o", "p", terms, 1_000, NOW)
        (row,) = book.arms(unit)
        assert row["controlled"] and book.spans(unit) == {}


def test_a_decision_is_never_rewritten_and_words_stay(any_books: Books) -> None:
    with any_books.unit() as unit:
        row = book.decide(unit, made(), ACTED, NOW)
        assert book.appeal(unit, row["id"], "that is wrong", "the customer", NOW)
        assert not book.appeal(unit, row["id"], "that is wrong", "the customer", NOW)
    changes = (
        update(let_go).values(words="because of this"),
        update(let_go).values(step="closed"),
        update(let_go).values(until=TODAY + timedelta(days=700)),
        update(let_go).values(lot=0.1),
        delete(let_go),
        update(let_go_word).values(words="all is well"),
        delete(let_go_word),
    )
    for change in changes:
        with pytest.raises(DBAPIError), any_books.unit() as unit:
            unit.change(change)
    with any_books.unit() as unit:
        book.lift(unit, row["id"], "li", "they explained it", NOW)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.change(update(let_go).values(state="standing"))


def test_what_was_bought_while_a_step_held_is_known_later(any_books: Books) -> None:
    with any_books.unit() as unit:
        row = book.decide(unit, made(), ACTED, NOW)
        book.lift(unit, row["id"], "li", "they explained it", NOW + timedelta(days=10))
        assert book.spans(unit) == {"p": ((TODAY, TODAY + timedelta(days=10)),)}


# -- no offers binds; without its guard it does not


def _offered(books: Books, offer_id: str) -> bool:
    terms = loyalty.Terms(0.1, 100, NOW + timedelta(days=9))
    try:
        with books.unit() as unit:
            loyalty.make_offer(unit, offer_id, "p", terms, 1_000, NOW)
    except Refused:
        return False
    return True


def test_an_offer_is_refused_and_made_again_after_its_end(any_books: Books) -> None:
    assert _offered(any_books, "before")
    with any_books.unit() as unit:
        row = book.decide(unit, made(), ACTED, NOW)
    assert not _offered(any_books, "meanwhile")
    assert _offered(any_books, "before"), "what was promised before stays promised"
    with any_books.unit() as unit:
        book.lift(unit, row["id"], "li", "they explained it", NOW)
    assert _offered(any_books, "after")


def test_without_the_guard_who_was_let_go_gets_offers(
    any_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    with any_books.unit() as unit:
        book.decide(unit, made(), ACTED, NOW)
    monkeypatch.setattr(book, "refused_to", lambda *_: None)
    assert _offered(any_books, "unasked")


# -- demands


def test_a_day_never_concedes_more_than_its_limit_whoever_is_quick(any_books: Books) -> None:
    def concede(number: int) -> str:
        with any_books.unit() as unit:
            return str(demands.concede(unit, told(1_500, f"k{number}"), RULES, NOW)["state"])

    with ThreadPoolExecutor(16) as clerks:
        states = list(clerks.map(concede, range(16)))
    assert sorted(set(states)) == ["asked", "conceded"] and states.count("conceded") == 4
    with any_books.reading() as unit:
        assert unit.value(select(demand_day.c.spent)) == 6_000
        assert demands.left(unit, "mei", TODAY, RULES) == 0
        assert demands.left(unit, "li", TODAY, RULES) == 6_000
        assert demands.cost(unit, TODAY, TODAY) == {"p": (6_000, 48)}
        assert demands.cost(unit, date(2000, 1, 1), date(2000, 1, 2)) == {}


def test_above_a_case_somebody_else_decides_once(any_books: Books) -> None:
    with any_books.unit() as unit:
        asked = demands.concede(unit, told(5_000, "much"), RULES, NOW)
        assert asked["state"] == "asked"
        assert demands.concede(unit, told(5_000, "much"), RULES, NOW)["id"] == asked["id"]
        assert demands.left(unit, "mei", TODAY, RULES) == 6_000, "nothing was spent"
    with pytest.raises(Refused), any_books.unit() as unit:
        demands.decide(unit, asked["id"], "mei", "I say so", NOW, granted=True)
    with any_books.unit() as unit:
        done = demands.decide(unit, asked["id"], "li", "a year of custom", NOW, granted=True)
        assert (done["state"], done["decided_by"]) == ("approved", "li")
        assert demands.cost(unit, TODAY, TODAY) == {"p": (5_000, 3)}
    with pytest.raises(Refused), any_books.unit() as unit:
        demands.decide(unit, asked["id"], "li", "on second thoughts", NOW, granted=False)


def test_a_refusal_gives_nothing_and_is_kept(any_books: Books) -> None:
    with any_books.unit() as unit:
        row = demands.refuse(unit, told(0, "no"), NOW)
        assert row["state"] == "refused"
        assert demands.cost(unit, TODAY, TODAY) == {"p": (0, 3)}
