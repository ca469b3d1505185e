"""Who brings whom: drawn, rewarded, caught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Annotated

import segno
from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.referrals import ReferralView

routes = APIRouter()

STATES: Mapping[str, Sentence] = {
    "named": said("Left a name"),
    "bought": said("Bought, may still bring it back"),
    "rewarded": said("Both rewarded"),
    "caught": said("To be looked at"),
    "refused": said("No friend"),
    "over": said("Never bought"),
}
TONES = {
    "named": "new", "bought": "active", "rewarded": "loyal", "caught": "slipping",
    "refused": "lost", "over": "muted",
}  # fmt: skip
ROW = 34
"""Height of one name in the drawing."""


@dataclass(frozen=True)
class Line:
    """From one who brings to one who was brought."""

    start: float
    end: float
    tone: str

    @property
    def path(self) -> str:
        """As SVG draws it: from the left to the right edge of a drawing 100 wide."""
        return f"M0 {self.start} C50 {self.start} 50 {self.end} 100 {self.end}"


@dataclass(frozen=True)
class Drawing:
    """Givers on the left, friends on the right, and lines between."""

    height: int
    givers: Sequence[tuple[float, str]]
    friends: Sequence[tuple[float, str, str]]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    rows: Sequence[ReferralView]
    counted: Mapping[str, int]
    states: Mapping[str, Sentence]
    tones: Mapping[str, str]
    drawing: Drawing | None
    on: bool
    link: str
    token: str


@routes.get("/referrals")
def referrals(visit: Member) -> Response:
    """The page of referrals."""
    return _drawn(visit)


@routes.post("/referrals/link")
def link(visit: Member, customer: Annotated[str, Form(max_length=200)]) -> Response:
    """A customer's own link, made once, with its QR code."""
    visit.needs("manager", "clerk")
    made = visit.shop.referrals.link(customer, visit.member.name)
    return _drawn(visit, made.token)


@routes.get("/referrals/{token}/qr.svg")
def code(visit: Member, token: str) -> Response:
    """The QR code of a link, to print: dark on white, in whatever theme."""
    drawn = BytesIO()
    made = segno.make(_address(visit, token[:40]), error="m", micro=False)
    made.save(drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@routes.post("/referrals/{referral}/decide")
def decide(
    visit: Member, referral: str, friend: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    """A person looked at what was caught."""
    visit.needs("manager")
    visit.shop.referrals.decide(referral, visit.member.name, is_friend=friend == "yes")
    return visit.to("/referrals")


def _drawn(visit: Member, token: str = "") -> Response:
    desk = visit.shop.referrals
    rows = desk.listed()
    page = Page(
        rows,
        desk.counted(),
        STATES,
        TONES,
        _drawing(rows[:12]),
        desk.rules.on,
        _address(visit, token) if token else "",
        token,
    )
    return visit.page("referrals.html", page)


def _address(visit: Member, token: str) -> str:
    return f"{visit.public_root}/p/r/{token}"


def _drawing(rows: Sequence[ReferralView]) -> Drawing | None:
    """The newest dozen; friends of one giver stand together."""
    if not rows:
        return None
    placed = sorted(rows, key=lambda row: row.giver)
    friends = [(ROW * (i + 0.5), row.friend, TONES[row.state]) for i, row in enumerate(placed)]
    heights: dict[str, list[float]] = {}
    for (height, _, _), row in zip(friends, placed, strict=True):
        heights.setdefault(row.giver, []).append(height)
    middle = {giver: sum(found) / len(found) for giver, found in heights.items()}
    named = {row.giver: row.giver_name or row.giver for row in placed}
    lines = [
        Line(middle[row.giver], height, tone)
        for (height, _, tone), row in zip(friends, placed, strict=True)
    ]
    givers = [(middle[giver], named[giver]) for giver in middle]
    return Drawing(ROW * len(placed), givers, friends, lines)
