"""Super users: who they are, drawn beside everybody, what sets them apart, what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console.drawing import Span, span
from huitou.doors.console.visit import Member

if TYPE_CHECKING:
    from huitou.runs.desks.letting_go.views import SuperPage, SuperUser

routes = APIRouter()

HIGHEST = 1.02
"""The least that the drawing reaches above all contribution."""


@dataclass(frozen=True)
class Row:
    """One super user, and where what they leave stands on the line of all."""

    user: SuperUser
    at: Span


@dataclass(frozen=True)
class Plot:
    """The curve in a box of 100 by 100: the line, the part of super users, and the marks, in %."""

    line: str
    area: str
    whole: float
    """Where all contribution stands, from above."""
    x: float
    y: float
    """Where the super users end."""


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    found: SuperPage
    plot: Plot | None
    rows: Sequence[Row]


@routes.get("/superusers")
def super_users(visit: Member) -> Response:
    """The page of super users."""
    found = visit.shop.super_users.page()
    most = max((user.net.high.minor for user in found.users), default=0)
    rows = [Row(user, _net(user, most)) for user in found.users]
    return visit.page("superusers.html", Page(found, plot(found), rows))


def _net(user: SuperUser, most: int) -> Span:
    net = user.net
    return span(net.low.minor, net.value.minor, net.high.minor, 0, most)


def plot(found: SuperPage) -> Plot | None:
    """Customers from the best to the costliest against all contribution; None without any."""
    if not found.curve or not found.people:
        return None
    top = max(HIGHEST, *(share for _, share in found.curve))
    placed = [(round(100 * x, 2), round(100 - 100 * y / top, 2)) for x, y in found.curve]
    x, y = 100 * found.count / found.people, 100 - 100 * found.share / top
    inside = [f"{a} {b}" for a, b in placed if a < x]
    area = "M" + " L".join([*inside, f"{x:.2f} {y:.2f}", f"{x:.2f} 100"]) + " L0 100 Z"
    return Plot(
        line="M" + " L".join(f"{a} {b}" for a, b in placed),
        area=area if found.count else "",
        whole=round(100 - 100 / top, 2),
        x=round(x, 2),
        y=round(y, 2),
    )
