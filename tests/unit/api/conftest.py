"""A program before the API of a shop that is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

import huitou
from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.store.books import Books
from huitou.store.columns import metadata


@cache
def _api() -> FastAPI:
    """One API for every test: it reads the signatures of its calls when first asked for them."""
    return app(cast(Any, None), cast(Any, None))


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
        api = _api()
        api.state.shop, api.state.staff = shop, staff
        with_token = TestClient(api)
        if scopes:
            secret = staff.issue_token("till", scopes, shop.clock.now())
            with_token.headers["Authorization"] = f"Bearer {secret}"
        opened.append(with_token)
        return with_token

    yield knock
    for each in opened:
        each.close()
