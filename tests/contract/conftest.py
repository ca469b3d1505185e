"""The same books on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.postgres import bare_database, fresh_database
from tests.unit.journeys.given import every_table

from huitou.store.books import Books


@pytest.fixture(params=["sqlite", "postgres"])
def empty_books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """Books without a shape, on each database."""
    yield from _opened(request, tmp_path, bare_database)


@pytest.fixture(params=["sqlite", "postgres"])
def any_books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """Empty books of the newest shape, on each database."""
    for books in _opened(request, tmp_path, fresh_database):
        books.migrate(every_table())
        yield books


def _opened(
    request: pytest.FixtureRequest, folder: Path, on_server: Callable[[str], str]
) -> Iterator[Books]:
    url = f"sqlite:///{folder / 'books.db'}"
    if request.param == "postgres":
        url = on_server(request.getfixturevalue("postgres_url"))
    books = Books(url)
    yield books
    books.close()


@pytest.fixture
def postgres_books(postgres_url: str) -> Iterator[Books]:
    """Empty books on PostgreSQL."""
    books = Books(fresh_database(postgres_url))
    books.migrate(every_table())
    yield books
    books.close()
