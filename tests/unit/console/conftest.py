"""A console over a shop that is made up, with somebody signed in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

from huitou.doors.book import Staff
from huitou.doors.console.app import app
from huitou.doors.console.errands import Errands
from huitou.doors.console.visit import Desk
from huitou.doors.tables import metadata
from huitou.store.books import Books

ROOT = "http://testserver"


@cache
def _site() -> FastAPI:
    """One console for every test: it reads the signatures of its pages when first asked for them,
    which costs more than most pages do.
    """
    return app(cast(Any, None), cast(Any, None))


@pytest.fixture(scope="session")
def empty_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of books that hold nobody yet, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    made = Books.in_folder(folder)
    metadata.create_all(made.engine)
    made.close()
    return folder / "books.db"


@pytest.fixture
def books(tmp_path: Path, empty_books: Path) -> Iterator[Books]:
    """Books that hold nobody yet."""
    shutil.copy(empty_books, tmp_path / "books.db")
    made = Books.in_folder(tmp_path)
    yield made
    made.close()


@pytest.fixture
def staff(books: Books) -> Staff:
    """The door's own book."""
    return Staff(books)


@pytest.fixture
def shop(tmp_path: Path) -> FakeShop:
    """The made-up shop."""
    return FakeShop(tmp_path)


@pytest.fixture
def visitor(shop: FakeShop, staff: Staff) -> Iterator[TestClient]:
    """A browser with nobody signed in; it says where its requests come from, as browsers do."""
    site = _site()
    site.state.desk = Desk(cast(Any, shop), staff, Errands(), None)
    with TestClient(site, base_url=ROOT, headers={"origin": ROOT}) as client:
        yield client


@pytest.fixture
def owner(visitor: TestClient, staff: Staff, shop: FakeShop) -> TestClient:
    """A browser in which the owner has come in by the first link."""
    link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
    answer = visitor.post(link, data={"name": "owner", "password": "a long enough one"})
    assert answer.status_code == 200, answer.text
    return visitor
