"""Exoduses: groups that leave beyond what was expected, drawn with their intervals; who of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console.drawing import Span, span
from huitou.doors.console.visit import Member

if TYPE_CHECKING:
    from huitou.runs.desks.exodus import AwayView, ExodusView, GroupView

routes = APIRouter()


@dataclass(frozen=True)
class Row:
    """A group, and where its share stands on the line of all."""

    group: GroupView
    at: Span


@dataclass(frozen=True)
class ExodusPage:
    """What the page shows."""

    found: ExodusView
    named: tuple[Row, ...]
    others: tuple[Row, ...]
    away: AwayView | None
    zero: float
    """Where nothing beyond the usual stands, in percent of the line."""


@routes.get("/exodus")
def exodus(visit: Member, kind: str = "", part: str = "") -> Response:
    """The page; with a group, also who of it stayed away."""
    found = visit.shop.exodus()
    away = visit.shop.exodus_people(kind, part) if kind and part else None
    shown = (*found.named, *found.others)
    least = min([-0.1, *(group.low for group in shown)])
    most = max([0.2, *(group.high for group in shown)])

    def row(group: GroupView) -> Row:
        return Row(group, span(group.low, group.share, group.high, least, most))

    page = ExodusPage(
        found,
        tuple(map(row, found.named)),
        tuple(map(row, found.others)),
        away,
        round(100 * -least / (most - least), 1),
    )
    return visit.page("exodus.html", page)
