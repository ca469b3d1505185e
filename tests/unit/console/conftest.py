"""A console over a shop that is made up, with somebody signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

from huitou.doors.book import Staff
from huitou.doors.console.app import app
from huitou.doors.tables import metadata
from huitou.store.books import Books

ROOT = "http://testserver"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Books that hold nobody yet."""
    made = Books.in_folder(tmp_path)
    metadata.create_all(made.engine)
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
    with TestClient(app(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as client:
        yield client


@pytest.fixture
def owner(visitor: TestClient, staff: Staff, shop: FakeShop) -> TestClient:
    """A browser in which the owner has come in by the first link."""
    link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
    answer = visitor.post(link, data={"name": "owner", "password": "a long enough one"})
    assert answer.status_code == 200, answer.text
    return visitor
