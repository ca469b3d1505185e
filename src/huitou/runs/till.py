"""Offers at the till: what a code gives on a basket, using it once, and taking that back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.identity.book import names
from huitou.loyalty import book as loyalty
from huitou.loyalty import offers
from huitou.loyalty.codes import tidy
from huitou.loyalty.till import book as sales
from huitou.runs import finding
from huitou.runs.views import OfferView

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

LONGEST = 200
"""Letters of an order's number."""
ELSE = said("This code is for somebody else.")
WHO = said("This code is personal: please say who you are.")


def check(
    house: House,
    settings: Settings,
    code: str,
    total: int | None = None,
    customer: str | None = None,
) -> OfferView:
    """What a code gives on a basket of `total`, to who stands there, or why not. Changes nothing.

    Raises `Refused` for a code that was never given.
    """
    now, standing = house.clock.now(), _who(house, settings, customer)
    with house.books.reading() as unit:
        row = loyalty.by_code(unit, tidy(code))
        refused = _why_not(house, unit, row, now, total, standing)
        uses = loyalty.uses_of(unit, [row["id"]])
    view = offer_view(row, settings, now)
    if refused is not None:
        return replace(view, why_not=refused, payable=_paid(view, uses, settings))
    return _with_basket(view, row, settings, total)


def redeem(
    house: House,
    settings: Settings,
    code: str,
    order_id: str,
    total: int,
    customer: str | None = None,
    by: str = "",
) -> OfferView:
    """Use a code for an order; the same order again changes nothing.

    Raises `Refused` for a code that is unknown, over, used for another order, or not for who stands
    there; for an order that was told with another total, or that another code was used for.
    """
    order = _order(order_id, total)
    now, standing, typed = house.clock.now(), _who(house, settings, customer), tidy(code)
    _end_of_those_who_bought(house, typed, order, now)
    with house.books.unit() as unit:
        row = loyalty.by_code(unit, typed)
        if (who := _not_for(house, unit, row, standing)) is not None:
            raise Refused(who, to_try="the member number, phone or e-mail of who stands there")
        if loyalty.redeemed(unit, row["id"], order) is None:
            _still_good(unit, row, now, order)
        given = taken_off(row, total)
        row = loyalty.settle(unit, typed, order, given, now, order_total=total, by=by)
        sales.note(unit, order, row["person_id"], total, now, by=by)
    view = offer_view(row, settings, now)
    off = 0 if row["served"] else given
    return replace(view, payable=Money(total - off, settings.money))


def reverse(house: House, settings: Settings, code: str, order_id: str, by: str = "") -> OfferView:
    """An order was cancelled: its code is open again where its time is not over.

    The same again changes nothing. Raises `Refused` where the code was not used for this order.
    """
    order, now = _order(order_id, 1), house.clock.now()
    with house.books.unit() as unit:
        row = loyalty.reverse(unit, tidy(code), order, now, by=by)
        sales.cancel(unit, order, now)
    return offer_view(row, settings, now)


def tell_sale(
    house: House, settings: Settings, order_id: str, total: int, customer: str, by: str = ""
) -> bool:
    """A till tells of a sale without a code; whether it was new.

    Return offers of who bought are dead from then on, but for the order they are used for.
    Raises `HuitouError` where nobody, or more than one, is known by `customer`.
    """
    order, standing = _order(order_id, total), _who(house, settings, customer)
    if standing is None or len(standing) != 1:
        raise HuitouError(f"{customer!r} is not one customer", to_try="a member number")
    with house.books.unit() as unit:
        return sales.tell(unit, order, next(iter(standing)), total, house.clock.now(), by=by)


def cancel_sale(house: House, order_id: str) -> bool:
    """The sale was taken back; whether it stood until now."""
    with house.books.unit() as unit:
        return sales.cancel(unit, _order(order_id, 1), house.clock.now())


def taken_off(row: Row, total: int) -> int:
    """What an offer costs on an order, minor units; see `offers.taken_off`."""
    return offers.taken_off(row["depth"], row["amount"], total, served=bool(row["served"]))


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
        personal=row["kind"] == offers.RETURN,
    )


def _end_of_those_who_bought(house: House, code: str, order: str, now: datetime) -> None:
    """In a unit of its own: it stays, though the use is refused."""
    with house.books.unit() as unit:
        row = loyalty.by_code(unit, code)
        if row["state"] == "open" and _bought(unit, row, order):
            loyalty.die(unit, row["id"], now)


def _bought(unit: Unit, row: Row, order: str | None = None) -> bool:
    """Whether a lapsed customer came back by themselves, and this offer is for nothing."""
    if row["kind"] != offers.RETURN:
        return False
    besides = [order] if order is not None else []
    return sales.bought_since(unit, row["person_id"], row["made_at"], besides=besides)


def _still_good(unit: Unit, row: Row, now: datetime, order: str) -> None:
    if row["why"] == offers.BOUGHT or _bought(unit, row, order):
        told = offers.why_not(row, now, total=None, bought=True)
        raise Refused(told or ELSE)


def _why_not(
    house: House,
    unit: Unit,
    row: Row,
    now: datetime,
    total: int | None,
    standing: set[str] | None,
) -> Sentence | None:
    if (who := _not_for(house, unit, row, standing)) is not None:
        return who
    return offers.why_not(row, now, total=total, bought=_bought(unit, row))


def _not_for(house: House, unit: Unit, row: Row, standing: set[str] | None) -> Sentence | None:
    """Why a code is not for who stands there; nothing is said of whose it is."""
    if standing is None:
        return WHO if offers.RULES.read(house.home).needs_name(row["kind"]) else None
    theirs = names(unit, [row["person_id"]]).every([row["person_id"]])
    return None if standing & theirs else ELSE


def _who(house: House, settings: Settings, customer: str | None) -> set[str] | None:
    """Who may stand there; None where the till says nobody."""
    if customer is None or not customer.strip():
        return None
    return finding.everyone(house, settings, house.lake.current(), customer)


def _with_basket(view: OfferView, row: Row, settings: Settings, total: int | None) -> OfferView:
    if total is None:
        return replace(view, usable=True)
    off = 0 if row["served"] else taken_off(row, total)
    money = settings.money
    return replace(view, usable=True, gives=Money(off, money), payable=Money(total - off, money))


def _paid(view: OfferView, uses: list[Row], settings: Settings) -> Money | None:
    """What was paid on the order that used it."""
    paid = [use["payable"] for use in uses if use["reversed_at"] is None]
    return Money(paid[0], settings.money) if view.state == "settled" and paid else None


def _order(order_id: str, total: int) -> str:
    if total <= 0 or not 0 < len(order_id.strip()) <= LONGEST:
        raise HuitouError(
            "an offer is used for an order with a number and a total above zero",
            to_try="--order 1234 --total 49.50",
        )
    return order_id.strip()
