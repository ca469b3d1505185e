"""Two customers who may be one: a key for each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.visit import Member

if TYPE_CHECKING:
    from huitou.runs.desks.duplicates import DuplicatesPage

routes = APIRouter()

AT_ONCE = 30
"""Pairs to look at on the page; a street of customers makes hundreds that are hardly likely."""

TONES = {"open": "slipping", "joined": "returned", "same": "active", "different": "muted"}


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    found: DuplicatesPage
    at_once: int
    tones = TONES


@routes.get("/duplicates")
def duplicates(visit: Member) -> Response:
    """Those to look at, the likeliest first; those that are one, and those that are two."""
    return visit.page("duplicates.html", Page(visit.shop.duplicates.page(), AT_ONCE))


@routes.post("/duplicates/{pair}")
def say(visit: Member, pair: str, word: Annotated[str, Form(max_length=10)]) -> Response:
    """Somebody looked: the same, different, or the last word is taken back."""
    visit.needs("manager", "clerk")
    desk, by = visit.shop.duplicates, visit.member.name
    if word == "undo":
        desk.undo(pair, by)
    elif word == "same":
        desk.same(pair, by)
    else:
        desk.different(pair, by)
    return visit.to("/duplicates")
