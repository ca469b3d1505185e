"""The guide of a product, behind the QR code on its box: steps to tick off, a video, and help.

A GET shows it and changes nothing the shop decides by. That it was opened is counted in the inbox:
a household a day once, and only where a browser says that a person went to the page; what fetches
ahead of a person, or for a machine, is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from huitou.doors.public.floods import household
from huitou.doors.public.guest import AtTheDoor, Guest
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.desks.guides import PageView

routes = APIRouter()


@dataclass(frozen=True)
class Page:
    """A guide, and where help is asked for."""

    guide: PageView
    help: str
    thanked: bool


@routes.get("/g/{slug}")
async def guide(slug: str, at: AtTheDoor, helped: bool = False) -> Response:
    """The guide in the reader's language, or in one it is written in."""
    return await run_in_threadpool(_page, slug, at, helped)


@routes.post("/g/{slug}/helped")
async def helped(slug: str, at: AtTheDoor) -> Response:
    """They say that it helped; a household a day counts once."""
    return await run_in_threadpool(_helped, slug, at)


def _page(slug: str, at: Guest, thanked: bool) -> Response:
    found = at.shop.guides.page(slug[:60], at.language)
    if found is None:
        return at.page("missing.html", status=404)
    if _is_a_person(at) and not thanked:
        _count(slug, at, "open")
    help_at = f"/complaint?product={quote(found.product, safe='')}&lang={at.language}"
    return at.page("guide.html", Page(found, help_at, thanked))


def _helped(slug: str, at: Guest) -> Response:
    if at.shop.guides.page(slug[:60], at.language) is None:
        return at.page("missing.html", status=404)
    _count(slug, at, "helped")
    response = at.to(f"/g/{quote(slug)}")
    response.headers["location"] += "&helped=1"
    return response


def _count(slug: str, at: Guest, kind: str) -> None:
    address = at.request.client.host if at.request.client else "unknown"
    try:
        at.shop.guides.opened(slug, household(address), kind)
    except HuitouError:
        return  # a full disk keeps nobody from reading how to use what they bought


def _is_a_person(at: Guest) -> bool:
    """Whether a browser went to the page because somebody wanted to see it."""
    told = at.request.headers
    ahead = "prefetch" in told.get("sec-purpose", told.get("purpose", ""))
    return told.get("sec-fetch-mode") == "navigate" and not ahead
