"""Shopify's webhooks: orders, refunds and customers, in the form of its Admin REST API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from huitou.ground.words import said
from huitou.sources.live.signatures import Headers, hmac_base64
from huitou.sources.live.told import (
    Goods,
    Order,
    Part,
    Profile,
    Refund,
    Unfit,
    Who,
    amount,
    beside,
    currency_of,
    inner,
    joined,
    moment,
    must_name,
    numbered,
    objects,
    text,
)

VOID = ("voided", "expired", "pending")
"""States of payment in which nothing was paid; the next message says when it was."""


def signed(raw: bytes, headers: Headers, secret: str, _now: datetime) -> bool:
    """Whether the shop with this secret sent these bytes."""
    return hmac_base64(raw, headers.get("x-shopify-hmac-sha256", ""), secret)


def topic(headers: Headers, _body: Mapping[str, Any]) -> str:
    """What a message is about: `orders/create`."""
    return headers.get("x-shopify-topic", "")


def parts(topic: str, told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    """What a message tells; raises `Unfit` for one that tells nothing we know."""
    about, _, what = topic.partition("/")
    if about == "orders" and what != "delete":
        yield from _order(told, received)
    elif topic == "refunds/create":
        order_id = must_name(told.get("order_id"), "order_id")
        yield _refund(told, order_id, Who(), currency_of(told.get("currency")), received)
    elif about == "customers" and what in ("create", "update", "enable"):
        who = _customer(told)
        yield Profile(moment(told.get("updated_at")) or received, who)
    else:
        raise Unfit(said("nothing is taken from {topic}", topic=topic[:60]))


def _order(told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    if told.get("test") is True:
        raise Unfit(said("a test: it was not counted"))
    at = moment(told.get("processed_at")) or moment(told.get("created_at")) or received
    latest = moment(told.get("updated_at")) or at
    order_id, who, money = (
        must_name(told.get("id"), "id"),
        _buyer(told),
        currency_of(told.get("currency")),
    )
    void = told.get("cancelled_at") is not None or told.get("financial_status") in VOID
    yield Order(order_id, min(at, received), latest, f"{order_id}@{latest.isoformat()}", who, money,
                _goods(told), is_void=void, channel=_channel(told))  # fmt: skip
    if who.is_known:
        yield Profile(latest, who)
    for back in objects(told.get("refunds")):
        yield _refund(back, order_id, who, money, received)


def _channel(told: Mapping[str, Any]) -> str | None:
    name = text(told.get("source_name"), 60)
    return "till" if name == "pos" else name


def _goods(told: Mapping[str, Any]) -> tuple[Goods, ...]:
    goods = numbered(_line(each) for each in objects(told.get("line_items")))
    shipping = sum((_shipped(each) for each in objects(told.get("shipping_lines"))), Decimal(0))
    total = amount(told.get("total_price"), "total_price")
    paid = sum((each.paid for each in goods), shipping)
    rest = None if total is None else total - paid
    return (*goods, *beside("shipping", shipping), *beside("tax", rest))


def _line(told: Mapping[str, Any]) -> Goods:
    pieces = amount(told.get("quantity"), "quantity") or Decimal(0)
    price = amount(told.get("price"), "price") or Decimal(0)
    less = _less(told)
    sku = text(told.get("sku"), 200) or text(told.get("product_id"), 200)
    return Goods(must_name(told.get("id"), "id"), price * pieces - less, sku,
                 text(told.get("title") or told.get("name"), 200),
                 text(told.get("product_type"), 200), pieces)  # fmt: skip


def _less(told: Mapping[str, Any]) -> Decimal:
    found = (amount(each.get("amount"), "discount") for each in
             objects(told.get("discount_allocations")))  # fmt: skip
    return sum((each for each in found if each), Decimal(0))


def _shipped(told: Mapping[str, Any]) -> Decimal:
    return (amount(told.get("price"), "shipping") or Decimal(0)) - _less(told)


def _refund(
    told: Mapping[str, Any], order_id: str, who: Who, currency: str | None, received: datetime
) -> Refund:
    paid = [each for each in objects(told.get("transactions"))
            if each.get("kind") == "refund" and each.get("status") == "success"]  # fmt: skip
    total = sum((amount(each.get("amount"), "amount") or Decimal(0) for each in paid), Decimal(0))
    goods = numbered(_returned(each) for each in objects(told.get("refund_line_items")))
    rest = total - sum((each.paid for each in goods), Decimal(0))
    at = moment(told.get("processed_at")) or moment(told.get("created_at")) or received
    money = currency or next((currency_of(each.get("currency")) for each in paid), None)
    if not paid:  # goods were taken back, and nothing was paid for them yet
        goods, rest = (), Decimal(0)
    return Refund(order_id, must_name(told.get("id"), "id"), min(at, received), who, money,
                  (*goods, *beside("refund", rest)))  # fmt: skip


def _returned(told: Mapping[str, Any]) -> Goods:
    item = told.get("line_item")
    paid = amount(told.get("subtotal"), "subtotal") or Decimal(0)
    sku = text(inner(item, "sku"), 200) or text(inner(item, "product_id"), 200)
    line, quantity = told.get("line_item_id"), amount(told.get("quantity"), "quantity")
    product = text(inner(item, "title"), 200)
    return Goods(must_name(line, "line_item_id"), paid, sku, product, None, quantity)


def _buyer(told: Mapping[str, Any]) -> Who:
    who = _customer(told.get("customer"))
    mine = Who(None, text(told.get("phone"), 60), text(told.get("email"), 320), None,
               joined(inner(told, "billing_address", "first_name"),
                      inner(told, "billing_address", "last_name")),
               _place(told.get("shipping_address") or told.get("billing_address")))  # fmt: skip
    return _reached(who.over(mine), inner(told, "customer", "id"))


def _customer(told: Any) -> Who:
    who = Who(None, text(inner(told, "phone"), 60), text(inner(told, "email"), 320), None,
              joined(inner(told, "first_name"), inner(told, "last_name")),
              _place(inner(told, "default_address")))  # fmt: skip
    return _reached(who, inner(told, "id"))


def _reached(who: Who, number: Any) -> Who:
    """By e-mail or phone, which other sources know, too; by Shopify's own number otherwise."""
    known = text(number, 60)
    if who.is_known or known is None:
        return who
    return Who(f"shopify:{known}").over(who)


def _place(told: Any) -> str | None:
    names = ("address1", "address2", "city", "province", "zip", "country")
    return joined(*(inner(told, name) for name in names), by=", ")
