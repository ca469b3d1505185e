"""Packs of sessions, for programs: sold, used one visit at a time, paid back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import AtTheTill, Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.errors import BadInput
from huitou.ground.money import to_minor
from huitou.runs.desks.packs import PackView, PaidBack

routes = APIRouter(prefix="/packs", tags=["packs"])

Key = Field(min_length=1, max_length=200, description="Names this once: told again it is once.")


class Sold(BaseModel):
    """A pack that is sold: one of the rules by its name, or so many sessions for a price."""

    person: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=120)
    key: str = Key
    sessions: int | None = Field(None, ge=1, le=10_000)
    price: Decimal | None = Field(None, ge=0, le=10**12, description="In major units: 300.00")


class Used(BaseModel):
    """Sessions that are used: of one pack, or of whichever pack of a customer ends soonest."""

    key: str = Key
    pack: str | None = Field(None, max_length=64)
    person: str | None = Field(None, max_length=200)
    name: str | None = Field(None, max_length=120)
    sessions: int = Field(1, ge=1, le=1_000)


class Ended(BaseModel):
    """A pack that is paid back."""

    pack: str = Field(max_length=64)
    key: str = Key


@routes.get("", responses=answers_of(PackView))
def show(caller: Reader, person: Annotated[str, Query(max_length=200)]) -> Any:
    """The packs of a customer, those with sessions left first."""
    return caller.write(caller.shop.packs.of(person))


@routes.post("/sell", responses=answer_of(PackView))
def sell(caller: AtTheTill, told: Sold) -> Any:
    """Sell a pack, once for `key`."""
    money = caller.shop.settings.money
    price = to_minor(told.price, money) if told.price is not None else None
    sold = caller.shop.packs.sell(
        told.person, told.name, told.key, sessions=told.sessions, price=price, by=caller.by
    )
    return caller.write(sold)


@routes.post("/use", responses=answer_of(PackView))
def use(caller: AtTheTill, told: Used) -> Any:
    """Use sessions, once for `key`; 403 where fewer are left."""
    packs = caller.shop.packs
    if told.pack is not None:
        return caller.write(packs.use(told.pack, told.key, told.sessions, caller.by))
    if told.person is None:
        raise BadInput("say which pack, or whose", to_try='{"person": "…", "key": "…"}')
    used = packs.use_of(told.person, told.key, name=told.name, sessions=told.sessions, by=caller.by)
    return caller.write(used)


@routes.post("/refund", responses=answer_of(PaidBack))
def refund(caller: Planner, told: Ended) -> Any:
    """Pay the sessions left back, once for `key`; `paid` is their share of the price."""
    return caller.write(caller.shop.packs.refund(told.pack, told.key, caller.by))
