"""What a till may do: look at the code of an offer, and use it once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Till
from huitou.doors.api.shapes import answer_of
from huitou.ground.money import to_minor
from huitou.runs.views import OfferView

routes = APIRouter(prefix="/offers", tags=["offers"])


class Use(BaseModel):
    """The order an offer is used for."""

    order: str = Field(min_length=1, max_length=200, description="Its number; told twice is once.")
    total: Decimal = Field(gt=0, le=10**12, description="Before the offer, in major units: 49.50")


@routes.get("/{code}/check", responses=answer_of(OfferView))
def check(caller: Till, code: str) -> Any:
    """What a code takes off, until when, and whether it was used."""
    return caller.write(caller.shop.check_offer(code))


@routes.post("/{code}/redeem", responses=answer_of(OfferView))
def redeem(caller: Till, code: str, use: Use) -> Any:
    """Use a code for an order; `given` is what it takes off. The same order again is once."""
    total = to_minor(use.total, caller.shop.settings.money)
    return caller.write(caller.shop.redeem_offer(code, use.order, total))
