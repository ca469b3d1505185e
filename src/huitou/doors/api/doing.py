"""What programs may change: hand in a file, draft a plan, approve it, carry it out."""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Caller, Importer, Planner, Reader
from huitou.doors.api.shapes import answer_of
from huitou.ground.errors import NotYet
from huitou.ground.money import to_minor
from huitou.runs.views import PlanTotals
from huitou.runs.written import plan_in_short
from huitou.sources.contract import Declared, Taken

routes = APIRouter()


class Limits(BaseModel):
    """Within what a plan is drafted; None takes the shop's own setting."""

    budget: Decimal | None = Field(None, ge=0, le=10**12, description="In major units: 499.50")
    staff_hours: float | None = Field(None, ge=0, le=10_000)


@routes.post("/imports", tags=["files"], responses=answer_of(Taken))
def take(
    caller: Importer,
    file: Annotated[UploadFile, File(description="CSV, TSV, Excel, Parquet or JSON lines.")],
    currency: Annotated[str | None, Form()] = None,
    timezone: Annotated[str | None, Form()] = None,
    encoding: Annotated[str | None, Form()] = None,
    date_order: Annotated[str | None, Form()] = None,
    source: Annotated[str | None, Form()] = None,
) -> Any:
    """Take a file in. What cannot be recognised is asked back (422, with `questions`)."""
    declared = Declared(
        currency=currency,
        timezone=timezone,
        encoding=encoding,
        date_order=date_order,
        source=source,
    )
    with tempfile.TemporaryDirectory(prefix="huitou-") as folder:
        path = Path(folder) / _own_name(file.filename)
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        return caller.write(caller.shop.take(path, declared, confirmed=True))


@routes.post("/run", tags=["files"])
def run(caller: Importer) -> Any:
    """Facts, forecast, plan and proof over what has arrived."""
    return caller.write(caller.shop.run())


@routes.get("/plan", tags=["plan"])
def newest(caller: Reader) -> Any:
    """The newest plan, in short."""
    return plan_in_short(_plan(caller, None))


@routes.get("/plan/{plan}", tags=["plan"])
def show(
    caller: Reader,
    plan: str,
    act: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """A plan with a page of its receipts: why this act, or none, for each person."""
    totals = _plan(caller, plan)
    rows, following = caller.shop.receipts(totals.id, act=act, after=after, limit=limit)
    listed = [caller.write({"person": person, "receipt": receipt}) for person, receipt in rows]
    return {**(plan_in_short(totals) or {}), "receipts": listed, "after": following}


@routes.post("/plan/draft", tags=["plan"])
def draft(caller: Planner, limits: Limits) -> Any:
    """Draft the plan anew within these limits, for this draft alone; nothing is sent."""
    money = caller.shop.settings.money
    budget = None if limits.budget is None else to_minor(limits.budget, money)
    return plan_in_short(_drafted(caller, budget, limits.staff_hours))


def _drafted(caller: Caller, budget: int | None, hours: float | None) -> PlanTotals:
    return caller.shop.draft_plan(budget=budget, staff_hours=hours, by=caller.by)


@routes.post("/plan/{plan}/approve", tags=["plan"])
def approve(caller: Planner, plan: str) -> Any:
    """Approve a draft; only then can it be applied."""
    caller.shop.approve_plan(_plan(caller, plan).id, caller.by)
    return plan_in_short(_plan(caller, plan))


@routes.post("/plan/{plan}/apply", tags=["plan"])
def carry_out(caller: Planner, plan: str) -> Any:
    """Write the letters and lists of an approved plan, each once, however often this is called."""
    return caller.write(caller.shop.apply_plan(_plan(caller, plan).id, caller.by))


@routes.post("/plan/{plan}/posted", tags=["plan"])
def posted(caller: Planner, plan: str) -> Any:
    """Say that the printed letters of a plan were posted: only then can it prove anything."""
    caller.shop.confirm_sent(_plan(caller, plan).id, caller.by)
    return plan_in_short(_plan(caller, plan))


def _plan(caller: Caller, plan: str | None) -> PlanTotals:
    totals = caller.shop.plan(plan)
    if totals is None:
        raise NotYet("there is no plan yet", to_try="POST /v1/run")
    return totals


def _own_name(name: str | None) -> str:
    # A client may send a path; only its last part may name a file here.
    last = PurePosixPath((name or "").replace("\\", "/")).name.strip(". ")
    return last.replace("\0", "")[-120:] or "upload"


class Said(BaseModel):
    """What a lost customer said when asked."""

    why: str = Field(description="A reason of `huitou case answer`: price, competitor, moved, …")
    where_to: str | None = Field(None, max_length=200, description="Where they buy now.")
    words: str | None = Field(None, max_length=4000, description="In their own words.")


class Quiet(BaseModel):
    """Who is to be left alone, or spoken to again."""

    who: str = Field(description="Member number, phone, e-mail or id.")
    channel: str = Field("any", description="any, paper, email or call.")
    lift: bool = False


@routes.post("/cases/{case}/answers", tags=["cases"])
def answer_case(caller: Asker, case: str, said: Said) -> Any:
    """Write down what a customer said; *leave_me_alone* is obeyed at once."""
    by = caller.by
    caller.shop.answer_case(case, said.why, where_to=said.where_to, words=said.words, by=by)
    return {"case": case, "why": said.why, "where_to": said.where_to}


@routes.post("/silence", tags=["cases"])
def silence(caller: Asker, quiet: Quiet) -> Any:
    """Never write to or call this customer again, until it is lifted."""
    told = caller.shop.speak_again if quiet.lift else caller.shop.leave_alone
    told(quiet.who, by=caller.by, channel=quiet.channel)
    return {"who": quiet.who, "channel": quiet.channel, "silent": not quiet.lift}
