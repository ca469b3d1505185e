"""Youzan's message push (有赞消息推送): orders, closings, refunds and customers.

Its moments carry no zone: they are China's, as the platform is. A message with a part of an order
only (`trade_TradeClose`) is put beside what was told before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, unquote_plus
from zoneinfo import ZoneInfo

from huitou.ground.words import said
from huitou.sources.live import signatures
from huitou.sources.live.signatures import Headers
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
    inner,
    joined,
    must_name,
    numbered,
    objects,
    text,
)

CHINA = ZoneInfo("Asia/Shanghai")
ORDERED = ("trade_TradePaid", "trade_TradeBuyerPay", "trade_TradeSuccess")
REFUNDED = ("trade_refund_RefundSuccess", "trade_refund_RefundSellerAgree",
            "trade_refund_SysRefund", "youzan_trade_RefundSuccess")  # fmt: skip


def signed(raw: bytes, headers: Headers, secret: str, _now: datetime) -> bool:
    """Whether the app with this client id and secret was told these bytes."""
    return signatures.youzan(raw, headers.get("event-sign", ""), secret)


def topic(headers: Headers, body: Mapping[str, Any]) -> str:
    """What a message is about: `trade_TradePaid`."""
    return headers.get("event-type", "") or text(body.get("type"), 60) or ""


def parts(topic: str, told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    """What a message tells; raises `Unfit` for one that tells nothing we know."""
    if told.get("test") is True:
        raise Unfit(said("a test: it was not counted"))
    found = _opened(told.get("msg"))
    if topic in ORDERED and isinstance(found.get("full_order_info"), dict):
        yield from _order(found["full_order_info"], told, received)
    elif topic == "trade_TradeClose":
        yield CalledOff(must_name(found.get("tid"), "tid"))
    elif topic in REFUNDED:
        yield _refund(found, received)
    elif topic == "SCRM_CUSTOMER_EVENT" and not found.get("is_log_off"):
        who = Who(phone=text(found.get("mobile"), 60), name=text(found.get("name"), 200))
        if who.is_known:
            yield Profile(_moment(found.get("update_time"), received), who)
    else:
        raise Unfit(said("nothing is taken from {topic}", topic=topic[:60]))


def _opened(told: Any) -> Mapping[str, Any]:
    """What a message holds: an object, or one written as text in percent signs."""
    if isinstance(told, dict):
        return told
    for opened in (unquote, unquote_plus):
        try:
            found = json.loads(opened(told)) if isinstance(told, str) else None
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise Unfit(said("it cannot be read"))


def _order(found: Mapping[str, Any], told: Mapping[str, Any], received: datetime) -> Iterator[Part]:
    head = found.get("order_info")
    at = _moment(inner(head, "pay_time") or inner(head, "created"), received)
    latest = _moment(inner(head, "update_time"), at)
    number = must_name(inner(head, "tid"), "tid")
    who = _buyer(found)
    message = text(told.get("msg_id"), 100) or f"{number}@{latest.isoformat()}"
    yield Order(number, at, latest, message, who, "CNY", _goods(found), channel="web")
    if who.is_known:
        yield Profile(latest, who)


def _goods(found: Mapping[str, Any]) -> tuple[Goods, ...]:
    goods = numbered(_line(each) for each in objects(found.get("orders")))
    shipping = amount(inner(found, "pay_info", "post_fee"), "post_fee") or Decimal(0)
    total = amount(inner(found, "pay_info", "payment"), "payment")
    paid = sum((each.paid for each in goods), shipping)
    rest = None if total is None else total - paid
    return (*goods, *beside("shipping", shipping), *beside("rest", rest))


def _line(told: Mapping[str, Any]) -> Goods:
    sku = next((found for name in ("outer_sku_id", "outer_item_id", "item_id")
                if (found := text(told.get(name), 200))), None)  # fmt: skip
    paid = amount(told.get("payment"), "payment")
    if paid is None:
        paid = amount(told.get("total_fee"), "total_fee") or Decimal(0)
    return Goods(must_name(told.get("oid"), "oid"), paid, sku, text(told.get("title"), 200), None,
                 amount(told.get("num"), "num"))  # fmt: skip


def _refund(found: Mapping[str, Any], received: datetime) -> Refund:
    paid = amount(found.get("refunded_fee"), "refunded_fee")
    at = _moment(found.get("update_time"), received)
    back = None if paid is None else (Goods("refund", paid),)
    return Refund(
        must_name(found.get("tid"), "tid"),
        must_name(found.get("refund_id"), "refund_id"),
        at,
        Who(),
        "CNY",
        back,
    )


def _buyer(found: Mapping[str, Any]) -> Who:
    buyer, place = found.get("buyer_info"), found.get("address_info")
    phone = text(inner(buyer, "buyer_phone"), 60) or text(inner(place, "receiver_tel"), 60)
    names = ("delivery_province", "delivery_city", "delivery_district", "delivery_address")
    who = Who(None, phone, None, None,
              text(inner(place, "receiver_name"), 200) or text(inner(buyer, "fans_nickname"), 200),
              joined(*(inner(place, name) for name in names), by=""))  # fmt: skip
    known = text(inner(buyer, "yz_open_id") or inner(buyer, "buyer_id"), 100)
    return who if who.is_known or known in (None, "0") else Who(f"youzan:{known}").over(who)


def _moment(value: Any, otherwise: datetime) -> datetime:
    """`2026-03-01 12:00:00` by China's clock."""
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return otherwise
    if told is None:
        return otherwise
    return min(told.replace(tzinfo=told.tzinfo or CHINA).astimezone(otherwise.tzinfo), otherwise)
