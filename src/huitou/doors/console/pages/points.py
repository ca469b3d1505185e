"""Points: what is owed, what comes and goes by month, what ends unspent, the rules, and gifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.errors import BadInput
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.loyalty.points.rules import Rules
from huitou.runs.desks.points import KINDS, LiabilityView, MonthView, read_amount

routes = APIRouter()

BELOW: Sequence[tuple[str, str, Sentence]] = (
    ("burnt", "returned", said("Spent on orders")),
    ("expired", "lost", said("Ended unspent")),
    ("taken", "slipping", said("Lost with returns")),
)
"""What goes, with its tone: drawn under the line, one upon the other."""
HALF = 50.0
"""Where the line stands, in percent of the height."""


@dataclass(frozen=True)
class Column:
    """One bar of a month, in percent of the drawing."""

    x: float
    width: float
    y: float
    height: float
    tone: str


@dataclass(frozen=True)
class Drawn:
    """A kind with its drawings."""

    owed: LiabilityView
    columns: tuple[Column, ...]
    span: drawing.Span | None
    """The share that ends unspent, from nothing to all."""


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    drawn: Sequence[Drawn]
    rules: Rules
    currency: str
    kinds = KINDS
    below = BELOW

    def coins(self, minor: int) -> Money:
        """Minor units as money."""
        return Money(minor, self.currency)


@routes.get("/points")
def points(visit: Member) -> Response:
    """The page of points."""
    desk = visit.shop.points
    drawn = [Drawn(each, columns(each.months), _span(each)) for each in desk.liability()]
    page = Page(drawn, desk.rules, visit.shop.settings.currency or "EUR")
    return visit.page("points.html", page)


@routes.post("/points/gift")
def gift(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    amount: Annotated[str, Form(max_length=20)],
    why: Annotated[str, Form(max_length=1_000)],
    once: Annotated[str, Form(max_length=64)],
    kind: Annotated[str, Form(max_length=10)] = "points",
) -> Response:
    """A manager gives something by hand; the same form sent twice gives it once."""
    visit.needs("manager")
    if len(why.strip()) < 3:
        raise BadInput(said("A gift needs a reason."))
    desk, key = visit.shop.points, f"console:{visit.member.id}:{once}"
    desk.gift(who, read_amount(amount), why, visit.member.name, kind=kind, key=key)
    return visit.to(f"/customers/{quote(who, safe='')}#earned")


def columns(months: Sequence[MonthView]) -> tuple[Column, ...]:
    """Earned above the line, what went below it; all to one scale."""
    most = max(
        (max(each.earned, each.burnt + each.expired + each.taken) for each in months), default=0
    )
    if most <= 0:
        return ()
    step, drawn = 100 / len(months), []
    for place, each in enumerate(months):
        x, width = place * step + 0.1 * step, 0.8 * step
        up = HALF * each.earned / most
        drawn.append(Column(x, width, HALF - up, up, "active"))
        at = HALF
        for name, tone, _ in BELOW:
            down = HALF * max(0, getattr(each, name)) / most
            drawn.append(Column(x, width, at, down, tone))
            at += down
    return tuple(_rounded(column) for column in drawn if column.height > 0)


def _rounded(column: Column) -> Column:
    return Column(
        round(column.x, 2),
        round(column.width, 2),
        round(column.y, 2),
        round(column.height, 2),
        column.tone,
    )


def _span(each: LiabilityView) -> drawing.Span | None:
    broken = each.breakage
    return drawing.span(broken.low, broken.share, broken.high, 0, 1) if broken else None
