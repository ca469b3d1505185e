"""What to fix: causes by what they cost, what was mended, and whether it worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.fixes.rules import MENDABLE, STEPS, Fix
from huitou.care.reasons import WHYS
from huitou.doors.console import drawing
from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.ground.errors import BadInput, NotYet
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.fixes import CauseView, FixView

routes = APIRouter()

STEP_NAMES: Mapping[str, Sentence] = dict(
    zip(
        STEPS,
        (
            said("Ordering"),
            said("Paying"),
            said("Packing"),
            said("Delivering"),
            said("Serving"),
            said("Returning"),
            said("Writing to customers"),
        ),
        strict=True,
    )
)

DIMENSIONS: Mapping[str, Sentence] = {
    "product": said("Product"),
    "store": said("Store"),
    "channel": said("Way of ordering"),
    "region": said("Region"),
    "category": said("Category"),
}

VERDICTS: Mapping[str, tuple[str, Sentence]] = {
    "works": ("active", said("Works")),
    "worse": ("lost", said("Worse")),
    "no_effect": ("slipping", said("No effect seen")),
    "too_early": ("new", said("Too early")),
    "too_few": ("new", said("Too few to tell")),
}
"""Verdict -> tone and name."""

SORTS: Mapping[str, Sentence] = {
    "lost": said("By profit lost"),
    "certainty": said("By how certain"),
}


@dataclass(frozen=True)
class Ranked:
    """A cause with its drawings."""

    cause: CauseView
    span: drawing.Span
    bars: tuple[drawing.Bar, ...]


@dataclass(frozen=True)
class Page:
    """Causes, fixes, and what the form offers."""

    ranked: Sequence[Ranked]
    fixes: Sequence[FixView]
    sort: str
    chosen: str
    today: date
    not_yet: Sentence | str | None
    sorts = SORTS
    verdicts = VERDICTS
    dimensions = DIMENSIONS
    steps = STEP_NAMES
    mendable = tuple((code, WHYS[code]) for code in MENDABLE)


@routes.get("/fixes")
def fixes(visit: Member, sort: str = "lost", cause: str = "") -> Response:
    """The page of what to fix; `cause` opens the form for one."""
    desk = visit.shop.fixes
    by = sort if sort in SORTS else "lost"
    try:
        causes, not_yet = desk.ranked(by), None
    except NotYet as too_early:
        causes, not_yet = (), too_early.spoken
    every = [each.lost for each in causes]
    most = max((count for each in causes for count in each.trend), default=0.0)
    ranked = [
        Ranked(each, drawing.range_span(each.lost, every), drawing.bars(each.trend, most))
        for each in causes
    ]
    chosen = cause if cause in MENDABLE else ""
    today = visit.shop.clock.now().astimezone(visit.shop.settings.zone).date()
    return visit.page("fixes.html", Page(ranked, desk.fixes(), by, chosen, today, not_yet))


@routes.post("/fixes")
def enter(
    visit: Member,
    cause: Annotated[str, Form(max_length=40)],
    words: Annotated[str, Form(max_length=200)],
    made_on: Annotated[str, Form(max_length=10)],
    owner: Annotated[str, Form(max_length=120)] = "",
    product: Annotated[str, Form(max_length=200)] = "",
    store: Annotated[str, Form(max_length=200)] = "",
    step: Annotated[str, Form(max_length=40)] = "",
    expected: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    """Write down that something was mended; whom it hurt is told by the next plan."""
    visit.needs("manager")
    made = Fix(
        cause=cause,
        words=words.strip(),
        owner=owner.strip() or visit.member.name,
        made_on=a_day(made_on),
        product=product.strip() or None,
        store=store.strip() or None,
        step=step or None,
        expected=_share(expected),
    )
    visit.shop.fixes.enter(made, visit.member.name)
    return visit.to("/fixes")


def _share(text: str) -> float | None:
    """Percent as typed, as a share; None for nothing."""
    if not text.strip():
        return None
    try:
        return float(text.strip().rstrip("%")) / 100
    except ValueError as unread:
        raise BadInput(f"{text!r} is no percentage", to_try="30") from unread
