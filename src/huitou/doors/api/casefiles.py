"""Case files for programs: the file of one lost customer, what is written into it, its lessons."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.care.casefiles.notes import Note
from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.money import to_minor
from huitou.runs.desks.cases.views import CaseFile, LessonGroup

routes = APIRouter()


class Who(BaseModel):
    """Whose case is to be opened."""

    who: str = Field(max_length=200, description="Member number, phone, e-mail or id.")


class Owner(BaseModel):
    """Who is put on a case."""

    owner: str = Field(max_length=120)


class Line(BaseModel):
    """A line for the file."""

    kind: str = Field(description="call, message, found, done, lesson or note")
    words: str = Field("", max_length=4000)
    minutes: int = Field(0, ge=0, le=1440, description="Staff time it took.")
    cost: Decimal = Field(Decimal(0), ge=0, le=10**9, description="Beside staff, in major units.")
    cause: str | None = Field(None, description="For `found` and `lesson`: a reason.")


class End(BaseModel):
    """Why a case is not followed any further."""

    words: str = Field(min_length=1, max_length=2000)


@routes.post("/cases", tags=["cases"])
def open_case(caller: Asker, who: Who) -> Any:
    """Open a case by hand; the one that is followed already is the one that is meant."""
    return {"case": caller.shop.casefiles.open(who.who, caller.by)}


@routes.get("/cases/lessons", tags=["cases"], responses=answers_of(LessonGroup))
def lessons(caller: Reader) -> Any:
    """What cases have taught, by cause, and who has heard it."""
    return caller.write(caller.shop.casefiles.lessons())


@routes.get("/cases/{case}", tags=["cases"], responses=answer_of(CaseFile))
def case_file(caller: Reader, case: str) -> Any:
    """One case, whole: worth, time line, suspects, what was done, what it cost and brought."""
    return caller.write(caller.shop.casefiles.file(case))


@routes.post("/cases/{case}/owner", tags=["cases"])
def assign(caller: Asker, case: str, owner: Owner) -> Any:
    """Put somebody on a case; their call to the customer is on the list at once."""
    caller.shop.casefiles.assign(case, owner.owner)
    caller.shop.calls.draw()
    return {"case": case, "owner": owner.owner}


@routes.post("/cases/{case}/notes", tags=["cases"])
def write(caller: Asker, case: str, line: Line) -> Any:
    """Write a line into a file; the same line twice in a minute is kept once."""
    cost = to_minor(line.cost, caller.shop.settings.money)
    note = Note(line.kind, line.words.strip(), line.minutes, cost, line.cause)
    return {"case": case, "new": caller.shop.casefiles.write(case, note, caller.by)}


@routes.post("/cases/{case}/close", tags=["cases"])
def close(caller: Asker, case: str, end: End) -> Any:
    """End a case that is not followed any further."""
    caller.shop.casefiles.close(case, end.words, caller.by)
    return {"case": case, "status": "closed"}
