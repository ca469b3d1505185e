"""Segment's own libraries, unchanged, tell a running huitou: people, orders, returns and visits."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from tools.bench_sources._house import free_port, listening, shop_with_key

import huitou
from huitou.runs.shop import Shop

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".peers" / "segment"
SCRIPTS = ROOT / "tools" / "peers" / "segment"


@dataclass
class Told:
    """A shop that two libraries told of the same kind of things."""

    shop: Shop

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.shop._house.lake.writing("look") as lake:
            return lake.execute(query).fetchall()


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, missing: Callable[[str, str], NoReturn]
) -> Iterator[Told]:
    python, node = INSTALLED / "bin" / "python", shutil.which("node")
    if not (INSTALLED / ".installed").exists() or not python.exists():
        missing("segment", "its libraries are not installed (make segment)")
    if node is None:
        missing("segment", "no node on this machine")
    home = tmp_path_factory.mktemp("segment") / "shop"
    key, port = shop_with_key(home), free_port()
    address = f"http://127.0.0.1:{port}"
    with listening(home, port):
        for call in (
            [str(python), str(SCRIPTS / "tell.py"), address, key],
            [str(node), str(SCRIPTS / "tell.mjs"), address, key],
        ):
            done = subprocess.run(
                call, cwd=INSTALLED, capture_output=True, text=True, check=False, timeout=60
            )
            assert done.returncode == 0, done.stdout + done.stderr
        shop = huitou.open(home)
        assert shop.connections.listen() > 0
        yield Told(shop)


def test_nothing_was_rejected(told: Told) -> None:
    assert not told.shop.connections.rejected()
    assert not told.shop.quarantined()


def test_an_order_and_its_return_came_by_python(told: Told) -> None:
    assert told.rows(
        """SELECT order_id, sku, amount, is_return, is_product, member_no FROM lines
        WHERE order_id LIKE 'py-%' ORDER BY order_id, sku NULLS LAST, amount DESC"""
    ) == [
        ("py-1001", "45", 1710, False, True, "py-1"),
        ("py-1001", "46", 540, False, True, "py-1"),
        ("py-1001", None, 300, False, False, "py-1"),
        ("py-1001", None, 200, False, False, "py-1"),
        ("py-1001/refund", "46", -540, True, True, "py-1"),
    ]  # fmt: skip


def test_an_order_of_a_visitor_is_theirs_once_they_say_who_they_are(told: Told) -> None:
    assert told.rows(
        """SELECT order_id, product, amount, member_no, day::VARCHAR FROM lines
        WHERE order_id LIKE 'js-%' ORDER BY order_id, amount DESC"""
    ) == [
        ("js-2001", "Chess", 4000, "js-1", "2026-03-02"),
        ("js-2001", "shipping", 450, "js-1", "2026-03-02"),
        ("js-2001/refund", "shipping", -450, "js-1", "2026-03-09"),
        ("js-2001/refund", "Chess", -4000, "js-1", "2026-03-09"),
    ]  # fmt: skip


def test_people_are_known_by_what_they_said(told: Told) -> None:
    assert told.rows("SELECT key, email, phone, name FROM profiles ORDER BY key") == [
        ("member:js-1", "bo@example.com", None, "Bo Berg"),
        ("member:py-1", "ann@example.com", "+4915112345678", "Ann Archer"),
    ]
    told.shop.run()
    edition = told.shop._house.lake.current()
    assert edition is not None
    lines = edition.table("lines", ["person_id", "order_id", "name"]).to_pylist()
    assert {(row["order_id"].removesuffix("/refund"), row["name"]) for row in lines} == {
        ("py-1001", "Ann Archer"), ("js-2001", "Bo Berg"),
    }  # fmt: skip
    assert len({row["person_id"] for row in lines} - {None}) == 2


def test_visits_are_kept_with_what_was_seen(told: Told) -> None:
    assert told.rows(
        "SELECT kind, name, sku, visitor, member_no FROM visits ORDER BY kind, name, member_no"
    ) == [
        ("alias", None, None, None, "js-1"),
        ("group", "club", None, None, "js-1"),
        ("identify", None, None, "device-7", "js-1"),
        ("identify", None, None, None, "py-1"),
        ("page", "Home", None, None, "py-1"),
        ("screen", "Basket", None, None, "js-1"),
        ("track", "Order Completed", None, None, "py-1"),
        ("track", "Order Completed", None, "device-7", None),
        ("track", "Order Refunded", None, None, "js-1"),
        ("track", "Order Refunded", None, None, "py-1"),
        ("track", "Product Viewed", "9", "device-7", None),
    ]
