"""Paid cards: who holds one, the money of it, and whom the dearer one pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.errors import NotYet
from huitou.ground.words import Sentence, said
from huitou.runs.desks.membership import AdviceSheet, HoldingView, MembershipView

routes = APIRouter()

CARDS: Mapping[str, Sentence] = {"plain": said("Plain card"), "premium": said("Premium card")}
PRIVILEGES: Mapping[str, Sentence] = {
    "free_delivery": said("Free delivery"),
    "member_price": said("Member prices"),
    "extra_menu": said("A menu of their own"),
    "early_access": said("Early access"),
}
MOVEMENTS: Mapping[str, Sentence] = {
    "bought": said("Bought the card"),
    "renewed": said("Renewed the card"),
    "upgraded": said("Took the dearer card"),
    "cancelled": said("Gave the card back"),
    "ended": said("The card ended"),
    "noticed": said("Was told that it ends"),
    "cashback": said("The year's part came back"),
}
SHORT: Mapping[str, Sentence] = {
    "offer": said("Offer it"),
    "near": said("Too near to say"),
    "leave": said("Leave it"),
}
TONES = {"offer": "active", "near": "slipping", "leave": "not_yet"}
ZERO = 50.0
"""Where the drawing's gain is nothing, percent from the top."""
STATE_TONES = {"running": "active", "grace": "slipping", "ended": "lost", "cancelled": "lost"}


@dataclass(frozen=True)
class BreakEven:
    """What members spend in a year, against the line from which the dearer card pays."""

    bars: tuple[drawing.Bar, ...]
    line: float | None
    """Place of the line, percent of the width; None where it lies outside."""
    member: tuple[float, float]
    """Height of what a member has of it at both ends, percent from the top."""
    shop: tuple[float, float]


@dataclass(frozen=True)
class Page:
    """Cards, members and advice."""

    seen: MembershipView
    sheet: AdviceSheet | None
    drawn: BreakEven | None
    found: HoldingView | None
    who: str
    not_yet: Sentence | str | None
    cards = CARDS
    privileges = PRIVILEGES
    movements = MOVEMENTS
    short = SHORT
    tones = TONES
    state_tones = STATE_TONES


@routes.get("/membership")
def membership(visit: Member, who: str = "", all: bool = False) -> Response:
    """The page of paid cards; `who` opens one person's, `all` draws as if everybody held one."""
    desk = visit.shop.membership
    seen = desk.seen()
    sheet, not_yet = None, None
    try:
        sheet = desk.advice(everybody=all or not any(card.holders for card in seen.cards))
    except NotYet as too_early:
        not_yet = too_early.spoken
    found = desk.of(who) if who else None
    drawn = _drawn(sheet) if sheet and sheet.columns else None
    page = Page(seen, sheet, drawn, found, who, not_yet)
    return visit.page("membership.html", page)


def _drawn(sheet: AdviceSheet) -> BreakEven:
    counts = [float(column.people) for column in sheet.columns]
    most = sheet.columns[-1].high.minor
    line = sheet.line.minor if sheet.line else None
    at = drawing.share_width(line, most) if line is not None and line <= most else None
    # Straight lines: who buys nothing loses what the card costs more; at the line it is even.
    before, after = (at, 100 - at) if at else (100.0, 0.0)
    steep = 46.0 / max(before, after, 1.0)
    start, end = steep * before, steep * after
    member, shop = (ZERO + start, ZERO - end), (ZERO - start, ZERO + end)
    return BreakEven(drawing.bars(counts, max(max(counts), 1.0)), at, member, shop)


@routes.post("/membership/buy")
def buy(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    card: Annotated[str, Form(max_length=20)],
    standing: Annotated[bool, Form()] = False,
) -> Response:
    """Somebody paid for a card."""
    visit.needs("manager", "clerk")
    visit.shop.membership.buy(who, card, visit.member.name, standing=standing)
    return _back(visit, who)


@routes.post("/membership/renew")
def renew(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    card: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """They paid for another year."""
    visit.needs("manager", "clerk")
    visit.shop.membership.renew(who, visit.member.name, card or None)
    return _back(visit, who)


@routes.post("/membership/upgrade")
def upgrade(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    card: Annotated[str, Form(max_length=20)],
) -> Response:
    """They paid the difference for the rest of the year."""
    visit.needs("manager", "clerk")
    visit.shop.membership.upgrade(who, card, visit.member.name)
    return _back(visit, who)


@routes.post("/membership/cancel")
def cancel(visit: Member, who: Annotated[str, Form(max_length=200)]) -> Response:
    """They give the card back."""
    visit.needs("manager", "clerk")
    visit.shop.membership.cancel(who, visit.member.name)
    return _back(visit, who)


def _back(visit: Member, who: str) -> Response:
    return visit.to(f"/membership?who={quote(who, safe='')}#one")
