"""Exit interviews for programs: a link to show where somebody cancels, and answers taken down."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.interviews.desk import InterviewView, Link

routes = APIRouter(prefix="/interviews", tags=["interviews"])

State = Annotated[
    str, Query(pattern="^(asked|answered|over)$", description="The state of an interview.")
]
Limit = Annotated[int, Query(ge=1, le=500, description="How many rows.")]


class Leaves(BaseModel):
    """Somebody who leaves on the merchant's own page."""

    who: str = Field(max_length=200, description="Member number, phone, e-mail or id.")
    trigger: Literal["cancelled", "unsubscribed"] = "cancelled"


class Told(BaseModel):
    """What they said, on the phone or on paper."""

    why: str = Field(description="A reason of `huitou case answer`: price, competitor, moved, …")
    where_to: str | None = Field(None, max_length=200, description="Where they buy now.")
    words: str | None = Field(None, max_length=2000, description="In their own words.")


@routes.get("", responses=answers_of(InterviewView))
def listing(caller: Reader, state: State = "asked", limit: Limit = 50) -> Any:
    """Who was asked why they left, the latest first."""
    return caller.write(caller.shop.interviews.listed(state, limit))


@routes.post("", responses=answer_of(Link))
def begin(caller: Asker, leaves: Leaves) -> Any:
    """The link to the two questions, to be shown on the page where somebody cancels.

    The same call again gives the same link; who may not be asked is refused (403).
    """
    return caller.write(caller.shop.interviews.ask(leaves.who, leaves.trigger, caller.by))


@routes.post("/{interview}/answers", responses=answer_of(InterviewView))
def record(caller: Asker, interview: str, told: Told) -> Any:
    """Write down what they said, once; *leave_me_alone* is obeyed at once."""
    desk, by = caller.shop.interviews, caller.by
    heard = desk.record(interview, told.why, where_to=told.where_to, words=told.words, by=by)
    return caller.write(heard)
