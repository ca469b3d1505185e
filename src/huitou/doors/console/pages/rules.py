"""The rules of every room: all of them, and one to read, to try, to keep and to switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.visit import Member, Visit
from huitou.ground.errors import HuitouError
from huitou.ground.rules import LARGEST
from huitou.runs.desks.rulebook.desk import RulesView
from huitou.runs.desks.rulebook.rooms import ROOMS

routes = APIRouter()

Typed = Annotated[str, Form(max_length=LARGEST)]


@dataclass(frozen=True)
class All:
    """Every room that has rules."""

    rooms: Sequence[RulesView]


@dataclass(frozen=True)
class One:
    """The rules of one room, with what was typed and what would come of it."""

    told: RulesView
    back: str
    text: str
    tried: Any = None
    wrong: HuitouError | None = None

    @property
    def steps(self) -> Sequence[tuple[str, str, int]]:
        """How many would stand where, for the ladder."""
        return getattr(self.tried, "steps", ())

    @property
    def line(self) -> int | None:
        """In which the fault is."""
        return getattr(self.wrong, "row", None)


@routes.get("/rules")
def every(visit: Member) -> Response:
    """All rooms, whether they are on, and where their rules are."""
    seen = [
        name for name, room in ROOMS.items() if not room.managers or visit.member.may("manager")
    ]
    return visit.page("rules_all.html", All([visit.shop.rules(room).view() for room in seen]))


@routes.get("/rules/{room}")
def one(visit: Member, room: str) -> Response:
    """The rules of a room; a file that somebody has broken by hand is shown with its fault."""
    if ROOMS[room].managers:
        visit.needs("manager")
    return _shown(visit, room, visit.shop.rules(room).view().text)


@routes.post("/rules/{room}")
def keep(visit: Member, room: str, text: Typed) -> Response:
    """Keep other rules; what cannot stand is shown again as it was typed, with the line."""
    visit.needs("manager")
    try:
        visit.shop.rules(room).write(text, visit.member.name)
    except HuitouError as wrong:
        return _shown(visit, room, text, wrong=wrong)
    return visit.to(f"{ROOMS[room].page}?saved={room}#rules-{room}")


@routes.post("/rules/{room}/try")
def tried(visit: Member, room: str, text: Typed) -> Response:
    """What would come of other rules, while they are typed; nothing is kept."""
    visit.needs("manager")
    try:
        found = visit.shop.rules(room).tried(text, visit.language)
    except HuitouError as wrong:
        return _shown(visit, room, text, wrong=wrong)
    return _shown(visit, room, text, tried=found)


@routes.post("/rules/{room}/switch")
def switch(visit: Member, room: str, on: Annotated[bool, Form()]) -> Response:
    """Switch a room on or off."""
    visit.needs("manager")
    visit.shop.rules(room).switch(on, visit.member.name)
    return visit.to(ROOMS[room].page)


def _shown(
    visit: Visit, room: str, text: str, *, tried: Any = None, wrong: HuitouError | None = None
) -> Response:
    page = One(visit.shop.rules(room).view(), ROOMS[room].page, text, tried, wrong)
    # htmx asks for the part beside the text alone while somebody types, and shows no HTTP error.
    if visit.is_fragment:
        return visit.page("parts/rules_tried.html", page)
    return visit.page("rules.html", page, 422 if wrong else 200)
