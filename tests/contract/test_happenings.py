"""What happened is told once and never rewritten, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys.given import NOW

from huitou.care.happenings import book
from huitou.care.happenings.rules import Happened
from huitou.care.happenings.tables import happening
from huitou.store.books import Books

DAY = date(2026, 5, 3)
CLOSED = Happened("store_closed", DAY, "Mei", store="Bund", until=date(2026, 6, 1))


def test_the_same_told_twice_is_one(any_books: Books) -> None:
    for is_new in (True, False):
        with any_books.unit() as unit:
            assert book.write_down(unit, CLOSED, NOW)[1] is is_new
    with any_books.reading() as unit:
        (row,) = book.known(unit, DAY)
    assert (row["kind"], row["store"], row["until"]) == ("store_closed", "Bund", date(2026, 6, 1))


@pytest.mark.parametrize("change", [{"kind": "store_moved"}, {"day": date(2026, 1, 1)}])
def test_what_happened_is_never_rewritten(any_books: Books, change: dict) -> None:
    with any_books.unit() as unit:
        book.write_down(unit, CLOSED, NOW)
    with pytest.raises(DBAPIError, match="never rewritten"), any_books.unit() as unit:
        unit.change(update(happening).values(**change))


def test_what_ends_before_it_begins_is_refused_by_the_books_too(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.write_down(unit, CLOSED, NOW)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.change(update(happening).values(until=date(2026, 1, 1)))


def test_what_was_withdrawn_stays_so(any_books: Books) -> None:
    with any_books.unit() as unit:
        row, _ = book.write_down(unit, CLOSED, NOW)
        book.withdraw(unit, row["id"], "Mei", NOW)
    with any_books.unit() as unit:
        book.withdraw(unit, row["id"], "Lan", NOW)
        assert book.latest(unit)[0]["withdrawn_by"] == "Mei"
        assert book.known(unit, DAY) == []
