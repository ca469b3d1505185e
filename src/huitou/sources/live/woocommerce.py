"""WooCommerce's webhooks: orders with their refunds, and customers, in the form of its REST API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from huitou.ground.words import said
from huitou.sources.live.signatures import Headers, hmac_base64
from huitou.sources.live.told import (
    CalledOff,
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

VOID = ("pending", "failed", "cancelled", "trash", "checkout-draft", "auto-draft")
"""States of an order in which nothing is paid."""


def signed(raw: bytes, headers: Headers, secret: str, _now: datetime) -> bool:
    """Whether the shop with this secret sent these bytes."""
    return hmac_base64(raw, headers.get("x-wc-webhook-signature", ""), secret)


def topic(headers: Headers, _body: Mapping[str, Any]) -> str:
    """What a message is about: `order.updated`."""
    return headers.get("x-wc-webhook-topic", "")


def parts(topic: str, told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    """What a message tells; raises `Unfit` for one that tells nothing we know."""
    about, _, what = topic.partition(".")
    if topic == "order.deleted":
        yield CalledOff(must_name(told.get("id"), "id"))
    elif about == "order":
        yield from _order(told, received)
    elif about == "customer" and what != "deleted":
        who = _reached(_person(told), told.get("id"))
        if who.is_known:
            yield Profile(_moment(told, "date_modified") or received, who)
    else:
        raise Unfit(said("nothing is taken from {topic}", topic=topic[:60]))


def _order(told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    at = _moment(told, "date_paid") or _moment(told, "date_created") or received
    latest = _moment(told, "date_modified") or at
    order_id, money = must_name(told.get("id"), "id"), currency_of(told.get("currency"))
    who = _reached(_person(told), told.get("customer_id"))
    yield Order(order_id, min(at, received), latest, f"{order_id}@{latest.isoformat()}", who, money,
                _goods(told), is_void=told.get("status") in VOID,
                channel=text(told.get("created_via"), 60))  # fmt: skip
    if who.is_known:
        yield Profile(latest, who)
    for back in objects(told.get("refunds")):
        paid = abs(amount(back.get("total"), "total") or Decimal(0))
        yield Refund(order_id, must_name(back.get("id"), "id"), min(latest, received), who, money,
                     (Goods("refund", paid),))  # fmt: skip


def _goods(told: Mapping[str, Any]) -> tuple[Goods, ...]:
    goods = numbered(_line(each) for each in objects(told.get("line_items")))
    shipping = amount(told.get("shipping_total"), "shipping_total") or Decimal(0)
    total = amount(told.get("total"), "total")
    paid = sum((each.paid for each in goods), shipping)
    rest = None if total is None else total - paid
    return (*goods, *beside("shipping", shipping), *beside("tax", rest))


def _line(told: Mapping[str, Any]) -> Goods:
    sku = text(told.get("sku"), 200) or text(told.get("product_id"), 200)
    paid = amount(told.get("total"), "total") or Decimal(0)
    return Goods(must_name(told.get("id"), "id"), paid, sku, text(told.get("name"), 200), None,
                 amount(told.get("quantity"), "quantity"))  # fmt: skip


def _person(told: Mapping[str, Any]) -> Who:
    bill = told.get("billing")
    names = ("address_1", "address_2", "city", "state", "postcode", "country")
    return Who(
        None, text(inner(bill, "phone"), 60),
        text(inner(bill, "email"), 320) or text(told.get("email"), 320), None,
        joined(inner(bill, "first_name"), inner(bill, "last_name"))
        or joined(told.get("first_name"), told.get("last_name")),
        joined(*(inner(bill, name) for name in names), by=", "),
    )  # fmt: skip


def _reached(who: Who, number: Any) -> Who:
    known = text(number, 60)
    if who.is_known or known in (None, "0"):
        return who
    return Who(f"woocommerce:{known}").over(who)


def _moment(told: Mapping[str, Any], name: str) -> datetime | None:
    """`…_gmt` is UTC without saying so; the plain one is by the shop's clock and not used."""
    found = moment(told.get(f"{name}_gmt"))
    return found.astimezone(UTC) if found else None
