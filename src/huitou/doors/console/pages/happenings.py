"""What happened around the shop: told in one line, listed, and taken from a file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from huitou.care.happenings.rules import KINDS, Kind
from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.ground.errors import Ambiguous, HuitouError
from huitou.ground.ids import new_id
from huitou.ground.registry import Registry

if TYPE_CHECKING:
    from huitou.runs.desks.happenings import AsideView, HappeningView
    from huitou.sources.contract import Question

routes = APIRouter()

Typed = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class HappeningsPage:
    """What was told, what may be told, and rows that could not be taken."""

    happened: Sequence[HappeningView]
    aside: Sequence[AsideView]
    kinds: Registry[Kind]
    today: date
    taken: Mapping[str, int] | None
    unclear: tuple[Question, ...] = ()
    """What must be said before a file can be read."""


@routes.get("/happenings")
def happenings(visit: Member, new: int = -1, known: int = 0, aside: int = 0) -> Response:
    """The page of happenings; after a file was taken it says what became of its rows."""
    desk = visit.shop.happenings
    taken = {"new": new, "known": known, "aside": aside} if new >= 0 else None
    page = HappeningsPage(desk.listed(), desk.aside(), KINDS, desk.today, taken)
    return visit.page("happenings.html", page)


@routes.post("/happenings")
def tell(
    visit: Member,
    kind: Annotated[str, Form()],
    day: Annotated[str, Form()],
    until: Annotated[str, Form()] = "",
    customer: Typed = "",
    store: Typed = "",
    region: Typed = "",
    product: Typed = "",
    clerk: Typed = "",
    words: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Write down what happened."""
    visit.needs("manager", "clerk")
    told = visit.shop.happenings.tell(
        kind,
        a_day(day),
        by=visit.member.name,
        until=a_day(until) if until else None,
        customer=customer.strip() or None,
        store=store.strip() or None,
        region=region.strip() or None,
        product=product.strip() or None,
        clerk=clerk.strip() or None,
        words=words,
    )
    return visit.to(f"/happenings?new={int(told.is_new)}&known={int(not told.is_new)}")


@routes.post("/happenings/file")
def take(
    visit: Member,
    file: Annotated[UploadFile, File()],
    encoding: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take a CSV file of happenings in; rows that cannot be taken are shown with the reason."""
    visit.needs("manager")
    if not file.filename:
        raise HuitouError("choose a file first")
    folder = visit.shop.home / "inbox" / new_id()
    folder.mkdir(parents=True)
    path = folder / (re.sub(r"[^\w.\- ]", "_", file.filename).lstrip(".")[-120:] or "file.csv")
    with path.open("wb") as kept:
        shutil.copyfileobj(file.file, kept, 1 << 20)
    desk = visit.shop.happenings
    try:
        taken = desk.take(path, visit.member.name, encoding or None)
    except Ambiguous as unclear:
        page = HappeningsPage(
            desk.listed(), desk.aside(), KINDS, desk.today, None, unclear.questions
        )
        return visit.page("happenings.html", page, 422)
    told = f"new={taken.taken}&known={taken.unchanged}&aside={len(taken.aside)}"
    return visit.to(f"/happenings?{told}")


@routes.post("/happenings/{happening}/withdraw")
def withdraw(visit: Member, happening: str) -> Response:
    """It was a mistake."""
    visit.needs("manager")
    visit.shop.happenings.withdraw(happening, visit.member.name)
    return visit.to("/happenings")
