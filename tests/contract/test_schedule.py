"""Chores on both databases: of many processes one wins, and the second slot waits for the first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from huitou.runs.schedule import book

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_of_sixteen_that_begin_at_once_one_does_it(any_books):
    def begin(name):
        with any_books.unit() as unit:
            return book.begin(unit, "post", NOW, str(name), NOW)

    with ThreadPoolExecutor(16) as pool:
        taken = [each for each in pool.map(begin, range(16)) if each is not None]
    assert len(taken) == 1


def test_a_later_slot_waits_while_an_earlier_one_runs(any_books):
    with any_books.unit() as unit:
        first = book.begin(unit, "post", NOW, "a", NOW)
        assert book.begin(unit, "post", NOW + timedelta(minutes=1), "b", NOW) is None
        assert book.end(unit, first, "a", NOW, did={"accepted": 1})
        assert book.begin(unit, "post", NOW + timedelta(minutes=1), "b", NOW) is not None
        assert book.begin(unit, "post", NOW, "b", NOW) is None
