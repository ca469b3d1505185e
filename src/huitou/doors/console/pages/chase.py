"""Whom not to chase: for good, or until a date; marked by one, looked at again by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.runs.views import ChaseMark

routes = APIRouter()


@dataclass(frozen=True)
class Page:
    """Everybody who is not chased."""

    due: Sequence[ChaseMark]
    """To be looked at again."""
    standing: Sequence[ChaseMark]


@routes.get("/chase")
def chase(visit: Member) -> Response:
    """Everybody who is not chased; those to look at again come first."""
    desk = visit.shop.chase
    listed, today = desk.listed(), desk.today
    due = [each for each in listed if each.review_on <= today or not _seen(each)]
    return visit.page("chase.html", Page(due, [each for each in listed if each not in due]))


def _seen(told: ChaseMark) -> bool:
    return told.reviewed or not told.never


@routes.post("/chase")
def mark(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    why: Annotated[str, Form(max_length=40)],
    words: Annotated[str, Form(max_length=1000)],
    review_on: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Chase somebody no more; it holds at once."""
    visit.needs("manager", "clerk")
    day = a_day(review_on.strip()) if review_on.strip() else None
    visit.shop.chase.mark(who, why, words, visit.member.name, day)
    return visit.to(f"/customers/{quote(who, safe='')}")


@routes.post("/chase/review")
def review(visit: Member, who: Annotated[str, Form(max_length=200)]) -> Response:
    """Somebody else looked again, and it stands for a year."""
    visit.needs("manager")
    visit.shop.chase.review(who, visit.member.name)
    return visit.to("/chase")


@routes.post("/chase/lift")
def lift(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    words: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Take a mark back; the reason is kept."""
    visit.needs("manager")
    visit.shop.chase.lift(who, words, visit.member.name)
    return visit.to(f"/customers/{quote(who, safe='')}")
