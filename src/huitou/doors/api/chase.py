"""Whom staff do not chase any more, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.views import ChaseMark

routes = APIRouter(prefix="/chase", tags=["chase"])


class Marked(BaseModel):
    """Somebody not to be chased."""

    who: str = Field(max_length=200, description="Member number, phone, e-mail or id.")
    why: str = Field(description="abusive (for good), rival or life_changed (for now).")
    words: str = Field(max_length=1000, description="What happened, in a sentence.")
    review_on: date | None = Field(None, description="The day to look again.")


class Again(BaseModel):
    """Somebody else looked again, and it stands."""

    who: str = Field(max_length=200)
    until: date | None = None


class Lifted(BaseModel):
    """A mark that is taken back."""

    who: str = Field(max_length=200)
    words: str = Field(min_length=1, max_length=1000)


@routes.get("", responses=answers_of(ChaseMark))
def marks(caller: Reader) -> Any:
    """Everybody who is not chased; those to look at again come first."""
    return caller.write(caller.shop.chase.listed())


@routes.post("", responses=answer_of(ChaseMark))
def mark(caller: Asker, told: Marked) -> Any:
    """Chase somebody no more; it holds at once."""
    found = caller.shop.chase.mark(told.who, told.why, told.words, caller.by, told.review_on)
    return caller.write(found)


@routes.post("/review", responses=answer_of(ChaseMark))
def review(caller: Asker, again: Again) -> Any:
    """Somebody else looked again: a mark for good stands until another day."""
    return caller.write(caller.shop.chase.review(again.who, caller.by, again.until))


@routes.post("/lift")
def lift(caller: Asker, lifted: Lifted) -> Any:
    """Take a mark back; the reason is kept."""
    caller.shop.chase.lift(lifted.who, lifted.words, caller.by)
    return {"who": lifted.who, "lifted": True}
