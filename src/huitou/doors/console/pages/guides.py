"""Guides: written in three languages, with a QR code to print, and how often each is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response

from huitou.care.guides.pages import Guide, Said, steps_of
from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError
from huitou.ground.languages import LANGUAGES

if TYPE_CHECKING:
    from huitou.runs.desks.guides import GuideView

routes = APIRouter()
LONGEST = 10_000


@dataclass(frozen=True)
class Drawn:
    """A guide with its curve."""

    guide: GuideView
    bars: tuple[drawing.Bar, ...]


@dataclass(frozen=True)
class Page:
    """All guides, and the one that is written on."""

    drawn: Sequence[Drawn]
    edited: Guide | None
    root: str


@routes.get("/guides")
def guides(visit: Member, slug: str = "") -> Response:
    """The page of guides; `slug` opens one to write on."""
    listed = visit.shop.guides.listed()
    most = float(max((count for each in listed for count in each.days), default=0))
    drawn = [Drawn(each, drawing.bars([float(n) for n in each.days], most)) for each in listed]
    edited = visit.shop.guides.guide(slug) if slug else None
    return visit.page("guides.html", Page(drawn, edited, visit.public_root))


@routes.post("/guides")
async def keep(visit: Member, request: Request) -> Response:
    """Keep a guide, anew or in the place of the one with its slug."""
    visit.needs("manager")
    form = await request.form()
    typed = {name: str(value)[:LONGEST] for name, value in form.items()}
    told = {
        tag: Said(typed[f"title_{tag}"], steps_of(typed.get(f"steps_{tag}", "")))
        for tag in LANGUAGES
        if typed.get(f"title_{tag}", "").strip()
    }
    video = typed.get("video", "").strip() or None
    made = Guide(typed.get("slug", "").strip(), typed.get("product", ""), told, video)
    visit.shop.guides.keep(made, visit.member.name)
    return visit.to("/guides")


@routes.post("/guides/{slug}/remove")
def remove(visit: Member, slug: str) -> Response:
    """Take a guide away."""
    visit.needs("manager")
    visit.shop.guides.remove(slug)
    return visit.to("/guides")


@routes.get("/guides/{slug}/qr.svg")
def code(visit: Member, slug: str) -> Response:
    """The QR code, to print: dark on white, in whatever theme."""
    if visit.shop.guides.guide(slug) is None:
        raise HuitouError(f"there is no guide {slug!r}")
    drawn = BytesIO()
    made = segno.make(f"{visit.public_root}/p/g/{quote(slug)}", error="m", micro=False)
    made.save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")
