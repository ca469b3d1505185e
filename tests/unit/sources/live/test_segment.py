"""What an event of the Segment convention tells, by the public description of its events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.sources.live.segment import parts
from huitou.sources.live.told import (
    CalledOff,
    Goods,
    Order,
    Part,
    Profile,
    Refund,
    Tie,
    Unfit,
    Visit,
    Who,
    apportioned,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

# The example of the specification of version 2, its currency in pounds.
COMPLETED = {
    "checkout_id": "fksdjfsdjfisjf9sdfjsd9f", "order_id": "50314b8e9bcf000000000000",
    "affiliation": "Google Store", "total": 27.50, "subtotal": 22.50, "revenue": 25.00,
    "shipping": 3, "tax": 2, "discount": 2.5, "coupon": "hasbros", "currency": "GBP",
    "products": [
        {"product_id": "507f1f77bcf86cd799439011", "sku": "45790-32", "price": 19, "quantity": 1,
         "name": "Monopoly: 3rd Edition", "category": "Games"},
        {"product_id": "505bd76785ebb509fc183733", "sku": "46493-32", "price": 3, "quantity": 2,
         "name": "Uno Card Game", "category": "Games"},
    ],
}  # fmt: skip


def told(event: dict[str, Any], *, trusted: bool = True, money: str = "GBP") -> list[Part]:
    return list(parts({"messageId": "m-1", **event}, NOW, money, trusted=trusted))


def track(name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": name, "userId": "u-1", "properties": properties, **more}


def one(found: list[Part], kind: type[Any]) -> Any:
    return next(part for part in found if isinstance(part, kind))


def test_an_order_sums_to_its_total_with_its_discount_spread_over_what_was_bought() -> None:
    order: Order = one(told(track("Order Completed", COMPLETED)), Order)
    assert [(each.line, each.paid, each.is_product) for each in order.goods] == [
        ("45790-32", Decimal("17.10"), True), ("46493-32", Decimal("5.40"), True),
        ("shipping", Decimal(3), False), ("tax", Decimal(2), False),
    ]  # fmt: skip
    assert sum(each.paid for each in order.goods) == Decimal("27.50")
    assert order.who == Who(member_no="u-1")
    assert (order.order_id, order.currency) == ("50314b8e9bcf000000000000", "GBP")


@pytest.mark.parametrize(
    ("said", "paid"),
    [
        ({"total": 10}, 10),
        ({"revenue": 10, "shipping": 2, "tax": 1}, 13),
        ({"subtotal": 10, "tax": 1}, 11),
        ({"value": "10.00"}, 10),
        ({"products": [{"sku": "a", "price": 5, "quantity": 2}], "discount": 1}, 9),
        ({"products": [{"sku": "a", "price": 5}], "total": 0}, 0),
    ],
)
def test_what_was_paid_is_found_in_what_is_said(said: dict[str, Any], paid: int) -> None:
    order = one(told(track("order completed", {"order_id": "1", **said})), Order)
    assert sum(each.paid for each in order.goods) == paid


def test_the_same_goods_twice_are_two_lines() -> None:
    goods = [{"sku": "a", "price": 5}, {"sku": "a", "price": 5}]
    order = one(told(track("Order Completed", {"order_id": "1", "products": goods})), Order)
    assert [each.line for each in order.goods] == ["a", "a#2"]


def test_a_refund_says_how_much_or_that_it_was_all() -> None:
    some = one(told(track("Order Refunded", {"order_id": "1", "total": 5})), Refund)
    assert (some.refund_id, some.goods) == ("m-1", (Goods("refund", Decimal(5)),))
    every = one(told(track("Order Refunded", {"order_id": "1"})), Refund)
    assert every.goods is None
    named = one(told(track("Order Refunded", {"order_id": "1", "refund_id": "r-7"})), Refund)
    assert named.refund_id == "r-7"


def test_an_order_is_called_off_in_either_spelling() -> None:
    for name in ("Order Cancelled", "Order Canceled"):
        assert CalledOff("1") in told(track(name, {"order_id": "1"}))


def test_a_product_that_was_looked_at_is_a_visit() -> None:
    seen = told(track("Product Viewed", {"sku": "G-32", "name": "Monopoly"}))
    assert seen == [Visit("m-1", NOW, "track", "Product Viewed", Who("u-1"), "G-32", "Monopoly")]


def test_who_says_who_they_are_is_known_by_it_and_so_is_their_device() -> None:
    traits = {"email": "Ann@Example.com", "firstName": "Ann", "lastName": "Archer",
              "birthday": "1990-02-03T00:00:00Z",
              "address": {"street": "1 High St", "city": "York", "postalCode": "YO1"}}  # fmt: skip
    found = told({"type": "identify", "userId": 7, "anonymousId": "d-1", "traits": traits})
    who = one(found, Profile).who
    assert (who.member_no, who.email, who.name) == ("7", "Ann@Example.com", "Ann Archer")
    assert (who.address, str(who.birthday)) == ("1 High St, York, YO1", "1990-02-03")
    assert one(found, Tie).visitor == "d-1"


def test_the_name_of_a_user_may_be_an_e_mail_or_a_phone() -> None:
    assert one(told({"type": "page", "userId": "a@b.example"}), Visit).who == Who(
        email="a@b.example"
    )
    assert one(told({"type": "page", "userId": "+4915112345678"}), Visit).who == Who(
        phone="+4915112345678"
    )


def test_nobody_is_no_user() -> None:
    assert not one(
        told({"type": "page", "userId": "guest", "anonymousId": "d"}), Visit
    ).who.is_known


def test_an_alias_ties_the_earlier_name_to_who_it_is_now() -> None:
    found = told({"type": "alias", "userId": "u-1", "previousId": "d-1"})
    assert [(tie.visitor, tie.who.member_no) for tie in found if isinstance(tie, Tie)] == [
        ("d-1", "u-1")
    ]
    assert not [tie for tie in told({"type": "alias", "userId": "u-1", "previousId": "u-1"})
                if isinstance(tie, Tie)]  # fmt: skip


def test_a_clock_that_is_wrong_is_set_right_by_when_it_was_sent() -> None:
    an_hour_fast = {"timestamp": "2026-03-01T12:50:00Z", "sentAt": "2026-03-01T13:00:00Z"}
    assert one(told({"type": "page", "userId": "u", **an_hour_fast}), Visit).at == datetime(
        2026, 3, 1, 11, 50, tzinfo=UTC
    )
    original = {"timestamp": "2026-03-01T11:00:00Z", "originalTimestamp": "2026-03-01T10:59:00Z",
                "sentAt": "2026-03-01T11:59:50Z"}  # fmt: skip
    assert one(told({"type": "page", "userId": "u", **original}), Visit).at == datetime(
        2026, 3, 1, 10, 59, tzinfo=UTC
    )


def test_a_retry_a_little_later_is_at_the_same_moment() -> None:
    event = {"type": "page", "userId": "u", "timestamp": "2026-03-01T10:00:00Z"}
    first, second = (
        one(told({**event, "sentAt": sent}), Visit).at
        for sent in ("2026-03-01T11:59:59Z", "2026-03-01T11:59:40Z")
    )
    assert first == second


def test_nothing_happens_in_the_future() -> None:
    event = {"type": "page", "userId": "u", "timestamp": "2030-01-01T00:00:00Z"}
    assert one(told(event), Visit).at == NOW


def test_a_key_in_a_page_tells_visits_and_no_orders_and_nothing_of_others() -> None:
    with pytest.raises(Unfit, match="tells no orders"):
        told(track("Order Completed", COMPLETED), trusted=False)
    found = told(
        {
            "type": "identify",
            "userId": "u-1",
            "anonymousId": "d",
            "traits": {"email": "x@y.example"},
        },
        trusted=False,
    )
    assert [type(part) for part in found] == [Tie, Visit]
    assert one(found, Visit).who == Who("u-1", visitor="d")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"type": "sing", "userId": "u"}, "none of"),
        ({"type": "page"}, "neither userId nor anonymousId"),
        ({"type": "page", "userId": "u" * 300}, "longer than 255"),
        ({"type": "alias", "userId": "u"}, "no previousId"),
        (track("Order Completed", {"total": 1}), "no order_id"),
        (track("Order Completed", {"order_id": "1"}), "no total"),
        (track("Order Completed", {"order_id": "1", "total": "abc"}), "total is no amount"),
        (track("Order Completed", {"order_id": "1", "total": float("nan")}), "no amount"),
        (track("Order Completed", {"order_id": "1", "total": 1e300}), "no amount"),
        (track("Order Completed", {"order_id": "1", "total": 1, "shipping": 2}), "less than"),
        (track("Order Completed", {"order_id": "1", "products": [{"price": -1}]}), "below nought"),
        ({"type": "page", "userId": "u", "timestamp": "0001-01-01T00:00:00Z",
          "sentAt": "9999-01-01T00:00:00Z"}, "out of this world"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(event: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unfit, match=reason):
        told(event)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = ("type", "event", "userId", "anonymousId", "messageId", "properties", "traits", "timestamp",
         "sentAt", "context", "previousId", "groupId")  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), json_values),
       st.sampled_from(["identify", "track", "page", "alias", "group"]), st.booleans())  # fmt: skip
def test_whatever_is_sent_is_taken_or_refused_in_words(
    event: dict[str, Any], kind: str, trusted: bool
) -> None:
    whole = {"userId": "u", **event, "type": kind}
    if kind == "track":
        whole |= {"event": "Order Completed", "properties": event.get("properties")}
    try:
        assert list(parts(whole, NOW, "EUR", trusted=trusted))
    except Unfit as no:
        assert str(no)


@given(
    st.decimals(0, 10**6, places=2),
    st.lists(st.decimals(0, 10**4, places=2), min_size=1, max_size=9),
)
def test_what_is_spread_sums_to_the_whole(whole: Decimal, prices: list[Decimal]) -> None:
    goods = [Goods(str(n), price) for n, price in enumerate(prices)]
    spread = apportioned(whole, goods, "EUR")
    if any(prices):
        assert sum(each.paid for each in spread) == whole
        assert all(each.paid >= 0 for each in spread)
    else:
        assert spread == tuple(goods)


def test_a_day_of_skew_moves_a_day() -> None:
    sent = (NOW - timedelta(days=1)).isoformat()
    found = told({"type": "page", "userId": "u", "timestamp": sent, "sentAt": sent})
    assert one(found, Visit).at == NOW
