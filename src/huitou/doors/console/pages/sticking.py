"""What holds customers: how many products they use, what fits next, and one customer's wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.errors import NotYet
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.membership import HoldingView
    from huitou.runs.desks.needs import NeedView
    from huitou.runs.desks.sticking import GroupView, HoldView, StickingView

routes = APIRouter()

KINDS: Mapping[str, Sentence] = {
    "money": said("Money"),
    "time": said("Time"),
    "worry": said("Worry"),
}
TONES = {"money": "active", "time": "loyal", "worry": "slipping"}
NEED_KINDS: Mapping[str, Sentence] = {
    "refill": said("Runs out"),
    "service": said("Due for service"),
    "use": said("Due for service by use"),
    "end": said("Worn out"),
}


@dataclass(frozen=True)
class Drawn:
    """A group with its drawing."""

    group: GroupView
    width: float
    span: drawing.Span | None


@dataclass(frozen=True)
class Page:
    """Everybody, and one person where one was asked for."""

    seen: StickingView | None
    now: tuple[Drawn, ...]
    before: tuple[Drawn, ...]
    found: HoldView | None
    who: str
    not_yet: Sentence | str | None
    kinds = KINDS
    tones = TONES


@dataclass(frozen=True)
class Beside:
    """What stands beside one customer on their page."""

    hold: HoldView
    needs: tuple[NeedView, ...]
    card: HoldingView
    kinds = KINDS
    tones = TONES
    need_kinds = NEED_KINDS


@routes.get("/next")
def next_(visit: Member, who: str = "") -> Response:
    """The page of what holds customers; `who` opens one person's wall."""
    desk = visit.shop.sticking
    try:
        seen, not_yet = desk.seen(), None
    except NotYet as too_early:
        return visit.page("next.html", Page(None, (), (), None, who, too_early.spoken))
    found = desk.of(who) if who else None
    return visit.page(
        "next.html", Page(seen, _drawn(seen.now), _drawn(seen.groups), found, who, not_yet)
    )


@routes.get("/beside/{key:path}")
def beside(visit: Member, key: str) -> Response:
    """A part of one customer's page: what holds them, what they need next, their card."""
    holding = visit.shop.sticking.of(key)
    card = visit.shop.membership.of(holding.person)
    page = Beside(holding, visit.shop.needs.for_person(holding.person)[:8], card)
    return visit.page("parts/beside.html" if visit.is_fragment else "beside.html", page)


def _drawn(groups: tuple[GroupView, ...]) -> tuple[Drawn, ...]:
    most = max((group.people for group in groups), default=0)
    return tuple(
        Drawn(
            group,
            drawing.share_width(group.people, most),
            None
            if group.share is None or group.low is None or group.high is None
            else drawing.span(group.low, group.share, group.high, 0.0, 1.0),
        )
        for group in groups
    )
