"""Cohorts: newcomers by month, and the share of them that bought again."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.views import CohortRow

routes = APIRouter()


@dataclass(frozen=True)
class Cohorts:
    """The heat map: one row a month of newcomers."""

    rows: tuple[tuple[CohortRow, tuple[drawing.Shade, ...]], ...]

    @property
    def months(self) -> int:
        """Columns of the map."""
        return max((len(cells) for _, cells in self.rows), default=0)


@routes.get("/cohorts")
def cohorts(visit: Member) -> Response:
    """The page of cohorts."""
    rows = tuple(visit.shop.cohorts())
    return visit.page("cohorts.html", Cohorts(tuple(zip(rows, drawing.shades(rows), strict=True))))
