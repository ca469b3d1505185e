"""Paid cards on SQLite and on PostgreSQL alike: sold once, renewed with notice, paid back right."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from tests.unit.loyalty.given_cards import PLAIN, PREMIUM, RULES, SHIPPED, on

from huitou.ground.errors import Refused
from huitou.identity import book as identity
from huitou.loyalty.membership import book
from huitou.loyalty.membership.tables import paid_card_event
from huitou.store.books import Books, Row

START = date(2026, 3, 1)
END = date(2027, 3, 1)


def sell(books: Books, person: str = "p1", key: str = "k1", day: date = START) -> Row:
    with books.unit() as unit:
        return book.buy(unit, person, PLAIN, RULES, on(day), key=key)


def test_no_card_is_sold_where_the_merchant_never_turned_them_on(any_books: Books) -> None:
    with any_books.unit() as unit, pytest.raises(Refused, match="no cards are sold"):
        book.buy(unit, "p1", PLAIN, SHIPPED, on(START), key="k")


def test_the_same_sale_told_twice_is_one_sale(any_books: Books) -> None:
    assert sell(any_books)["id"] == sell(any_books)["id"]
    with any_books.reading() as unit:
        assert book.totals(unit) == {"paid": 60_00, "unearned": 60_00, "earned": 0, "back": 0}


def test_two_tills_at_once_sell_one_card(any_books: Books) -> None:
    ready = threading.Barrier(2)

    def at_a_till(key: str) -> bool:
        ready.wait(timeout=5)
        try:
            sell(any_books, key=key)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as tills:
        assert sorted(tills.map(at_a_till, ("a", "b"))) == [False, True]


def test_somebody_known_by_two_names_buys_one_card(any_books: Books) -> None:
    sell(any_books, "old")
    with any_books.unit() as unit:
        identity.keep(unit, [("old", "p1")], [])
    with pytest.raises(Refused, match="hold a card already"):
        sell(any_books, "p1", key="k2")
    with any_books.reading() as unit:
        assert book.held(unit, START)["p1"]["card"] == "plain"


def test_a_renewal_joins_the_old_term_and_is_paid_once(any_books: Books) -> None:
    sell(any_books)
    with any_books.unit() as unit:
        row = book.renew(unit, "p1", RULES, on(END + timedelta(days=5)))
        assert (row["starts_on"], row["ends_on"]) == (END, date(2028, 3, 1))
    with any_books.unit() as unit:
        assert book.close_due(unit, RULES, on(END + timedelta(days=5))) == 1
        assert book.check(unit) == []
        assert book.totals(unit)["earned"] == 60_00


def test_nothing_is_renewed_silently(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.buy(unit, "p1", PLAIN, RULES, on(START), key="k", standing_order=True)
    with any_books.unit() as unit, pytest.raises(Refused, match="not told of in time"):
        book.renew(unit, "p1", RULES, on(END), asked=False)
    with any_books.unit() as unit:
        (due,) = book.to_notice(unit, RULES, END - timedelta(days=20))
        assert book.noticed(unit, due, on(END - timedelta(days=20)))
        assert book.to_notice(unit, RULES, END - timedelta(days=19)) == []
        assert book.renew(unit, "p1", RULES, on(END), asked=False)["starts_on"] == END


def test_who_never_asked_for_it_is_not_renewed_even_with_notice(any_books: Books) -> None:
    row = sell(any_books)
    with any_books.unit() as unit:
        book.noticed(unit, row, on(END - timedelta(days=20)))
        with pytest.raises(Refused, match="did not ask"):
            book.renew(unit, "p1", RULES, on(END), asked=False)


def test_privileges_end_after_grace_and_not_before(any_books: Books) -> None:
    sell(any_books)
    with any_books.unit() as unit:
        assert book.close_due(unit, RULES, on(END + timedelta(days=13))) == 0
        assert "p1" in book.held(unit, END + timedelta(days=13))
        assert book.close_due(unit, RULES, on(END + timedelta(days=14))) == 1
        assert book.held(unit, END + timedelta(days=14)) == {}


def test_an_upgrade_in_the_middle_costs_the_days_that_are_left(any_books: Books) -> None:
    sell(any_books)
    half = START + timedelta(days=183)
    with any_books.unit() as unit:
        row = book.upgrade(unit, "p1", PREMIUM, RULES, on(half))
        assert row["paid"] - 60_00 == 60_00 * 182 // 365 and row["card_since"] == half
    with any_books.unit() as unit, pytest.raises(Exception, match="is not above"):
        book.upgrade(unit, "p1", PREMIUM, RULES, on(half))


def test_given_back_within_the_first_days_it_is_paid_back_whole(any_books: Books) -> None:
    sell(any_books)
    with any_books.unit() as unit:
        assert book.cancel(unit, "p1", RULES, on(START + timedelta(days=13)))["paid"] == -60_00
        assert set(book.totals(unit).values()) == {0}
    sell(any_books, key="k2", day=START + timedelta(days=14))


def test_given_back_later_the_unused_part_is_paid_back_and_no_more_ever(any_books: Books) -> None:
    sell(any_books)
    with any_books.unit() as unit:
        book.renew(unit, "p1", RULES, on(END - timedelta(days=10)), card=PREMIUM)
        event = book.cancel(unit, "p1", RULES, on(END - timedelta(days=5)))
        # Five of 365 days, rounded up for the member; the year ahead whole.
        assert event["paid"] == -83
        totals = book.totals(unit)
        assert totals["unearned"] == 0 and totals["paid"] == 60_00 - 83 and not book.check(unit)
    with any_books.unit() as unit, pytest.raises(Refused, match="hold no card"):
        book.cancel(unit, "p1", RULES, on(END))


def test_a_movement_that_is_not_even_cannot_be_written(any_books: Books) -> None:
    row = sell(any_books)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        book._write(unit, row, "upgraded", "x", on(START), paid=5, unearned=4)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.execute(update(paid_card_event).values(paid=1))


def test_what_comes_back_comes_once(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.buy(unit, "p1", PREMIUM, RULES, on(START), key="k")
    late = END + timedelta(days=RULES.back_after)
    with any_books.unit() as unit:
        assert book.to_pay_back(unit, RULES, late - timedelta(days=1)) == []
        (due,) = book.to_pay_back(unit, RULES, late)
        assert book.pay_back(unit, due, 70_00, on(late))
        assert not book.pay_back(unit, due, 70_00, on(late))
        assert book.to_pay_back(unit, RULES, late) == [] and book.totals(unit)["back"] == 70_00
