"""A program before the API of a shop that is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

import huitou
from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.store.books import Books
from huitou.store.columns import metadata

Client = Callable[..., TestClient]
"""Of the scopes asked for, a program that comes with a token of them."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeShop:
    """The made-up shop; the command line opens it too."""
    played = FakeShop(tmp_path)
    monkeypatch.setattr(huitou, "open", lambda _home: played)
    return played


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Staff:
    """The door's own book."""
    books = Books.in_folder(tmp_path_factory.mktemp("books"))
    books.migrate(metadata)
    return Staff(books)


@pytest.fixture
def client(shop: FakeShop, staff: Staff) -> Iterator[Client]:
    """Comes in with a token of these scopes, or with none."""
    opened: list[TestClient] = []

    def knock(*scopes: str) -> TestClient:
        with_token = TestClient(app(shop, staff))
        if scopes:
            secret = staff.issue_token("till", scopes, shop.clock.now())
            with_token.headers["Authorization"] = f"Bearer {secret}"
        opened.append(with_token)
        return with_token

    yield knock
    for each in opened:
        each.close()
