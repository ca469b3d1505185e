"""What a till or a checkout may do: look at a code, use it once, take that back, tell a sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import AtTheTill, Reader, Till
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.money import to_minor
from huitou.runs.desks.offers import OfferRow
from huitou.runs.views import OfferView

routes = APIRouter(tags=["offers"])

Customer = Annotated[
    str | None,
    Field(
        max_length=200,
        description="Who stands there: member number, phone, e-mail or id. Return offers need it.",
    ),
]
Total = Annotated[
    Decimal, Field(gt=0, le=10**12, description="Before the offer, in major units: 49.50")
]
Number = Annotated[
    str, Field(min_length=1, max_length=200, description="The order's number, unique in the shop.")
]


class Basket(BaseModel):
    """What a code is looked at for."""

    total: Total | None = None
    customer: Customer = None


class Use(BaseModel):
    """The order an offer is used for."""

    order: Number
    total: Total
    customer: Customer = None


class Cancelled(BaseModel):
    """The order that was cancelled."""

    order: Number


class Sale(BaseModel):
    """A sale without a code, to a named customer."""

    order: Number
    total: Total
    customer: Annotated[str, Field(min_length=1, max_length=200)]


@routes.get("/offers/{code}/check", responses=answer_of(OfferView))
def check(
    caller: Till,
    code: str,
    total: Annotated[Decimal | None, Query(gt=0, le=10**12)] = None,
) -> Any:
    """What a code gives, on a basket where `total` is told, or why not; nothing is changed."""
    return caller.write(caller.shop.check_offer(code, _minor(caller, total)))


@routes.post("/offers/{code}/check", responses=answer_of(OfferView))
def check_for(caller: Till, code: str, basket: Basket) -> Any:
    """The same for who stands there, without their phone in an address; nothing is changed."""
    minor = _minor(caller, basket.total)
    return caller.write(caller.shop.check_offer(code, minor, basket.customer))


@routes.post("/offers/{code}/redeem", responses=answer_of(OfferView))
def redeem(caller: Till, code: str, use: Use) -> Any:
    """Use a code for an order; `payable` is what is left to pay. The same order again is once."""
    total = to_minor(use.total, caller.shop.settings.money)
    shop = caller.shop
    return caller.write(shop.redeem_offer(code, use.order, total, use.customer, caller.by))


@routes.post("/offers/{code}/reverse", responses=answer_of(OfferView))
def reverse(caller: Till, code: str, cancelled: Cancelled) -> Any:
    """The order was cancelled: its code is open again where its time is not over."""
    return caller.write(caller.shop.offers.reverse(code, cancelled.order, caller.by))


@routes.get("/offers", responses=answers_of(OfferRow))
def listed(
    caller: Reader,
    state: Annotated[str | None, Query(max_length=10)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """The newest offers: open, settled, expired, released, or dead because they bought first."""
    return caller.write(caller.shop.offers.listed(state, limit))


@routes.post("/till/orders")
def tell_sale(caller: AtTheTill, sale: Sale) -> Any:
    """A sale to a named customer, as it happens: return offers they hold are dead from then on."""
    total = to_minor(sale.total, caller.shop.settings.money)
    return {"new": caller.shop.offers.tell_sale(sale.order, total, sale.customer, caller.by)}


@routes.post("/till/orders/cancel")
def cancel_sale(caller: AtTheTill, cancelled: Cancelled) -> Any:
    """The sale was taken back; the same again changes nothing."""
    return {"cancelled": caller.shop.offers.cancel_sale(cancelled.order)}


def _minor(caller: Till, total: Decimal | None) -> int | None:
    return None if total is None else to_minor(total, caller.shop.settings.money)
