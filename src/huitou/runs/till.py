"""Offers at the till: what a code is worth, and using it once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.loyalty import book as loyalty
from huitou.runs.views import OfferView

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

LONGEST = 200
"""Letters of an order's number."""


def check(house: House, settings: Settings, code: str) -> OfferView:
    """What a code takes off, until when, and whether it was used."""
    with house.books.reading() as unit:
        row = loyalty.by_code(unit, _tidy(code))
    return offer_view(row, settings, house.clock.now())


def redeem(house: House, settings: Settings, code: str, order_id: str, total: int) -> OfferView:
    """Use a code for an order; the same order again changes nothing.

    Raises `Refused` for a code that is unknown, over, or was used for another order.
    """
    if total <= 0 or not 0 < len(order_id.strip()) <= LONGEST:
        raise HuitouError(
            "an offer is used for an order with a number and a total above zero",
            to_try="--order 1234 --total 49.50",
        )
    now, tidy = house.clock.now(), _tidy(code)
    with house.books.unit() as unit:
        given = taken_off(loyalty.by_code(unit, tidy), total)
        row = loyalty.settle(unit, tidy, order_id.strip(), given, now, order_total=total)
    return offer_view(row, settings, now)


def taken_off(row: Row, total: int) -> int:
    """What an offer takes off an order, minor units: its share, and never more than it promised.

    Where the shop serves better instead, it is what that costs: nothing comes off the price.
    """
    if row["served"]:
        return int(row["amount"])
    share = Decimal(str(row["depth"])) * total
    return min(int(share.to_integral_value(ROUND_DOWN)), int(row["amount"]))


def offer_view(row: Row, settings: Settings, now: datetime) -> OfferView:
    """An offer's row as the till and its holder see it."""
    over = row["state"] == "open" and row["ends_at"] <= now
    last = (row["ends_at"] - timedelta(microseconds=1)).astimezone(settings.zone).date()
    given = row["given"]
    return OfferView(
        code=row["code"],
        state="expired" if over else row["state"],
        depth=row["depth"],
        most=Money(row["amount"], settings.money),
        last_day=last,
        least=Money(row["least"], settings.money) if row["least"] else None,
        served=bool(row["served"]),
        order_id=row["order_id"],
        given=Money(given, settings.money) if given is not None else None,
    )


def _tidy(code: str) -> str:
    # As people type it from a letter.
    return "".join(code.split()).upper()
