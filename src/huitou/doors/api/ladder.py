"""The ladder for tills and programs: where somebody stands, and what they are given."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Planner, Reader, Till
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.ladder.views import LadderView, StandView

routes = APIRouter(prefix="/ladder", tags=["ladder"])


class Named(BaseModel):
    """A privilege to hand over."""

    who: str = Field(min_length=1, max_length=200, description="Card number, phone, e-mail or id.")
    privilege: str = Field(min_length=1, max_length=40)
    clerk: str = Field("", max_length=80, description="Who hands it over.")


class Back(BaseModel):
    """A delivery to take back."""

    delivery: int = Field(ge=1, le=2**53)
    clerk: str = Field("", max_length=80)


class Put(BaseModel):
    """A step given by hand."""

    who: str = Field(min_length=1, max_length=200)
    step: str = Field(min_length=1, max_length=40)
    why: str = Field(min_length=1, max_length=1000)


@routes.get("", responses=answer_of(LadderView))
def ladder(caller: Reader) -> Any:
    """The whole ladder: people on each step, climbs and falls, privileges delivered."""
    return caller.write(caller.shop.ladder.drawn(caller.language))


@routes.get("/person", responses=answer_of(StandView))
def person(caller: Till, who: str = Query(min_length=1, max_length=200)) -> Any:
    """Where somebody stands: by card number, scanned card, phone, e-mail, member number or id."""
    return caller.write(caller.shop.ladder.person(who, caller.language))


@routes.post("/deliver", responses=answer_of(StandView))
def deliver(caller: Till, named: Named) -> Any:
    """Hand a privilege over; a second time within its period is refused."""
    desk = caller.shop.ladder
    found = desk.person(named.who, caller.language)
    by = f"{named.clerk} ({caller.by})" if named.clerk else caller.by
    given = desk.deliver(found.person_id, named.privilege, by, caller.language)
    return caller.write(given)


@routes.post("/take-back")
def take_back(caller: Till, back: Back) -> Any:
    """Take a delivery back that was a slip of the finger."""
    by = f"{back.clerk} ({caller.by})" if back.clerk else caller.by
    caller.shop.ladder.take_back(back.delivery, by)
    return {"delivery": back.delivery, "taken_back": True}


@routes.post("/set", responses=answer_of(StandView))
def put(caller: Planner, told: Put) -> Any:
    """Put somebody on a step by hand, with the reason."""
    desk = caller.shop.ladder
    return caller.write(desk.put(told.who, told.step, told.why, caller.by, caller.language))
