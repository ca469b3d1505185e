"""An order as it stands after all that was told of it, in whichever order it arrived.

    standing = Standing().told(order).refunded(refund)
    rows(standing, …)                  # its lines, as rows of a file of orders

The latest word about its goods counts; a refund counts once; called off and nothing paid back means
never paid. So the same messages in any order, and any of them twice, leave the same lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from huitou.ground.money import digits
from huitou.sources.contract import Mapping as Layout
from huitou.sources.live.told import CalledOff, Goods, Order, Refund, Who

COLUMNS = (
    "order_id", "line_id", "member_no", "phone", "email", "name", "address", "ordered_at", "sku",
    "product", "category", "quantity", "amount", "currency", "channel", "campaign", "status",
    "is_return", "is_product",
)  # fmt: skip
Row = dict[str, str]
VOID = "cancelled"
"""What stands in `status` for an order that was never paid; sources/returns.py reads it."""


def layout(source: str, currency: str) -> Layout:
    """How the rows written here are read: nothing is left to guess."""
    return Layout(
        columns={name: name for name in COLUMNS}, layout=COLUMNS, format="jsonl",
        currency=currency, timezone="UTC", encoding="utf-8", source=source,
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What is known of one order."""

    order: Order | None = None
    first_at: datetime | None = None
    """When it was ordered: the earliest word."""
    is_called_off: bool = False
    refunds: Mapping[str, Refund] = field(default_factory=dict)

    def told(self, part: Order | CalledOff | Refund) -> Standing:
        """After one more word."""
        if isinstance(part, CalledOff):
            return replace(self, is_called_off=True)
        if isinstance(part, Refund):
            return self._refunded(part)
        if self.order is None:
            return replace(self, order=part, first_at=part.at)
        if part.message == self.order.message:
            return self
        first = min(self.first_at or part.at, part.at)
        later, earlier = (part, self.order) if _rank(part) > _rank(self.order) else (
            self.order, part)  # fmt: skip
        return replace(self, first_at=first, order=replace(later, who=later.who.over(earlier.who)))

    def _refunded(self, part: Refund) -> Standing:
        known = self.refunds.get(part.refund_id)
        if known is not None and (known.goods is not None or part.goods is None):
            return self
        return replace(self, refunds={**self.refunds, part.refund_id: part})

    @property
    def who(self) -> Who:
        """Whose it is, as far as the order or one of its refunds says."""
        who = self.order.who if self.order else Who()
        for _, back in sorted(self.refunds.items()):
            who = who.over(back.who)
        return who

    def kept(self) -> str:
        """As text, for the lake."""
        return json.dumps(
            {
                "order": asdict(self.order) if self.order else None, "first_at": self.first_at,
                "is_called_off": self.is_called_off,
                "refunds": [asdict(each) for _, each in sorted(self.refunds.items())],
            },
            default=_plain,
        )  # fmt: skip

    @classmethod
    def read(cls, kept: str) -> Standing:
        """Back from text."""
        told = json.loads(kept)
        order = _order(told["order"]) if told["order"] else None
        first = datetime.fromisoformat(told["first_at"]) if told["first_at"] else None
        refunds = [_refund(each) for each in told["refunds"]]
        return cls(order, first, told["is_called_off"], {each.refund_id: each for each in refunds})


def _rank(order: Order) -> tuple[datetime, str]:
    return order.told_at, order.message


def rows(standing: Standing, currency: str) -> Iterator[Row]:
    """The lines of an order and of what came back of it; none while only its refund is known and
    that says no amount."""
    for line in _lines(standing, currency):
        # A column of nothing but nulls would not be in the file at all.
        yield {name: line[name] or "" for name in COLUMNS}


def _lines(standing: Standing, currency: str) -> Iterator[dict[str, str | None]]:
    order, who = standing.order, standing.who
    shared = _shared(who, order)
    if order is not None:
        void = (standing.is_called_off or order.is_void) and not standing.refunds
        for each in order.goods:
            yield {
                **shared, **_line(each, order.currency or currency), "order_id": order.order_id,
                "line_id": each.line, "ordered_at": _written(standing.first_at or order.at),
                "status": VOID if void else None, "is_return": "no",
            }  # fmt: skip
    for name, back in sorted(standing.refunds.items()):
        goods = back.goods
        if goods is None:
            goods = order.goods if order is not None else ()
        money = back.currency or (order.currency if order else None) or currency
        for each in goods:
            quantity = -each.quantity if each.quantity else None
            given = replace(each, paid=-abs(each.paid), quantity=quantity)
            yield {
                **shared, **_line(given, money), "order_id": f"{back.order_id}/refund",
                "line_id": f"{name}/{each.line}", "ordered_at": _written(back.at),
                "status": None, "is_return": "yes",
            }  # fmt: skip


def _shared(who: Who, order: Order | None) -> dict[str, str | None]:
    return {
        "member_no": who.member_no, "phone": who.phone, "email": who.email, "name": who.name,
        "address": who.address, "channel": order.channel if order else None,
        "campaign": order.campaign if order else None,
    }  # fmt: skip


def _line(goods: Goods, currency: str) -> dict[str, str | None]:
    unit = Decimal(1).scaleb(-digits(currency))
    return {
        "sku": goods.sku, "product": goods.product, "category": goods.category,
        "quantity": f"{goods.quantity:f}" if goods.quantity is not None else None,
        "amount": f"{goods.paid.quantize(unit):f}", "currency": currency,
        "is_product": "yes" if goods.is_product else "no",
    }  # fmt: skip


def _written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value:f}"


def _order(told: dict[str, Any]) -> Order:
    return Order(**{
        **told, "at": datetime.fromisoformat(told["at"]),
        "told_at": datetime.fromisoformat(told["told_at"]), "who": _who(told["who"]),
        "goods": _goods(told["goods"]),
    })  # fmt: skip


def _refund(told: dict[str, Any]) -> Refund:
    goods = told["goods"]
    return Refund(**{
        **told, "at": datetime.fromisoformat(told["at"]), "who": _who(told["who"]),
        "goods": None if goods is None else _goods(goods),
    })  # fmt: skip


def _who(told: dict[str, Any]) -> Who:
    born = told["birthday"]
    return Who(**{**told, "birthday": date.fromisoformat(born) if born else None})


def _goods(told: list[dict[str, Any]]) -> tuple[Goods, ...]:
    return tuple(
        Goods(**{**each, "paid": Decimal(each["paid"]),
                 "quantity": None if each["quantity"] is None else Decimal(each["quantity"])})
        for each in told
    )  # fmt: skip
