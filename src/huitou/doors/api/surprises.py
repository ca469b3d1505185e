"""Surprises at the till: what waits for who stands there, handed over once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import AtTheTill, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.surprises import GiftView, SurprisePage, SurpriseView

routes = APIRouter(tags=["surprises"])

Who = Annotated[
    str, Field(min_length=1, max_length=200, description="Member number, phone, e-mail or id.")
]


class Standing(BaseModel):
    """Who stands at the till."""

    customer: Who


class Born(BaseModel):
    """The month of somebody's birthday."""

    customer: Who
    month: int = Field(ge=1, le=12)


@routes.post("/surprises/waiting", responses=answers_of(GiftView))
def waiting(caller: AtTheTill, standing: Standing) -> Any:
    """What is to be handed over to who stands there; nothing is changed."""
    return caller.write(caller.shop.surprises.waiting(standing.customer))


@routes.post("/surprises/{surprise}/deliver", responses=answer_of(SurpriseView))
def deliver(caller: AtTheTill, surprise: str) -> Any:
    """It was handed over; a second time is refused."""
    return caller.write(caller.shop.surprises.deliver(surprise, caller.by))


@routes.post("/surprises/birthdays")
def birthday(caller: AtTheTill, born: Born) -> Any:
    """A customer told the month of their birthday."""
    caller.shop.surprises.tell_birthday(born.customer, born.month, caller.by)
    return {"kept": True}


@routes.get("/surprises", responses=answers_of(SurpriseView))
def listed(
    caller: Reader,
    state: Annotated[str | None, Query(max_length=10)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """The newest: waiting, delivered, expired, or control; each with why it was drawn."""
    return caller.write(caller.shop.surprises.listed(state, limit))


@routes.get("/surprises/standing", responses=answer_of(SurprisePage))
def standing(caller: Reader) -> Any:
    """This month's budget, how many there are in each state, and what they moved."""
    return caller.write(caller.shop.surprises.page())
