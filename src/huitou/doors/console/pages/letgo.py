"""Customers who cost more than they bring: the evidence, a human's decision, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.drawing import Span, span
from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.ground.languages import LANGUAGES

if TYPE_CHECKING:
    from huitou.runs.desks.letting_go.views import (
        CaseView,
        LetGoPage,
        LetGoView,
        PaidView,
        ProposedView,
        RateView,
    )

routes = APIRouter()

TONES = {
    "waiting": "slipping", "standing": "lost", "control": "returned", "refused": "muted",
    "lifted": "active", "over": "muted",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Somebody to look at, and where what they leave stands on the line of all."""

    each: ProposedView
    at: Span


@dataclass(frozen=True)
class Page:
    """How things stand."""

    found: LetGoPage
    rows: Sequence[Row]
    effect: Span | None
    tones = TONES


@dataclass(frozen=True)
class Beside:
    """One rate beside peers: where what is usual, and theirs, stand in percent."""

    rate: RateView
    usual: float
    done: float


@dataclass(frozen=True)
class Judging:
    """One customer before whoever decides."""

    case: CaseView
    at: Span
    rates: Sequence[Beside]
    languages = LANGUAGES


@dataclass(frozen=True)
class Decided:
    """One decision in full."""

    step: LetGoView
    letter: str
    tones = TONES


@routes.get("/letgo")
def letting_go(visit: Member) -> Response:
    """Whom to look at, what was decided, and whether it paid."""
    found = visit.shop.letting_go.page()
    lowest = min((each.net.low.minor for each in found.proposed), default=0)
    rows = [Row(each, _net(each, lowest)) for each in found.proposed]
    return visit.page("letgo.html", Page(found, rows, _effect(found.paid)))


@routes.get("/letgo/who/{person}")
def case(visit: Member, person: str, letter_in: str = "") -> Response:
    """The evidence, the orders behind it, and the letter as it would be written."""
    visit.needs("manager")
    found = visit.shop.letting_go.case(person, letter_in or None)
    each = found.proposed
    rates = [_beside(rate) for rate in each.rates if rate.kind in each.kinds]
    return visit.page("letgo_case.html", Judging(found, _net(each, each.net.low.minor), rates))


@routes.post("/letgo/who/{person}")
def decide(
    visit: Member,
    person: str,
    step: Annotated[str, Form(max_length=10)],
    words: Annotated[str, Form(max_length=1000)],
    language: Annotated[str, Form(max_length=8)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """A human decides."""
    visit.needs("manager")
    last = a_day(until.strip()) if until.strip() else None
    told = visit.shop.letting_go.decide(
        person, step, words, visit.member.name, until=last, language=language or None
    )
    return visit.to(f"/letgo/{quote(told.id, safe='')}")


@routes.get("/letgo/{step}")
def show(visit: Member, step: str) -> Response:
    """One decision: how it stands, its letter, what was said against it."""
    desk = visit.shop.letting_go
    return visit.page(
        "letgo_step.html", Decided(desk.find(step), desk.letter(step, visit.public_root))
    )


@routes.post("/letgo/{step}/agree")
def agree(visit: Member, step: str) -> Response:
    """A second person agrees."""
    visit.needs("manager")
    visit.shop.letting_go.agree(step, visit.member.name)
    return visit.to(f"/letgo/{quote(step, safe='')}")


@routes.post("/letgo/{step}/refuse")
def refuse(visit: Member, step: str, words: Annotated[str, Form(max_length=1000)]) -> Response:
    """A second person does not agree."""
    visit.needs("manager")
    visit.shop.letting_go.refuse(step, visit.member.name, words)
    return visit.to("/letgo")


@routes.post("/letgo/{step}/lift")
def lift(visit: Member, step: str, words: Annotated[str, Form(max_length=1000)]) -> Response:
    """Take it back; it ends at once."""
    visit.needs("manager")
    visit.shop.letting_go.lift(step, visit.member.name, words)
    return visit.to(f"/letgo/{quote(step, safe='')}")


@routes.post("/letgo/{step}/appeal")
def appeal(visit: Member, step: str, words: Annotated[str, Form(max_length=1000)]) -> Response:
    """Write down what the customer says against it."""
    visit.needs("manager", "clerk")
    visit.shop.letting_go.appeal(step, words, visit.member.name)
    return visit.to(f"/letgo/{quote(step, safe='')}")


@routes.post("/letgo/{step}/answer")
def answer(
    visit: Member,
    step: str,
    words: Annotated[str, Form(max_length=1000)],
    granted: Annotated[str, Form(max_length=3)] = "no",
) -> Response:
    """Answer what they said: it is lifted, or it stands because somebody else looked again."""
    visit.needs("manager")
    told = visit.shop.letting_go.answer(step, visit.member.name, words, granted=granted == "yes")
    return visit.to(f"/letgo/{quote(told.id, safe='')}")


def _net(each: ProposedView, lowest: int) -> Span:
    net = each.net
    room = round(-lowest * 0.12)
    return span(net.low.minor, net.value.minor, net.high.minor, lowest - room, room)


def _beside(rate: RateView) -> Beside:
    whole = max(rate.of, rate.done, 1)
    return Beside(
        rate, round(100 * rate.expected / whole, 1), round(100 * min(rate.done / whole, 1.0), 1)
    )


def _effect(paid: PaidView) -> Span | None:
    if paid.more is None or paid.low is None or paid.high is None:
        return None
    low, more, high = paid.low.minor, paid.more.minor, paid.high.minor
    return span(low, more, high, min(low, 0), max(high, 0))
