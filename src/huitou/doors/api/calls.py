"""Calls for programs: today's list, and what came of each."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.care.calls.outcomes import Outcome
from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.calls.views import CallList, Drawn, Written
from huitou.runs.verdicts import ProofView

routes = APIRouter()


class Asked(BaseModel):
    """Who is to be called."""

    who: str = Field(max_length=200, description="Member number, phone, e-mail or id.")


class Said(BaseModel):
    """What came of a call."""

    code: str = Field(
        description="will_come, answered, not_reached, call_back, wrong_number or silence"
    )
    words: str | None = Field(None, max_length=2000)
    minutes: int = Field(0, ge=0, le=1440)
    next_day: date | None = Field(None, description="When to call again.")
    why: str | None = Field(None, description="For `answered`: a reason.")
    where_to: str | None = Field(None, max_length=200)
    depth: float | None = Field(None, gt=0, lt=1, description="Offer promised: 0.1 is 10 % off.")


@routes.get("/calls", tags=["calls"], responses=answer_of(CallList))
def calls(
    caller: Reader, clerk: Annotated[str | None, Query(description="One clerk's list.")] = None
) -> Any:
    """Today's calls, clerk by clerk, in order, within their minutes."""
    return caller.write(caller.shop.calls.today(clerk))


@routes.get("/calls/proof", tags=["calls"], responses=answers_of(ProofView))
def proof(caller: Reader) -> Any:
    """What calling earned: those meant a call against those held out by lot, by plan."""
    return caller.write(caller.shop.calls.proofs())


@routes.post("/calls", tags=["calls"])
def ask(caller: Asker, asked: Asked) -> Any:
    """Put somebody on the list by hand, due today."""
    return {"call": caller.shop.calls.ask(asked.who, caller.by)}


@routes.post("/calls/draw", tags=["calls"], responses=answer_of(Drawn))
def draw(caller: Asker) -> Any:
    """Bring the list up to date; drawn again at once, it changes nothing."""
    return caller.write(caller.shop.calls.draw())


@routes.post("/calls/{call}/outcome", tags=["calls"], responses=answer_of(Written))
def outcome(caller: Asker, call: str, said: Said) -> Any:
    """Write down what came of a call; *silence* is obeyed at once, on every channel."""
    told = said.model_dump(exclude={"depth"})
    return caller.write(caller.shop.calls.write(call, Outcome(**told), caller.by, depth=said.depth))
