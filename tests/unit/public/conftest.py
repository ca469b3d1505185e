"""A shop whose clock can be put forward, and somebody at its public door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

BEGUN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@dataclass
class Wound:
    """A clock that goes when it is told to."""

    moment: datetime = BEGUN

    def now(self) -> datetime:
        return self.moment

    def on(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class Customer:
    """An old phone: no cookie is kept, no script run, no Origin said."""

    site: TestClient
    clock: Wound
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> Response:
        self.site.cookies.clear()
        return self.site.get(path, headers=self.headers | more.pop("headers", {}), **more)

    def post(self, path: str, **more: Any) -> Response:
        self.site.cookies.clear()
        return self.site.post(path, headers=self.headers | more.pop("headers", {}), **more)

    def mark(self, path: str = "/p/complaint") -> str:
        found = re.search(r'name="form" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def complain(self, words: str = "The parcel came broken.", **told: Any) -> Response:
        """Open the form, type for a while, and press the button."""
        files = told.pop("files", None)
        fields = {"form": self.mark(), "words": words, **told}
        self.clock.on(seconds=40)
        return self.post("/p/complaint?lang=en", data=fields, files=files)


@pytest.fixture
def clock() -> Wound:
    return Wound()


@pytest.fixture
def shop(home: Path, clock: Wound) -> Iterator[Shop]:
    made = open_shop(home, clock=clock)
    made.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    yield made
    made.books.close()


@pytest.fixture
def customer(shop: Shop, clock: Wound) -> Iterator[Customer]:
    # The client must not be entered: what runs at the start of a web process is not wanted here.
    site = TestClient(web(shop, Staff(shop.books)), follow_redirects=False)
    yield Customer(site, clock)
