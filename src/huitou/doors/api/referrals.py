"""Referrals for programs: a regular's link, who came by one, and what was caught."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, AtTheTill, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.referrals import LinkView, ReferralView

routes = APIRouter(tags=["referrals"])


class Regular(BaseModel):
    """Whose link it is."""

    customer: str = Field(
        min_length=1, max_length=200, description="Member number, phone, e-mail or id."
    )


class Decision(BaseModel):
    """What a person found who looked."""

    is_friend: bool


@routes.post("/referrals/links", responses=answer_of(LinkView))
def link(caller: AtTheTill, regular: Regular) -> Any:
    """A customer's own link, made once."""
    return caller.write(caller.shop.referrals.link(regular.customer, caller.by))


@routes.get("/referrals", responses=answers_of(ReferralView))
def listed(
    caller: Reader,
    state: Annotated[str | None, Query(max_length=10)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """The newest: named, bought, rewarded, caught, refused or over."""
    return caller.write(caller.shop.referrals.listed(state, limit))


@routes.post("/referrals/{referral}/decide", responses=answer_of(ReferralView))
def decide(caller: Asker, referral: str, decision: Decision) -> Any:
    """A person looked at what was caught: a friend after all, or none."""
    desk = caller.shop.referrals
    return caller.write(desk.decide(referral, caller.by, is_friend=decision.is_friend))
