"""Demands: what a clerk may concede, the words to refuse with, and exceptions somebody decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.drawing import share_width
from huitou.doors.console.typed import an_amount
from huitou.doors.console.visit import Member
from huitou.ground.ids import fingerprint, new_id

if TYPE_CHECKING:
    from huitou.runs.desks.demands import DemandPage

routes = APIRouter()

TONES = {"conceded": "active", "asked": "slipping", "approved": "returned", "refused": "muted"}


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    found: DemandPage
    left: float
    """Share of the day's limit that is left, in percent."""
    form: str
    """Names the form: sent twice it is one demand."""
    tones = TONES


@routes.get("/demands")
def demands(visit: Member) -> Response:
    """What staff can point to."""
    visit.needs("manager", "clerk")
    found = visit.shop.demands.page(visit.member.name)
    left = share_width(found.left_today.minor, found.per_day.minor)
    return visit.page("demands.html", Page(found, left, new_id()))


@routes.post("/demands")
def told(
    visit: Member,
    kind: Annotated[str, Form(max_length=40)],
    words: Annotated[str, Form(max_length=1000)],
    form: Annotated[str, Form(max_length=80)],
    amount: Annotated[str, Form(max_length=40)] = "",
    customer: Annotated[str, Form(max_length=200)] = "",
    minutes: Annotated[int, Form(ge=0, le=1440)] = 0,
) -> Response:
    """Write a demand down: with an amount it is conceded or asked for, without one refused."""
    visit.needs("manager", "clerk")
    desk, by = visit.shop.demands, visit.member.name
    key = fingerprint("console", form, by)
    who = customer.strip() or None
    if amount.strip():
        minor = an_amount(amount, visit.shop.settings.money)
        desk.concede(kind, minor, words, by, customer=who, minutes=minutes, form=key)
    else:
        desk.refuse(kind, words, by, customer=who, minutes=minutes, form=key)
    return visit.to("/demands")


@routes.post("/demands/{demand}/decide")
def decide(
    visit: Member,
    demand: str,
    words: Annotated[str, Form(max_length=1000)],
    granted: Annotated[str, Form(max_length=3)] = "no",
) -> Response:
    """Somebody else decides an exception."""
    visit.needs("manager")
    desk = visit.shop.demands
    desk.decide(demand, visit.member.name, words, granted=granted == "yes")
    return visit.to("/demands")
