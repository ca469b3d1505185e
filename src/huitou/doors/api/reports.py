"""What programs may read of the owner's report, and of the harm our own letters did."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from huitou.doors.api.caller import Planner, Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs import told

routes = APIRouter()

Period = Annotated[str, Query(pattern="^(week|month)$", description="week or month.")]
Until = Annotated[date | None, Query(description="Its last day; that of the latest run.")]


@routes.get("/report", tags=["report"], responses=answer_of(told.ReportView))
def report(caller: Reader, period: Period = "week", until: Until = None) -> Any:
    """The week's or the month's report to the owner, as it was written when that run ended."""
    return caller.write(caller.shop.report(period, until))


@routes.get("/harm", tags=["proof"], responses=answer_of(told.OurHarm))
def harm(caller: Reader) -> Any:
    """What each campaign did harm, against its own control; and what more letters do."""
    return caller.write(caller.shop.harm.seen())


@routes.post("/harm/{plan}/lift", tags=["proof"])
def lift(caller: Planner, plan: str) -> Any:
    """Let a stopped campaign go on; who says so is kept."""
    caller.shop.harm.lift(plan, caller.by)
    return {"plan": plan, "state": "lifted"}


@routes.get("/report.pdf", tags=["report"], response_class=Response)
def report_pdf(caller: Reader, period: Period = "week", until: Until = None) -> Response:
    """The same on two sheets of A4."""
    made = caller.shop.reports.pdf(period, until, caller.language)
    return Response(made, media_type="application/pdf")
