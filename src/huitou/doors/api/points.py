"""What customers earned, for programs: a till asks, earns, spends and takes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import AtTheTill, Caller, Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.money import to_minor
from huitou.runs.desks.points import (
    DoneView,
    LiabilityView,
    PurseView,
    RefundView,
)

routes = APIRouter(prefix="/points", tags=["points"])

Key = Field(min_length=1, max_length=200, description="Names this once: told again it is once.")
KindOf = Field("points", max_length=10, description="points, stamps, cashback or stored.")
Many = Field(ge=1, le=10**12, description="How many; cashback and stored in minor units.")


class Earned(BaseModel):
    """What a customer earns: an amount, or an order's total for the rules to judge."""

    person: str = Field(min_length=1, max_length=200)
    key: str = Key
    kind: str = KindOf
    amount: int | None = Field(None, ge=1, le=10**12)
    order: str | None = Field(None, max_length=200)
    total: Decimal = Field(Decimal(0), ge=0, le=10**12, description="In major units: 49.50")
    channel: str | None = Field(None, max_length=100)
    why: str = Field("", max_length=1_000)


class Burnt(BaseModel):
    """What a customer spends."""

    person: str = Field(min_length=1, max_length=200)
    key: str = Key
    amount: int = Many
    kind: str = KindOf
    order: str | None = Field(None, max_length=200)
    total: Decimal = Field(Decimal(0), ge=0, le=10**12, description="In major units: 49.50")


class CameBack(BaseModel):
    """Goods of an order came back."""

    order: str = Field(min_length=1, max_length=200)
    key: str = Key
    back: Decimal = Field(gt=0, le=10**12, description="What came back, in major units: 20.00")


class Given(BaseModel):
    """A gift by hand, with its reason."""

    person: str = Field(min_length=1, max_length=200)
    key: str = Key
    amount: int = Many
    why: str = Field(min_length=1, max_length=1_000)
    kind: str = KindOf


class PaidOut(BaseModel):
    """Stored value that is paid out."""

    person: str = Field(min_length=1, max_length=200)
    key: str = Key
    amount: int = Many


@routes.get("/balance", responses=answer_of(PurseView))
def balance(caller: Reader, person: Annotated[str, Query(max_length=200)], limit: int = 20) -> Any:
    """What a customer has, and the last movements of it."""
    return caller.write(caller.shop.points.purse(person, max(1, min(limit, 200))))


@routes.post("/earn", responses=answer_of(DoneView))
def earn(caller: AtTheTill, told: Earned) -> Any:
    """A customer earns, once for `key`."""
    done = caller.shop.points.earn(
        told.person, told.key, kind=told.kind, amount=told.amount, order=told.order,
        total=_minor(caller, told.total), channel=told.channel, why=told.why, by=caller.by,
    )  # fmt: skip
    return caller.write(done)


@routes.post("/burn", responses=answer_of(DoneView))
def burn(caller: AtTheTill, told: Burnt) -> Any:
    """A customer spends, once for `key`; 403 for more than there is."""
    done = caller.shop.points.burn(
        told.person, told.amount, told.key, kind=told.kind, order=told.order,
        total=_minor(caller, told.total), by=caller.by,
    )  # fmt: skip
    return caller.write(done)


@routes.post("/refund", responses=answer_of(RefundView))
def refund(caller: AtTheTill, told: CameBack) -> Any:
    """Goods came back, once for `key`: earned points go, burnt ones return, in proportion."""
    back = _minor(caller, told.back)
    return caller.write(caller.shop.points.refund(told.order, back, told.key, caller.by))


@routes.post("/gift", responses=answer_of(DoneView))
def gift(caller: Planner, told: Given) -> Any:
    """Give something, once for `key`; at most what the rules allow at once."""
    done = caller.shop.points.gift(
        told.person, told.amount, told.why, caller.by, kind=told.kind, key=told.key
    )
    return caller.write(done)


@routes.post("/pay-out", responses=answer_of(DoneView))
def pay_out(caller: Planner, told: PaidOut) -> Any:
    """Pay stored value out that was not spent, once for `key`."""
    done = caller.shop.points.pay_out(told.person, told.amount, told.key, caller.by)
    return caller.write(done)


@routes.post("/expire")
def expire(caller: Planner) -> Any:
    """Do what is due now, as each run does."""
    return caller.write(caller.shop.points.expire())


@routes.get("/liability", responses=answers_of(LiabilityView))
def liability(caller: Reader) -> Any:
    """What is owed in all, what of it will end unspent, and what came and went by month."""
    return caller.write(caller.shop.points.liability())


def _minor(caller: Caller, amount: Decimal) -> int:
    return to_minor(amount, caller.shop.settings.money)
