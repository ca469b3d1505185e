"""The door where shops and sites tell us: what it takes, what it refuses, and when it says so."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.unit.sources.live.test_shops import HOOKS

import huitou
from huitou.doors.book import Staff
from huitou.doors.events import known
from huitou.doors.web import web
from huitou.runs.shop import Shop
from huitou.sources.live.segment import PATHS

EVENT = {"userId": "u-1", "messageId": "m-1", "event": "Product Viewed"}


class Door:
    """A shop that listens, and a key for it."""

    def __init__(self, home: Path) -> None:
        self.shop: Shop = huitou.open(home)
        self.shop.change_settings(currency="EUR", timezone="Europe/Berlin")
        made = self.shop.connections.make("server", "web", "mei")
        assert made.write_key is not None
        self.key, self.id = made.write_key, made.connection.id
        self.site = TestClient(web(self.shop, Staff(self.shop.books)))

    def post(self, path: str, body: Any, **more: Any) -> tuple[int, dict[str, Any]]:
        told = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.site.post(path, content=told, **more)
        return answer.status_code, answer.json()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.shop._house.lake.writing("look") as lake:
            return lake.execute(query).fetchall()


@pytest.fixture
def door(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(known, "FRESH", 0.0)
    opened = Door(home)
    yield opened
    opened.shop.books.close()


KEPT = (200, {"success": True})


@pytest.mark.parametrize("place", [place for place, kind in PATHS.items() if kind != "batch"])
def test_each_path_tells_its_own_kind(door: Door, place: str) -> None:
    event = {**EVENT, "previousId": "d"}
    assert door.post(f"/v1/{place}", event, auth=(door.key, "")) == KEPT
    assert door.shop.connections.listen() == 1
    assert door.rows("SELECT kind, member_no FROM visits") == [(PATHS[place], "u-1")]


def test_a_key_is_shown_by_basic_or_in_the_body(door: Door) -> None:
    assert door.post("/v1/t", {**EVENT, "writeKey": door.key}) == KEPT
    plain = {"content-type": "text/plain"}
    assert door.post("/v1/t", {**EVENT, "writeKey": door.key}, headers=plain) == KEPT
    batch = {"batch": [{"type": "track", **EVENT}], "writeKey": door.key}
    assert door.post("/v1/batch", batch) == KEPT
    assert door.shop.connections.waiting() == 3


def test_gzip_is_opened_as_far_as_a_batch_may_reach(door: Door) -> None:
    packed = {"content-encoding": "gzip"}
    batch = json.dumps({"batch": [{"type": "track", **EVENT}], "writeKey": door.key}).encode()
    assert door.post("/v1/batch", gzip.compress(batch), headers=packed) == KEPT
    bomb = gzip.compress(b" " * 50_000_000)
    assert door.post("/v1/batch", bomb, headers=packed)[0] == 400
    assert door.post("/v1/batch", gzip.compress(batch)[:-9], headers=packed)[0] == 400
    assert door.post("/v1/batch", b"no gzip", headers=packed)[0] == 400
    assert door.shop.connections.waiting() == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/t", b"{", 400),
        ("/v1/t", b"[]", 400),
        ("/v1/t", b'{"a":"\xff"}', 400),
        ("/v1/t", b'{"a":"\n"}', 400),
        ("/v1/t", b'{"a":"' + b"x" * 33_000 + b'"}', 400),
        ("/v1/batch", b'{"batch":3}', 400),
        ("/v1/batch", b"{}", 400),
        ("/v1/batch", b'{"batch":[],"a":"' + b"x" * 520_000 + b'"}', 400),
        ("/v1/t", b"[" * 3000 + b"]" * 3000, 400),
        ("/v1/batch", b'{"batch":[1,"two",{}]}', 200),
        ("/v1/t", b'{"writeKey":7,\n"userId":\n"u"}', 200),
    ],
)
def test_what_is_no_json_or_too_large_is_refused_and_not_kept(
    door: Door, path: str, body: bytes, status: int
) -> None:
    assert door.post(path, body, auth=(door.key, ""))[0] == status
    assert door.shop.connections.waiting() == (status == 200)
    door.shop.connections.listen()


def test_without_a_key_that_is_in_use_nothing_is_kept(door: Door) -> None:
    assert door.post("/v1/t", EVENT)[0] == 401
    assert door.post("/v1/t", EVENT, auth=("hw_guess", ""))[0] == 401
    assert door.post("/v1/t", EVENT, headers={"authorization": "Basic !!"})[0] == 401
    door.shop.connections.end("web")
    assert door.post("/v1/t", EVENT, auth=(door.key, ""))[0] == 401
    assert door.shop.connections.waiting() == 0


def test_pages_may_tell_from_anywhere(door: Door) -> None:
    asked = door.site.options("/v1/t", headers={"origin": "https://shop.example"})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    told = door.site.post("/v1/t", json={**EVENT, "writeKey": door.key})
    assert told.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in told.headers
    settings = door.site.get(f"/v1/projects/{door.key}/settings")
    assert settings.json()["integrations"]["Segment.io"]["apiKey"] == door.key
    assert door.site.get("/v1/projects/hw_guess/settings").status_code == 404


def test_a_page_may_ask_with_whatever_headers_its_library_adds(door: Door) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-retry-count",
    }
    told = door.site.options("/v1/t", headers=asked)
    assert told.status_code == 204
    named = told.headers["access-control-allow-headers"].split(", ")
    assert {"*", "authorization"} <= set(named), "a star stands for all but authorization"
    assert told.headers["access-control-expose-headers"] == "retry-after"


def test_the_script_for_pages_is_told_where_to_tell_and_nothing_else(door: Door) -> None:
    place = f"/v1/projects/{door.key}/settings"
    told = door.site.get(place, headers={"Host": "keep.shop.example:8080"}).json()
    wanted = told["integrations"]["Segment.io"]
    assert (wanted["protocol"], wanted["apiHost"]) == ("http", "keep.shop.example:8080/v1")
    assert told["metrics"]["sampleRate"] == 0, "it would report to its maker"
    door.shop.change_settings(public_url="https://shop.example/keep/")
    wanted = door.site.get(place).json()["integrations"]["Segment.io"]
    assert (wanted["protocol"], wanted["apiHost"]) == ("https", "shop.example/keep/v1")


def test_one_bad_event_stops_no_other_and_is_kept_with_its_reason(door: Door) -> None:
    batch = [{"type": "page", "userId": "u"}, {"type": "sing", "messageId": "m-2"}, 7,
             {"type": "page", "userId": "u", "properties": {"a": "x" * 33_000}}]  # fmt: skip
    assert door.post("/v1/batch", {"batch": batch}, auth=(door.key, "")) == KEPT
    door.shop.connections.listen()
    assert door.rows("SELECT count(*) FROM visits") == [(1,)]
    refused = {row.name: str(row.reason) for row in door.shop.connections.rejected()}
    assert refused["sing"].startswith("the type is “sing”")
    assert refused["event"] == "it is no object"
    assert refused["page"] == "it is larger than 32 KB"
    assert door.shop.connections.listed()[0].rejected == 3


def test_what_is_sold_and_who_somebody_is_are_no_visits(door: Door) -> None:
    order = {"order_id": "7", "total": 5}
    batch: list[dict[str, Any]] = [
        {"type": "identify"}, {"type": "alias", "previousId": "d"}, {"type": "group"},
        {"type": "track", "event": "Order Completed", "properties": order},
        {"type": "track", "event": "order refunded", "properties": order},
        {"type": "track", "event": "Product Viewed"}, {"type": "track", "event": "Sang"},
        {"type": "track"}, {"type": "page", "anonymousId": "d"}, {"type": "screen"},
    ]  # fmt: skip
    batch = [{"userId": "u", **each, "messageId": str(at)} for at, each in enumerate(batch)]
    assert door.post("/v1/batch", {"batch": batch}, auth=(door.key, "")) == KEPT
    door.shop.connections.listen()
    (row,) = door.shop.connections.listed()
    assert (row.visits, row.orders, row.people, row.rejected) == (5, 1, 1, 0)
    assert sum(row.days) == 5
    assert door.rows("SELECT DISTINCT visitor, key FROM visitor_ties") == [("d", "member:u")]


def test_where_the_disk_takes_nothing_the_answer_says_so(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_raw: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(door.shop._house.events, "_write", full)
        answer = door.site.post("/v1/t", json=EVENT, auth=(door.key, ""))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert door.post("/v1/t", EVENT, auth=(door.key, "")) == KEPT


def test_the_api_is_where_it_was(door: Door) -> None:
    assert door.site.get("/v1/openapi.json").status_code == 200
    assert door.site.get("/v1/answers").status_code == 401
    assert door.site.get("/v1/track").status_code == 404


# -- shops that sign

SECRET = "hush"


def signed(provider: str, raw: bytes, at: int) -> dict[str, str]:
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
    named = {
        "shopify": {"x-shopify-hmac-sha256": base64.b64encode(digest).decode(),
                    "x-shopify-topic": "orders/paid"},
        "woocommerce": {"x-wc-webhook-signature": base64.b64encode(digest).decode(),
                        "x-wc-webhook-topic": "order.updated"},
        "stripe": {"stripe-signature": f"t={at},v1=" + hmac.new(
            SECRET.encode(), b"%d." % at + raw, hashlib.sha256).hexdigest()},
        "youzan": {"event-sign": hashlib.md5(b"app" + raw + SECRET.encode()).hexdigest(),
                   "event-type": "trade_TradePaid"},
    }  # fmt: skip
    return named[provider]


MESSAGES = {
    "shopify": ("shopify-orders-paid", 39_800),
    "woocommerce": ("woocommerce-order.updated", 1_935),
    "stripe": ("stripe-charge.succeeded", 1_099),
    "youzan": ("youzan-trade_TradePaid", None),
}


@pytest.mark.parametrize("provider", list(MESSAGES))
def test_a_shop_that_signs_is_heard_and_nobody_else(
    door: Door, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = f"app:{SECRET}" if provider == "youzan" else SECRET
    monkeypatch.setenv("HUITOU_SHOP_SECRET", secret)
    made = door.shop.connections.make(provider, "our shop", "mei", secret_env="HUITOU_SHOP_SECRET")
    assert made.write_key is None
    address = made.connection.address
    name, total = MESSAGES[provider]
    raw = (HOOKS / f"{name}.json").read_bytes()
    right = signed(provider, raw, int(door.shop.clock.now().timestamp()))
    for wrong in ({}, {key: value[:-2] + "00" for key, value in right.items()}):
        assert door.post(address, raw, headers={**wrong})[0] == 401
    assert door.post(address, raw + b" ", headers=right)[0] == 401
    monkeypatch.setenv("HUITOU_SHOP_SECRET", "")
    assert door.post(address, raw, headers=right)[0] == 401
    assert door.shop.connections.waiting() == 0
    monkeypatch.setenv("HUITOU_SHOP_SECRET", secret)
    for _ in range(2):  # shown again, it changes nothing
        status, answer = door.post(address, raw, headers=right)
        assert (status, answer["msg"]) == (200, "success")
        assert door.shop.connections.listen() == 1
    found = door.rows("SELECT sum(amount) FROM lines")[0]
    if total is None:  # yuan, in a shop that counts in euros
        (refused,) = door.shop.connections.rejected()
        assert "another currency than the shop's" in str(refused.reason)
    else:
        assert found[0] == total


def test_how_woocommerce_knocks_is_answered_and_nothing_is_kept(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUITOU_WOO", SECRET)
    made = door.shop.connections.make("woocommerce", "woo", "mei", secret_env="HUITOU_WOO")
    assert door.post(made.connection.address, b"webhook_id=7")[0] == 200
    assert door.post(made.connection.address, b"webhook_id=" + b"7" * 200)[0] == 401
    assert door.shop.connections.waiting() == 0


def test_a_webhook_of_nobody_and_one_that_ended_are_not_there(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.post("/v1/webhooks/nobody", b"{}")[0] == 404
    assert door.post(f"/v1/webhooks/{door.id}", b"{}")[0] == 404
    monkeypatch.setenv("HUITOU_WOO", SECRET)
    made = door.shop.connections.make("woocommerce", "woo", "mei", secret_env="HUITOU_WOO")
    door.shop.connections.end("woo")
    raw = b"{}"
    assert door.post(made.connection.address, raw, headers=signed("woocommerce", raw, 0))[0] == 404
