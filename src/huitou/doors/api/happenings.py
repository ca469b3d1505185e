"""What programs tell of the shop: deliveries that came late, shops that closed, bookings missed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Importer, Reader

routes = APIRouter()


class Told(BaseModel):
    """Something that happened; without a customer, shop or product it touched everybody."""

    kind: str = Field(max_length=40, description="A kind of `huitou happened`: late_delivery, …")
    day: date
    until: date | None = None
    customer: str | None = Field(None, max_length=200, description="Member number, phone, e-mail.")
    store: str | None = Field(None, max_length=200)
    region: str | None = Field(None, max_length=200)
    product: str | None = Field(None, max_length=200, description="Product number or name.")
    category: str | None = Field(None, max_length=200)
    clerk: str | None = Field(None, max_length=200)
    words: str = Field("", max_length=2000)
    key: str = Field("", max_length=200, description="Your own name for it; told again, it is one.")


@routes.post("/happenings", tags=["care"])
def tell(caller: Importer, told: Told) -> Any:
    """Tell what happened around the shop; the same again changes nothing."""
    known = told.model_dump()
    kind, day = known.pop("kind"), known.pop("day")
    return caller.write(caller.shop.happenings.tell(kind, day, by=caller.by, **known))


@routes.get("/happenings", tags=["care"])
def happenings(
    caller: Reader,
    kind: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """What happened around the shop, the newest first."""
    return {"happenings": caller.write(caller.shop.happenings.listed(kind, limit))}
