"""The same books on both databases."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import create_engine, text
from tests.contract.postgres import running
from tests.unit.journeys.given import every_table

from huitou.ground.ids import new_id
from huitou.store.books import Books


@pytest.fixture(scope="session")
def postgres_url(postgres_bin: Path, missing: Callable[[str, str], NoReturn]) -> Iterator[str]:
    """A PostgreSQL server, or a skip in words."""
    try:
        import psycopg  # noqa: F401  # only to say in words that it is absent
    except ImportError:
        missing("postgres", "psycopg is not installed")
    try:
        with running(postgres_bin) as url:
            yield url
    except (RuntimeError, subprocess.SubprocessError) as failed:
        missing("postgres", f"the server does not start: {failed}")


@pytest.fixture(params=["sqlite", "postgres"])
def empty_books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """Books without a shape, on each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'books.db'}"
    else:
        url = _fresh_database(request.getfixturevalue("postgres_url"))
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
    books = Books(_fresh_database(postgres_url))
    books.migrate(every_table())
    yield books
    books.close()


def _fresh_database(server: str) -> str:
    name = f"b{new_id()}"
    engine: Any = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")
