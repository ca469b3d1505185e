"""Surprises: the month's budget, what waits, what was handed over, and what it moved."""

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
    from huitou.runs.desks.surprises import GiftView, MovedView, SurprisePage, SurpriseView

routes = APIRouter()

STATES: Mapping[str, Sentence] = {
    "waiting": said("Waits at the till"),
    "delivered": said("Handed over"),
    "expired": said("Never fetched"),
    "control": said("Drawn to get none"),
}
VERDICTS: Mapping[str, Sentence] = {
    "too_early": said("Too early to say: too few people, or their time is not over."),
    "not_proven": said("Not proven yet."),
    "pays": said("It brings more than it costs."),
    "harms": said("It does harm."),
}
TONES = {"waiting": "active", "delivered": "loyal", "expired": "muted", "control": "returned"}


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    standing: SurprisePage
    spent: float
    """Share of the budget, in percent."""
    rows: Sequence[SurpriseView]
    states: Mapping[str, Sentence]
    tones: Mapping[str, str]
    verdict: Sentence
    effect: Span | None
    asked: str
    waiting: Sequence[GiftView] | None


@routes.get("/surprises")
def surprises(visit: Member) -> Response:
    """The page of surprises."""
    return _drawn(visit)


@routes.post("/surprises/who")
def who(visit: Member, customer: Annotated[str, Form(max_length=200)]) -> Response:
    """What waits for who stands at the till; nothing is changed."""
    return _drawn(visit, customer.strip())


@routes.post("/surprises/{surprise}/deliver")
def deliver(visit: Member, surprise: str) -> Response:
    """It was handed over."""
    visit.needs("manager", "clerk")
    visit.shop.surprises.deliver(surprise, visit.member.name)
    return visit.to("/surprises")


def _drawn(visit: Member, customer: str = "") -> Response:
    desk = visit.shop.surprises
    standing = desk.page()
    budget = standing.budget.minor
    spent = round(100 * standing.spent.minor / budget, 1) if budget else 0.0
    moved = standing.moved
    page = Page(
        standing,
        spent,
        desk.listed(limit=100),
        STATES,
        TONES,
        VERDICTS[moved.verdict if moved is not None else "too_early"],
        _effect(moved),
        customer,
        desk.waiting(customer) if customer else None,
    )
    return visit.page("surprises.html", page)


def _effect(moved: MovedView | None) -> Span | None:
    if moved is None or moved.more is None or moved.low is None or moved.high is None:
        return None
    low, more, high = moved.low.minor, moved.more.minor, moved.high.minor
    return span(low, more, high, min(low, 0), max(high, 0, moved.cost.minor))
