"""The owner's report: the week or the month, to read, to print and to take along as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError
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
    told = reports.worded(period, _day(until), visit.language)
    return visit.page("report.html", Report(told, reports.sent(6)))


@routes.get("/report.pdf")
def report_pdf(visit: Member, period: str = "week", until: str = "") -> Response:
    """The same on two sheets of A4, in the reader's language."""
    day = _day(until)
    made = visit.shop.reports.pdf(period, day, visit.language)
    name = f"huitou-{period}-{day or visit.shop.reports.latest_day}.pdf"
    named = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=named)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise HuitouError(f"{text!r} is not a day", to_try="2011-06-09") from None
