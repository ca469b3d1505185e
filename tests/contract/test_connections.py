"""Connections on both databases: made once under a name, ended for good, their keys never kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys.given import NOW

from huitou.ground.errors import HuitouError, Refused
from huitou.sources.live import book
from huitou.sources.live.tables import connection
from huitou.store.books import Books


def make(books: Books, kind: str = "server", name: str = "web", **more: str | None):
    told = {"source": None, "secret_env": None, **more}
    with books.unit() as unit:
        return book.make(unit, kind, name, by="mei", now=NOW, **told)


def test_a_key_opens_until_it_is_ended(any_books: Books) -> None:
    made, key = make(any_books)
    assert key is not None and key.startswith("hw_")
    with any_books.reading() as unit:
        keyed, named = book.open_ones(unit)
        assert keyed[book.hash_of(key)].id == made.id == named[made.id].id
        assert key not in str(unit.rows(select(connection)))
    with any_books.unit() as unit:
        book.end(unit, "web", NOW + timedelta(days=1))
        book.end(unit, made.id, NOW + timedelta(days=9))
    with any_books.reading() as unit:
        assert book.open_ones(unit) == ({}, {})
        assert book.every(unit)[0].ended_at == NOW + timedelta(days=1)


def test_a_name_is_taken_once(any_books: Books) -> None:
    make(any_books)
    with pytest.raises(Refused, match="already"):
        make(any_books)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"kind": "magento"}, "nothing of the kind"),
        ({"name": "  "}, "has a name"),
        ({"source": "x" * 81}, "has a name"),
        ({"secret_env": "HUITOU_X"}, "no secret of its own"),
        ({"kind": "shopify"}, "that signs has a secret"),
        ({"kind": "shopify", "secret_env": "shpss_1234"}, "is not kept"),
    ],
)
def test_what_cannot_be_connected_is_refused(
    any_books: Books, told: dict[str, str], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        make(any_books, **told)
    with any_books.reading() as unit:
        assert book.every(unit) == []


def test_nobody_ends_what_is_not_there(any_books: Books) -> None:
    with pytest.raises(HuitouError, match="no connection"), any_books.unit() as unit:
        book.end(unit, "web", NOW)


def test_the_books_hold_a_key_or_a_secret_and_never_both(any_books: Books) -> None:
    row = {"id": "c", "kind": "server", "name": "n", "source": "s", "made_at": NOW, "made_by": "m"}
    for both in ({}, {"key_hash": "h", "secret_env": "E"}):
        with pytest.raises(DBAPIError), any_books.unit() as unit:
            unit.execute(insert(connection).values({**row, **both}))
