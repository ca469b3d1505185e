"""The owner's report: the week or the month, to read, to print and to take along as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.runs.told import SentReport

routes = APIRouter()


@dataclass(frozen=True)
class Report:
    """The report in the reader's words, and what became of those that were sent."""

    told: dict[str, Any]
    sent: tuple[SentReport, ...]

    @property
    def pdf(self) -> str:
        """Where the same lies as PDF."""
        return f"/report.pdf?period={self.told['period']}&until={self.told['until']}"


@routes.get("/report")
def report(visit: Member, period: str = "week", until: str = "") -> Response:
    """The page."""
    reports = visit.shop.reports
    told = reports.worded(period, a_day(until) if until else None, visit.language)
    return visit.page("report.html", Report(told, reports.sent(6)))


@routes.get("/report.pdf")
def report_pdf(visit: Member, period: str = "week", until: str = "") -> Response:
    """The same on two sheets of A4, in the reader's language."""
    day = a_day(until) if until else None
    made = visit.shop.reports.pdf(period, day, visit.language)
    name = f"huitou-{period}-{day or visit.shop.reports.latest_day}.pdf"
    named = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=named)
