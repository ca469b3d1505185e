"""Complaints for programs: hand one in, look at them, work on one."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Caller, Complainer, Reader
from huitou.doors.api.reading import After, Limit
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.money import to_minor
from huitou.runs.desks.complaints.views import (
    ComplaintRow,
    ComplaintView,
    Effect,
    Filed,
    Listing,
)

routes = APIRouter(prefix="/complaints", tags=["complaints"])

Show = Annotated[
    Literal[
        "open", "waiting", "overdue", "new", "assigned", "answered", "resolved", "held",
        "dismissed", "all",
    ],
    Query(description="Which of them."),
]  # fmt: skip
Short = Annotated[str | None, Field(max_length=200)]


class NewComplaint(BaseModel):
    """What a customer said, and how they may be reached."""

    words: Annotated[str, Field(min_length=1, max_length=20_000)]
    key: Annotated[str, Field(min_length=1, max_length=100, description="Names it: twice is once.")]
    kind: Literal["product", "service", "delivery", "price", "other"] = "other"
    who: Short = None
    name: Short = None
    phone: Short = None
    email: Short = None
    product: Short = None
    store: Short = None
    order_id: Short = None
    language: Literal["en", "zh-Hans", "zh-Hant"] | None = None


class Owner(BaseModel):
    """Who takes it."""

    owner: Annotated[str, Field(min_length=1, max_length=120)]


class Reply(BaseModel):
    """What the customer is told, and an apology in money, where there is one."""

    words: Annotated[str, Field(min_length=1, max_length=20_000)]
    key: Annotated[str, Field(min_length=1, max_length=50, description="Names it: twice is once.")]
    gesture: Annotated[
        str | None, Field(pattern=r"^\d{1,10}(\.\d{1,3})?$", description="Major units: 5.00")
    ] = None


@routes.post("", responses=answer_of(Filed))
def file(caller: Complainer, complaint: NewComplaint) -> Any:
    """Hand a complaint in. A 200 means it is kept for good; the same key again changes nothing."""
    told = complaint.model_dump()
    filed = caller.shop.complaints.new(**told, channel="api", by=caller.by)
    return caller.write(filed)


@routes.get("", responses=answer_of(Listing))
def listed(
    caller: Reader,
    show: Show = "open",
    owner: str | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Any:
    """A page of complaints, the oldest first; `after` opens the next."""
    page = caller.shop.complaints.listed(show, owner=owner, after=after, limit=limit)
    return caller.write(page)


@routes.get("/effect", responses=answers_of(Effect))
def effect(caller: Reader) -> Any:
    """What answers in time, late or never were worth, each with its interval or not known yet."""
    return caller.write(caller.shop.complaints.effect())


@routes.get("/{number}", responses=answer_of(ComplaintView))
def one(caller: Reader, number: str) -> Any:
    """One complaint, whole."""
    return caller.write(caller.shop.complaints.one(number))


@routes.post("/{number}/assign", responses=answer_of(ComplaintRow))
def assign(caller: Asker, number: str, owner: Owner) -> Any:
    """Give it to somebody of the staff."""
    caller.shop.complaints.assign(number, owner.owner, caller.by)
    return _row(caller, number)


@routes.post("/{number}/reply")
def reply(caller: Asker, number: str, reply: Reply) -> Any:
    """Answer the customer, once for the key; `by` says how they hear it."""
    shop = caller.shop
    gesture = to_minor(Decimal(reply.gesture), shop.settings.money) if reply.gesture else None
    # The key of one caller is not the key of another.
    key = f"{caller.token.id}:{reply.key}"
    way = shop.complaints.answer(number, reply.words, caller.by, gesture=gesture, key=key)
    return {"number": number, "by": way}


@routes.post("/{number}/resolve", responses=answer_of(ComplaintRow))
def resolve(caller: Asker, number: str) -> Any:
    """It is settled: what sells may reach the customer again."""
    caller.shop.complaints.resolve(number, caller.by)
    return _row(caller, number)


@routes.post("/{number}/reopen", responses=answer_of(ComplaintRow))
def reopen(caller: Asker, number: str) -> Any:
    """It is not settled after all."""
    caller.shop.complaints.reopen(number, caller.by)
    return _row(caller, number)


def _row(caller: Caller, number: str) -> Any:
    return caller.write(caller.shop.complaints.one(number).row)
