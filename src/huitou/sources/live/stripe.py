"""Stripe's webhooks: charges are orders, refunds are returns, customers are people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from huitou.ground.errors import HuitouError
from huitou.ground.money import digits
from huitou.ground.words import said
from huitou.sources.live import signatures
from huitou.sources.live.signatures import Headers
from huitou.sources.live.told import (
    Goods,
    Order,
    Part,
    Profile,
    Refund,
    Unfit,
    Who,
    currency_of,
    inner,
    joined,
    must_name,
    objects,
    text,
)

PLACES: Mapping[str, int] = {"ISK": 2, "UGX": 2, "HUF": 2, "TWD": 2}
"""Currencies that Stripe counts in hundredths whatever is customary."""


def signed(raw: bytes, headers: Headers, secret: str, now: datetime) -> bool:
    """Whether the account with this secret sent these bytes, just now."""
    return signatures.stripe(raw, headers.get("stripe-signature", ""), secret, now)


def topic(_headers: Headers, body: Mapping[str, Any]) -> str:
    """What a message is about: `charge.succeeded`."""
    return text(body.get("type"), 60) or ""


def parts(topic: str, told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    """What a message tells; raises `Unfit` for one that tells nothing we know."""
    found = inner(told, "data", "object")
    if not isinstance(found, dict):
        raise Unfit(said("it is no object"))
    if told.get("livemode") is False:
        raise Unfit(said("a test: it was not counted"))
    at = _moment(told.get("created"), received)
    if topic == "charge.succeeded":
        yield from _charge(found, at, received)
    elif topic == "charge.refunded":
        for back in objects(inner(found, "refunds", "data")):
            yield from _refund({**back, "payment_intent": found.get("payment_intent"),
                                "charge": found.get("id")}, received)  # fmt: skip
    elif topic in ("refund.created", "refund.updated", "charge.refund.updated"):
        yield from _refund(found, received)
    elif topic in ("customer.created", "customer.updated"):
        who = _person(found, found)
        if who.is_known:
            yield Profile(at, who)
    else:
        raise Unfit(said("nothing is taken from {topic}", topic=topic[:60]))


def _charge(told: Mapping[str, Any], latest: datetime, received: datetime) -> Iterator[Part]:
    money = currency_of(told.get("currency"))
    order_id, who = _order(told), _person(told.get("billing_details"), told)
    at = _moment(told.get("created"), received)
    goods = Goods("charge", _paid(told.get("amount"), money),
                  product=text(told.get("description"), 200))  # fmt: skip
    yield Order(order_id, at, latest, str(told.get("id")), who, money, (goods,), channel="web")
    if who.is_known:
        yield Profile(latest, who)


def _refund(told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    if told.get("status") not in ("succeeded", None):
        return  # it may still fail; it is told again when it has not
    money = currency_of(told.get("currency"))
    number = must_name(told.get("id"), "id")
    paid = Goods("refund", _paid(told.get("amount"), money))
    at = _moment(told.get("created"), received)
    yield Refund(_order(told, "charge"), number, at, Who(), money, (paid,))


def _order(told: Mapping[str, Any], itself: str = "id") -> str:
    return must_name(told.get("payment_intent") or told.get(itself), itself)


def _paid(value: Any, currency: str | None) -> Decimal:
    """Stripe's whole number of the smallest unit, in major units."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**15:
        raise Unfit(said("{what} is no amount", what="amount"))
    if currency is None:
        raise Unfit(said("it says no {what}", what="currency"))
    try:
        return Decimal(value).scaleb(-PLACES.get(currency, digits(currency)))
    except HuitouError as unknown:
        raise Unfit(said("{code} is not a currency", code=currency)) from unknown


def _person(told: Any, also: Mapping[str, Any]) -> Who:
    place = inner(told, "address")
    names = ("line1", "line2", "city", "state", "postal_code", "country")
    who = Who(
        None, text(inner(told, "phone"), 60),
        text(inner(told, "email"), 320) or text(also.get("receipt_email"), 320), None,
        text(inner(told, "name"), 200), joined(*(inner(place, name) for name in names), by=", "),
    )  # fmt: skip
    known = text(also.get("id") if told is also else also.get("customer"), 60)
    return who if who.is_known or known is None else Who(f"stripe:{known}").over(who)


def _moment(value: Any, received: datetime) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**33:
        return received
    return min(datetime.fromtimestamp(value, UTC), received)
