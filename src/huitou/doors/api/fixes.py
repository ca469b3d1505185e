"""What to fix, for programs: causes, fixes, and entering one."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.care.fixes.rules import Fix
from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.fixes import CauseView, FixView

routes = APIRouter(prefix="/fixes", tags=["fixes"])


class Made(BaseModel):
    """What was mended."""

    cause: str = Field(max_length=40)
    words: str = Field(min_length=1, max_length=200, description="As customers will read it.")
    owner: str = Field(min_length=1, max_length=120)
    made_on: date
    product: str | None = Field(None, max_length=200)
    store: str | None = Field(None, max_length=200)
    step: str | None = Field(None, max_length=40)
    expected: float | None = Field(None, gt=0, le=1, description="Share that should go: 0.3")


@routes.get("", responses=answers_of(FixView))
def fixes(caller: Reader) -> Any:
    """What was mended, the latest first, each with its verdict."""
    return caller.write(caller.shop.fixes.fixes())


@routes.get("/causes", responses=answers_of(CauseView))
def causes(caller: Reader, sort: str = "lost") -> Any:
    """Why customers left, by `lost` profit or by `certainty`, with what stands behind each."""
    return caller.write(caller.shop.fixes.ranked(sort))


@routes.get("/{fix_id}", responses=answer_of(FixView))
def fix(caller: Reader, fix_id: str) -> Any:
    """One fix with its verdict."""
    return caller.write(caller.shop.fixes.fix(fix_id))


@routes.post("", responses=answer_of(FixView))
def enter(caller: Asker, made: Made) -> Any:
    """Write down that something was mended; whom it hurt is told by the next plan."""
    desk = caller.shop.fixes
    return caller.write(desk.fix(desk.enter(Fix(**made.model_dump()), caller.by)))
