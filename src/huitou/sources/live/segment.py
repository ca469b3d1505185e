"""The Segment convention: identify, track, page, screen, group and alias, and its shop events.

Read by the public description of its HTTP API and of its e-commerce events, version 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from huitou.ground.ids import fingerprint
from huitou.ground.words import said
from huitou.sources.contacts import NOBODY
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
    amount,
    apportioned,
    beside,
    currency_of,
    day,
    inner,
    joined,
    moment,
    must_name,
    name_of,
    numbered,
    objects,
    text,
)

KINDS = ("identify", "track", "page", "screen", "group", "alias")
PATHS: Mapping[str, str] = {
    **{kind: kind for kind in (*KINDS, "batch")},
    "i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias",
    "b": "batch", "import": "batch",
}  # fmt: skip
"""What follows `/v1/` -> what is told there; browsers use the short ones."""

LARGEST_EVENT = 32 * 2**10
LARGEST_BATCH = 500 * 2**10
"""Bytes of one message, and of a request."""
SLACK = timedelta(seconds=30)
"""A clock that is wrong by less is taken as right: the way takes time, too."""

LONG = 200
"""Letters that are kept of a name."""

FROM_THE_SERVER = said("a key that stands in a page tells no orders: send them from the server")

ORDERED = ("order completed", "completed order", "order updated")
REFUNDED = ("order refunded", "refunded order")
CANCELLED = ("order cancelled", "order canceled", "cancelled order")

VISIT = f"""(kind IN ('page', 'screen') OR kind = 'track'
    AND lower(coalesce(name, '')) NOT IN {(*ORDERED, *REFUNDED, *CANCELLED)})"""
"""SQL: whether a kept message is a visit; who somebody is and what was sold are none."""

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[0-9]{7,15}")


def parts(
    event: Mapping[str, Any], received: datetime, money: str, *, trusted: bool
) -> Iterator[Part]:
    """What an event tells; raises `Unfit` where it cannot be taken further.

    `received` is when it reached us, `money` the shop's currency. A key that stands in a page
    anybody can read is not `trusted`: it tells visits and who a visitor is, but no orders, and
    nothing that would lead to somebody else's history.
    """
    kind = event.get("type")
    if kind not in KINDS:
        shown, known = str(kind)[:40], ", ".join(KINDS)
        raise Unfit(said("the type is “{kind}”, and none of: {kinds}", kind=shown, kinds=known))
    who, at, message = _who(event, trusted), _at(event, received), message_id(event)
    if not who.is_known and who.visitor is None:
        raise Unfit(said("it says neither userId nor anonymousId"))
    if who.visitor and who.is_known and kind != "alias":
        yield Tie(who.visitor, who, at)
    yield Visit(message, at, str(kind), _named(event, str(kind)), who, **_seen(event))
    if kind == "identify" and who.is_known and trusted:
        yield Profile(at, who)
    elif kind == "alias":
        yield from _alias(event, who, at)
    elif kind == "track":
        told = _object(event.get("properties"))
        name = (text(event.get("event")) or "").casefold()
        if name in (*ORDERED, *REFUNDED, *CANCELLED):
            if not trusted:
                raise Unfit(FROM_THE_SERVER)
            yield _sale(name, event, who, _Sale(told, at, message, money))


def message_id(event: Mapping[str, Any]) -> str:
    """The name of a message: the same one again is the same message."""
    given = name_of(event.get("messageId"), "messageId")
    return given or f"made:{fingerprint(repr(sorted(event.items(), key=str)))}"


def _who(event: Mapping[str, Any], trusted: bool) -> Who:
    user = name_of(event.get("userId"), "userId")
    visitor = name_of(event.get("anonymousId"), "anonymousId")
    if user is not None and user.casefold() in NOBODY:
        user = None
    told = _traits(event)
    email, phone = text(told.get("email"), LONG), text(told.get("phone"), LONG)
    if user and _EMAIL.fullmatch(user):
        user, email = None, user
    elif user and _PHONE.fullmatch(user):
        user, phone = None, user
    if not trusted:
        told, email, phone = {}, None if user else email, None
    if not told:
        return Who(user, phone, email, visitor)
    return Who(user, phone, email, visitor, _name(told), _address(told.get("address")),
               day(told.get("birthday")))  # fmt: skip


def _traits(event: Mapping[str, Any]) -> Mapping[str, Any]:
    around, own = _object(inner(event, "context", "traits")), _object(event.get("traits"))
    # Those of a group are the traits of a company.
    return {**around, **own} if own and event.get("type") != "group" else around


def _name(told: Mapping[str, Any]) -> str | None:
    return text(told.get("name"), 200) or joined(told.get("firstName"), told.get("lastName"))


def _address(told: Any) -> str | None:
    if not isinstance(told, dict):
        return text(told)
    names = ("street", "city", "state", "postalCode", "country")
    return joined(*(told.get(name) for name in names), by=", ")


def _at(event: Mapping[str, Any], received: datetime) -> datetime:
    """When it happened by our clock: the sender's clock may be wrong, and `sentAt` says by how
    much."""
    happened = moment(event.get("originalTimestamp")) or moment(event.get("timestamp"))
    if happened is None:
        return received
    sent = moment(event.get("sentAt"))
    skew = received - sent if sent else timedelta(0)
    try:
        return min(happened + (skew if abs(skew) > SLACK else timedelta(0)), received)
    except OverflowError as far:
        raise Unfit(said("its timestamp is out of this world")) from far


def _named(event: Mapping[str, Any], kind: str) -> str | None:
    if kind == "group":
        return text(event.get("groupId"), LONG)
    return text(event.get("event" if kind == "track" else "name"), LONG)


def _seen(event: Mapping[str, Any]) -> dict[str, str | None]:
    told = _object(event.get("properties"))
    path = told.get("path") or inner(event, "context", "page", "path") or told.get("url")
    return {
        "sku": text(told.get("sku") or told.get("product_id"), LONG),
        "product": text(told.get("name"), LONG) if event.get("type") == "track" else None,
        "path": text(path),
    }


def _alias(event: Mapping[str, Any], who: Who, at: datetime) -> Iterator[Part]:
    before = must_name(event.get("previousId"), "previousId")
    if who.is_known and before not in (who.member_no, who.email, who.phone):
        yield Tie(before, who, at)


@dataclass(frozen=True)
class _Sale:
    """What an event of the shop says, and by which money it is read."""

    told: Mapping[str, Any]
    at: datetime
    message: str
    money: str

    @property
    def currency(self) -> str | None:
        return currency_of(self.told.get("currency"))

    def amount(self, *names: str) -> Decimal | None:
        """The first of these amounts that is said."""
        found = (amount(self.told.get(name), name) for name in names)
        return next((each for each in found if each is not None), None)

    def spread(self, paid: Decimal, goods: tuple[Goods, ...]) -> tuple[Goods, ...]:
        return apportioned(paid, goods, self.currency or self.money)


def _sale(name: str, event: Mapping[str, Any], who: Who, sale: _Sale) -> Part:
    order_id = must_name(sale.told.get("order_id") or sale.told.get("orderId"), "order_id")
    email = text(sale.told.get("email"))
    whose = replace(who, email=email) if email and not who.email else who
    if name in CANCELLED:
        return CalledOff(order_id)
    if name in REFUNDED:
        named = name_of(sale.told.get("refund_id"), "refund_id") or sale.message
        return Refund(order_id, named, sale.at, whose, sale.currency, _back(sale))
    return Order(
        order_id, sale.at, sale.at, sale.message, whose, sale.currency, _goods(sale),
        channel="web", campaign=text(inner(event, "context", "campaign", "name"), LONG),
    )  # fmt: skip


def _goods(sale: _Sale) -> tuple[Goods, ...]:
    """The lines of an order, so that they sum to its total: goods after discounts, postage, tax."""
    goods = _products(sale.told)
    shipping, tax = sale.amount("shipping"), sale.amount("tax")
    rest = (shipping or 0) + (tax or 0)
    total = _total(sale, goods, rest)
    if total is None:
        raise Unfit(said("it says no total, no revenue and no products"))
    paid = total - rest
    if paid < 0:
        raise Unfit(said("its total is less than its shipping and tax"))
    if not any(each.paid for each in goods):
        goods = (Goods("order", paid),) if paid or not goods else goods
    return (*sale.spread(paid, goods), *beside("shipping", shipping), *beside("tax", tax))


def _total(sale: _Sale, goods: tuple[Goods, ...], rest: Decimal | int) -> Decimal | None:
    total = sale.amount("total")
    if total is not None:
        return total
    paid = sale.amount("revenue", "subtotal", "value")
    if paid is None and goods:
        paid = sum((each.paid for each in goods), -(sale.amount("discount") or Decimal(0)))
    return None if paid is None else paid + rest


def _back(sale: _Sale) -> tuple[Goods, ...] | None:
    goods, paid = _products(sale.told), sale.amount("total", "revenue", "value")
    if paid is None:
        return goods or None
    if not any(each.paid for each in goods):
        return (Goods("refund", abs(paid)),)
    return sale.spread(abs(paid), goods)


def _products(told: Mapping[str, Any]) -> tuple[Goods, ...]:
    return numbered(
        _product(each, place) for place, each in enumerate(objects(told.get("products")), start=1)
    )


def _product(told: Mapping[str, Any], place: int) -> Goods:
    quantity = amount(told.get("quantity"), "quantity")
    pieces = Decimal(1) if quantity is None else quantity
    price = amount(told.get("price"), "price") or Decimal(0)
    if pieces < 0 or price < 0:
        raise Unfit(said("a product has a price or a quantity below nought"))
    sku = text(told.get("sku"), LONG) or text(told.get("product_id"), LONG)
    product = text(told.get("name"), LONG)
    return Goods(sku or product or str(place), price * pieces, sku, product,
                 text(told.get("category"), LONG), pieces)  # fmt: skip


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
