"""Members for tills and programs: joining before a clerk's eyes, and promotions."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Planner, Reader, Till
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.ids import fingerprint
from huitou.runs.desks.members.desk import read, today
from huitou.runs.desks.members.views import MemberView, PromotionView

routes = APIRouter(prefix="/members", tags=["members"])


class Join(BaseModel):
    """Who joins, before the eyes of a clerk."""

    name: str = Field(min_length=1, max_length=120)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=200)
    birthday: str = Field("", max_length=10, description="2001-05-31")
    language: str = Field("en", max_length=8)
    consents: list[str] = Field(default_factory=list, max_length=8, description="Ticked channels.")
    clerk: str = Field(min_length=1, max_length=80, description="Who sees them.")
    promotion: str | None = Field(None, max_length=120)
    form: str = Field(
        min_length=1, max_length=120, description="The till's own name of it; told twice is once."
    )


class Begin(BaseModel):
    """A promotion to begin."""

    name: str = Field(min_length=1, max_length=120)
    way: str = Field("table", max_length=10, description="till, table, phone or web.")
    place: str = Field("", max_length=120)
    clerk: str = Field("", max_length=120)
    starts_on: date | None = None
    ends_on: date | None = None


@routes.post("", responses=answer_of(MemberView))
def join(caller: Till, told: Join) -> Any:
    """Join at a till: the same phone or e-mail again is the same card."""
    shop = caller.shop
    made = read(
        shop.settings,
        today(shop.clock, shop.settings),
        name=told.name,
        contacts=(told.phone, told.email),
        born=told.birthday,
        language=told.language,
        consents=tuple(told.consents),
    )
    form = fingerprint("till", caller.token.id, told.form)
    joined = shop.members.join(made, told.clerk, promotion=told.promotion, form=form)
    return caller.write(joined)


@routes.get("/promotions", responses=answers_of(PromotionView))
def promotions(caller: Reader) -> Any:
    """Every promotion, and how many joined by it."""
    return caller.write(caller.shop.members.promotions())


@routes.post("/promotions", responses=answer_of(PromotionView))
def start(caller: Planner, told: Begin) -> Any:
    """Begin a promotion."""
    made = caller.shop.members.start(
        told.name,
        caller.by,
        way=told.way,
        place=told.place,
        clerk=told.clerk,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
    )
    return caller.write(made)


@routes.post("/promotions/{promotion}/end", responses=answer_of(PromotionView))
def end(caller: Planner, promotion: str) -> Any:
    """Nobody joins by its code after today."""
    return caller.write(caller.shop.members.end(promotion))
