"""What staff may concede, and what was demanded, for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import AtTheTill, Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.money import to_minor
from huitou.runs.desks.demands import DemandPage, DemandView

routes = APIRouter(prefix="/demands", tags=["demands"])


class Demanded(BaseModel):
    """What somebody demanded, and what was given."""

    kind: str = Field(max_length=40)
    words: str = Field(min_length=1, max_length=1000)
    amount: Decimal = Field(Decimal(0), ge=0, le=10**9, description="In major units; 0: refused.")
    customer: str | None = Field(None, max_length=200)
    minutes: int = Field(0, ge=0, le=1440)


class Settled(BaseModel):
    """Whether an exception is made, and why."""

    words: str = Field(min_length=1, max_length=1000)
    granted: bool


@routes.get("", responses=answer_of(DemandPage))
def demands(caller: Reader) -> Any:
    """What may be conceded, words to refuse with, and what waits for somebody to decide."""
    return caller.write(caller.shop.demands.page(caller.by))


@routes.get("/log", responses=answers_of(DemandView))
def log(caller: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
    """The newest demands, and what became of each."""
    return caller.write(caller.shop.demands.listed(limit=limit))


@routes.post("", responses=answer_of(DemandView))
def demanded(caller: AtTheTill, told: Demanded) -> Any:
    """Concede, at once within the limits; or, with no amount, refuse."""
    desk = caller.shop.demands
    amount = to_minor(told.amount, caller.shop.settings.money)
    more: dict[str, Any] = {"customer": told.customer, "minutes": told.minutes}
    if amount:
        return caller.write(desk.concede(told.kind, amount, told.words, caller.by, **more))
    return caller.write(desk.refuse(told.kind, told.words, caller.by, **more))


@routes.post("/{demand}/decide", responses=answer_of(DemandView))
def exception(caller: Planner, demand: str, told: Settled) -> Any:
    """Somebody else decides what is above the limits."""
    desk = caller.shop.demands
    return caller.write(desk.decide(demand, caller.by, told.words, granted=told.granted))
