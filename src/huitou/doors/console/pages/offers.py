"""Offers that are out, what became of them, and whether who was won back stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.drawing import Span, span
from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.offers import OfferRow, RelapseView

routes = APIRouter()

STATES: Mapping[str, Sentence] = {
    "open": said("Open"),
    "settled": said("Used"),
    "expired": said("Run out"),
    "dead": said("They bought first"),
    "released": said("Taken back"),
}
"""State -> its words, in the order of the bar."""
TONES = {"open": "active", "settled": "loyal", "expired": "muted", "dead": "returned"}


@dataclass(frozen=True)
class OffersPage:
    """The newest offers, how many there are in each state, and the figure of relapse."""

    rows: Sequence[OfferRow]
    counted: Mapping[str, int]
    state: str
    states: Mapping[str, Sentence]
    tones: Mapping[str, str]
    relapse: RelapseView | None
    difference: Span | None


@routes.get("/offers")
def offers(visit: Member, state: str = "") -> Response:
    """The page of offers, all or those in one state."""
    desk = visit.shop.offers
    asked = state if state in STATES else ""
    seen = desk.relapse()
    drawn = span(seen.low, seen.more_stayed, seen.high, -1, 1) if seen is not None else None
    page = OffersPage(
        desk.listed(asked or None, 100), desk.counted(), asked, STATES, TONES, seen, drawn
    )  # fmt: skip
    return visit.page("offers.html", page)


@routes.post("/offers/reverse")
def reverse(
    visit: Member,
    code: Annotated[str, Form(max_length=40)],
    order: Annotated[str, Form(max_length=200)],
) -> Response:
    """The order was cancelled."""
    visit.needs("manager", "clerk")
    visit.shop.offers.reverse(code, order, visit.member.name)
    return visit.to("/offers")
