"""What is due: the coming days as a calendar, machines, and the rules of reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response

from huitou.care.machines.rules import Machine
from huitou.doors.console.pages.sticking import NEED_KINDS
from huitou.doors.console.typed import a_day, a_table
from huitou.doors.console.visit import Member
from huitou.ground.errors import BadInput, NotYet
from huitou.ground.words import Sentence

if TYPE_CHECKING:
    from huitou.runs.desks.needs import DayView, MachineView, NeedsView, NeedView

routes = APIRouter()
LARGEST_MB = 5
MACHINES, REFILLS = 12, 25
"""Of what is due, shown."""


@dataclass(frozen=True)
class Square:
    """One day of the calendar, and how dark it is, 0 to 10."""

    day: DayView
    step: int


@dataclass(frozen=True)
class Page:
    """What is due, and the machines."""

    seen: NeedsView | None
    weeks: Sequence[Sequence[Square | None]]
    machines: Sequence[MachineView]
    today: date
    not_yet: Sentence | str | None
    kinds = NEED_KINDS

    @property
    def due(self) -> Sequence[NeedView]:
        """Machines and refills, some of each: many machines long due hide no refill."""
        found = self.seen.due if self.seen else ()
        refills = [need for need in found if need.kind == "refill"]
        others = [need for need in found if need.kind != "refill"]
        return [*others[:MACHINES], *refills[:REFILLS]]


@routes.get("/needs")
def needs(visit: Member) -> Response:
    """The page of needs."""
    desk = visit.shop.needs
    today = visit.shop.clock.now().astimezone(visit.shop.settings.zone).date()
    try:
        seen, not_yet = desk.seen(), None
    except NotYet as too_early:
        return visit.page("needs.html", Page(None, (), (), today, too_early.spoken))
    page = Page(seen, _weeks(seen.calendar), desk.machines()[:100], today, not_yet)
    return visit.page("needs.html", page)


@routes.post("/needs/machines")
def enter(
    visit: Member,
    serial: Annotated[str, Form(max_length=120)],
    product: Annotated[str, Form(max_length=200)],
    who: Annotated[str, Form(max_length=200)],
    installed_on: Annotated[str, Form(max_length=10)],
    company: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Write down a machine that somebody owns."""
    visit.needs("manager", "clerk")
    told = Machine(serial.strip(), product.strip(), a_day(installed_on))
    visit.shop.needs.enter(who, told, visit.member.name, company.strip() or None)
    return visit.to("/needs#machines")


@routes.post("/needs/machines/file")
def take(visit: Member, file: UploadFile) -> Response:
    """Take a CSV of machines, readings and services in."""
    visit.needs("manager", "clerk")
    visit.shop.needs.take(a_table(file, LARGEST_MB), visit.member.name)
    return visit.to("/needs#machines")


@routes.post("/needs/machines/note")
def note(
    visit: Member,
    serial: Annotated[str, Form(max_length=120)],
    day: Annotated[str, Form(max_length=10)],
    reading: Annotated[str, Form(max_length=12)] = "",
    words: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A reading of its use, or a service that was done."""
    visit.needs("manager", "clerk")
    if reading and not reading.isdigit():
        raise BadInput(f"{reading!r} is no reading", to_try="12000")
    counted = int(reading) if reading else None
    visit.shop.needs.note(serial, a_day(day), visit.member.name, reading=counted, words=words)
    return visit.to("/needs#machines")


@routes.post("/needs/machines/quote")
def quote(visit: Member, serial: Annotated[str, Form(max_length=120)]) -> Response:
    """Promise what the list gives for an old machine."""
    visit.needs("manager", "clerk")
    visit.shop.needs.quote(serial)
    return visit.to("/needs#machines")


def _weeks(days: Sequence[DayView]) -> Sequence[Sequence[Square | None]]:
    """Days in rows of seven, Monday first; nothing where the calendar has not begun."""
    if not days:
        return ()
    most = max(day.refills for day in days) or 1.0
    squares: list[Square | None] = [None] * days[0].day.weekday()
    squares += [Square(day, round(10 * day.refills / most)) for day in days]
    return [squares[start : start + 7] for start in range(0, len(squares), 7)]
