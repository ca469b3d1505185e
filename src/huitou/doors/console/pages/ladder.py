"""The ladder: who stands where, what is handed over, and where people join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.pages.till import drawn
from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.ladder.views import LadderView, ThresholdView
    from huitou.runs.desks.members.views import PromotionView

routes = APIRouter()

Typed = Annotated[str, Form(max_length=200)]

WAYS: Mapping[str, Sentence] = {
    "table": said("At the table"),
    "till": said("At the till"),
    "phone": said("By phone or message"),
    "web": said("On the web"),
}
"""Where people join."""


@dataclass(frozen=True)
class LadderPage:
    """The ladder as it is drawn."""

    found: LadderView
    promotions: Sequence[PromotionView]
    by_clerk: Sequence[tuple[str, int]]
    today: date
    ways = WAYS

    @property
    def thresholds(self) -> Sequence[ThresholdView]:
        """What crossing each line brought."""
        return self.found.thresholds

    @property
    def widest(self) -> int:
        """People on the fullest step."""
        return max((step.people for step in self.found.steps), default=0)

    @property
    def most_moves(self) -> int:
        """Of the fullest month, climbs or falls."""
        both = (max(month.climbed, month.fell) for month in self.found.months)
        return max(both, default=0)


@dataclass(frozen=True)
class Poster:
    """A promotion to print."""

    promotion: PromotionView
    address: str


@routes.get("/ladder")
def ladder(visit: Member) -> Response:
    """The page of the ladder."""
    from huitou.runs.desks.members.desk import today

    members = visit.shop.members
    page = LadderPage(
        found=visit.shop.ladder.drawn(visit.language),
        promotions=members.promotions(),
        by_clerk=members.by_clerk(),
        today=today(visit.shop.clock, visit.shop.settings),
    )
    return visit.page("ladder.html", page)


@routes.post("/ladder/promotions")
def start(
    visit: Member,
    name: Typed,
    way: Typed = "table",
    place: Typed = "",
    clerk: Typed = "",
    ends_on: Typed = "",
) -> Response:
    """Begin a promotion, and show its code."""
    visit.needs("manager", "clerk")
    made = visit.shop.members.start(
        name,
        visit.member.name,
        way=way,
        place=place,
        clerk=clerk,
        ends_on=a_day(ends_on) if ends_on else None,
    )
    return visit.to(f"/ladder/promotions/{quote(made.id)}")


@routes.get("/ladder/promotions/{promotion}")
def poster(visit: Member, promotion: str) -> Response:
    """A promotion's code, to print."""
    found = visit.shop.members.promotion(promotion)
    return visit.page("ladder_poster.html", Poster(found, visit.public_root + found.path))


@routes.get("/ladder/promotions/{promotion}/qr.svg")
def code(visit: Member, promotion: str) -> Response:
    """The code alone."""
    return drawn(visit.public_root + visit.shop.members.promotion(promotion).path)


@routes.post("/ladder/promotions/{promotion}/end")
def end(visit: Member, promotion: str) -> Response:
    """Nobody joins by this code after today."""
    visit.needs("manager")
    visit.shop.members.end(promotion)
    return visit.to("/ladder#promotions")


@routes.post("/ladder/put")
def put(
    visit: Member, who: Typed, step: Typed, why: Annotated[str, Form(max_length=1000)]
) -> Response:
    """Put somebody on a step by hand, with the reason."""
    visit.needs("manager")
    found = visit.shop.ladder.put(who, step, why, visit.member.name)
    return visit.to(f"/till/{quote(found.person_id, safe='')}")
