"""What the messages of shops become: payloads in the form their documentation shows, abridged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huitou.sources.live.contract import PROVIDERS
from huitou.sources.live.standing import Standing, rows
from huitou.sources.live.told import CalledOff, Order, Part, Profile, Refund, Unfit

HOOKS = Path(__file__).parent / "hooks"
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def payload(provider: str, topic: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (HOOKS / f"{provider}-{topic.replace('/', '-')}.json").read_text(encoding="utf-8")
    )
    return found


def told(provider: str, *topics: str) -> list[Part]:
    return [
        part
        for topic in topics
        for part in PROVIDERS[provider].parts(topic, payload(provider, topic), NOW)
    ]


def lines(parts: Sequence[Part], currency: str = "EUR") -> list[tuple[str, ...]]:
    standing = Standing()
    for part in parts:
        if isinstance(part, Order | CalledOff | Refund):
            standing = standing.told(part)
    shown = ("order_id", "sku", "quantity", "amount", "is_product", "status", "ordered_at")
    return [tuple(row[name] for name in shown) for row in rows(standing, currency)]


def who(parts: Sequence[Part]) -> Any:
    return [part for part in parts if isinstance(part, Profile)][-1].who


ORDERED = "2026-03-01T08:00:00.000000+00:00"
SHOPIFY = "820982911946154508"


def test_an_order_of_shopify_sums_to_its_total() -> None:
    found = told("shopify", "orders/paid")
    assert lines(found) == [
        (SHOPIFY, "IPOD2008PINK", "1", "199.00", "yes", "", ORDERED),
        (SHOPIFY, "7", "2", "189.00", "yes", "", ORDERED),
        (SHOPIFY, "", "", "10.00", "no", "", ORDERED),
    ]
    assert (who(found).email, who(found).name) == ("jon@example.com", "Jon Snow")
    assert who(found).address == "123 Shipping St, Berlin, 10115, Germany"
    assert who(found).member_no is None


def test_a_refund_of_shopify_is_what_was_paid_back() -> None:
    found = lines(told("shopify", "orders/paid", "refunds/create"))
    assert [(row[0], row[1], row[3]) for row in found[3:]] == [
        (f"{SHOPIFY}/refund", "IPOD2008PINK", "-199.00"),
        (f"{SHOPIFY}/refund", "", "-10.00"),
    ]


def test_an_order_of_shopify_that_is_called_off_was_never_paid() -> None:
    assert {row[5] for row in lines(told("shopify", "orders/paid", "orders/cancelled"))} == {
        "cancelled"
    }


def test_a_customer_of_shopify() -> None:
    found = who(told("shopify", "customers/update"))
    assert (found.email, found.phone, found.name) == (
        "bob@example.com", "+491701234567", "Bob Biller"
    )  # fmt: skip


def test_an_order_of_woocommerce_with_its_refund() -> None:
    found = told("woocommerce", "order.updated")
    assert [(row[0], row[1], row[3], row[4]) for row in lines(found)] == [
        ("727", "93", "6.00", "yes"),
        ("727", "Bar3", "12.90", "yes"),
        ("727", "", "10.00", "no"),
        ("727", "", "0.45", "no"),
        ("727/refund", "", "-10.00", "yes"),
    ]
    assert lines(found)[0][6] == "2026-03-01T08:02:00.000000+00:00"
    assert (who(found).email, who(found).name) == ("john.doe@example.com", "John Doe")


def test_an_order_of_woocommerce_that_is_deleted_was_never_paid() -> None:
    assert CalledOff("727") in told("woocommerce", "order.deleted")


def test_a_charge_of_stripe_is_an_order_and_its_refund_a_return() -> None:
    found = told("stripe", "charge.succeeded", "refund.created")
    assert lines(found) == [
        ("pi_3Mm", "", "", "10.99", "yes", "", "2026-03-01T08:00:00.000000+00:00"),
        ("pi_3Mm/refund", "", "", "-4.00", "yes", "", "2026-03-02T08:00:00.000000+00:00"),
    ]
    assert (who(found).email, who(found).name) == ("jenny@example.com", "Jenny Rosen")
    assert who(told("stripe", "customer.updated")).phone == "+491701112223"


@pytest.mark.parametrize(
    ("currency", "minor", "amount"), [("jpy", 500, "500"), ("twd", 50_000, "500.00"),
                                      ("kwd", 5_000, "5.000")]
)  # fmt: skip
def test_stripe_counts_in_its_own_smallest_units(currency: str, minor: int, amount: str) -> None:
    told = payload("stripe", "charge.succeeded")
    told["data"]["object"] |= {"currency": currency, "amount": minor}
    found = list(PROVIDERS["stripe"].parts("charge.succeeded", told, NOW))
    assert lines(found, currency.upper())[0][3] == amount


def test_an_order_of_youzan_is_read_by_the_clock_of_china() -> None:
    found = told("youzan", "trade_TradePaid", "youzan_trade_RefundSuccess")
    number, paid = "E20260301120000074200003", "2026-03-01T04:00:00.000000+00:00"
    assert lines(found, "CNY") == [
        (number, "T-1", "2", "58.00", "yes", "", paid),
        (number, "5", "1", "30.00", "yes", "", paid),
        (number, "", "", "10.00", "no", "", paid),
        (f"{number}/refund", "", "", "-30.00", "yes", "", "2026-03-05T01:00:00.000000+00:00"),
    ]
    assert (who(found).phone, who(found).name) == ("13800138000", "王小明")
    assert who(found).address == "浙江省杭州市西湖区文三路 1 号"
    assert who(told("youzan", "SCRM_CUSTOMER_EVENT")).phone == "13900139000"


def test_an_order_of_youzan_that_is_closed_was_never_paid() -> None:
    found = lines(told("youzan", "trade_TradeClose", "trade_TradePaid"), "CNY")
    assert {row[5] for row in found} == {"cancelled"}


@pytest.mark.parametrize(
    ("provider", "topic", "more", "reason"),
    [
        ("shopify", "orders/paid", {"test": True}, "a test"),
        ("shopify", "orders/paid", {"id": None}, "no id"),
        ("shopify", "orders/paid", {"total_price": "x"}, "no amount"),
        ("stripe", "charge.succeeded", {"livemode": False}, "a test"),
        ("stripe", "charge.succeeded", {"data": {"object": []}}, "no object"),
        ("youzan", "trade_TradePaid", {"test": True}, "a test"),
        ("youzan", "trade_TradePaid", {"msg": "%7B"}, "cannot be read"),
    ],
)
def test_what_cannot_be_taken_says_why(
    provider: str, topic: str, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unfit, match=reason):
        list(PROVIDERS[provider].parts(topic, {**payload(provider, topic), **more}, NOW))


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_what_nobody_asked_for_is_said(provider: str) -> None:
    told = {"data": {"object": {}}, "msg": {}}
    with pytest.raises(Unfit, match="nothing is taken from"):
        list(PROVIDERS[provider].parts("products/create", told, NOW))
