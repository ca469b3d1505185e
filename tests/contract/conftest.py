"""The same books on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.postgres import fresh_database
from tests.unit.journeys.given import every_table

from huitou.store.books import Books


@pytest.fixture(params=["sqlite", "postgres"])
def empty_books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """Books without a shape, on each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'books.db'}"
    else:
        url = fresh_database(request.getfixturevalue("postgres_url"))
    books = Books(url)
    yield books
    books.close()


@pytest.fixture
def any_books(empty_books: Books) -> Books:
    """Empty books of the newest shape, on each database."""
    empty_books.migrate(every_table())
    return empty_books


@pytest.fixture
def postgres_books(postgres_url: str) -> Iterator[Books]:
    """Empty books on PostgreSQL."""
    books = Books(fresh_database(postgres_url))
    books.migrate(every_table())
    yield books
    books.close()
