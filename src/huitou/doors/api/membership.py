"""Paid cards, for programs: who holds one, selling, renewing, changing, giving back, and advice."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Reader, Till
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.membership import (
    AdviceSheet,
    HoldingView,
    MembershipView,
    MovementView,
    TermView,
)

routes = APIRouter(prefix="/membership", tags=["membership"])


class Sale(BaseModel):
    """Somebody paid for a card."""

    person: str = Field(max_length=200, description="Id, member number, phone or e-mail.")
    card: str = Field(max_length=20)
    key: str = Field(
        min_length=1, max_length=100, description="Names this sale: the same again is the same."
    )
    standing: bool = Field(False, description="They ask that it be renewed, with notice.")


class Holder(BaseModel):
    """Whose card it is about."""

    person: str = Field(max_length=200)


class Renewal(Holder):
    """They paid for another year."""

    card: str | None = Field(None, max_length=20, description="Another card from then on.")


class Change(Holder):
    """They paid the difference."""

    card: str = Field(max_length=20)


@routes.get("", responses=answer_of(MembershipView))
def seen(caller: Reader) -> Any:
    """The cards, who holds one, and the money of it."""
    return caller.write(caller.shop.membership.seen())


@routes.get("/advice", responses=answer_of(AdviceSheet))
def advice(caller: Reader, card: str | None = None, everybody: bool = False) -> Any:
    """Whom the dearer card pays; with `everybody` as if all customers held the plainer."""
    return caller.write(caller.shop.membership.advice(card, everybody=everybody))


@routes.get("/of/{person}", responses=answer_of(HoldingView))
def of(caller: Reader, person: str) -> Any:
    """The card of one person: terms, movements and advice."""
    return caller.write(caller.shop.membership.of(person))


@routes.post("/buy", responses=answer_of(TermView))
def buy(caller: Till, told: Sale) -> Any:
    """Somebody paid for a card: it runs for a year from today."""
    desk = caller.shop.membership
    term = desk.buy(told.person, told.card, caller.by, told.key, standing=told.standing)
    return caller.write(term)


@routes.post("/renew", responses=answer_of(TermView))
def renew(caller: Till, told: Renewal) -> Any:
    """They paid for another year; once for each term."""
    return caller.write(caller.shop.membership.renew(told.person, caller.by, told.card))


@routes.post("/upgrade", responses=answer_of(TermView))
def upgrade(caller: Till, told: Change) -> Any:
    """They paid the difference for the rest of the year."""
    return caller.write(caller.shop.membership.upgrade(told.person, told.card, caller.by))


@routes.post("/cancel", responses=answer_of(MovementView))
def cancel(caller: Till, told: Holder) -> Any:
    """They give the card back; `paid` below zero is what is to be paid back to them."""
    return caller.write(caller.shop.membership.cancel(told.person, caller.by))
