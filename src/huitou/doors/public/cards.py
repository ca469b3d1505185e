"""Joining by a code, and the page of one's own card: it lives on a phone like an app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from huitou.doors.public.guest import BASE, AtTheDoor, Guest
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said
from huitou.loyalty.cards.joining import AGREED, CONSENTS, LONGEST

if TYPE_CHECKING:
    from huitou.runs.desks.public.cards import CardView, Form, Invitation, Sent

routes = APIRouter()

LIMITS: dict[str, Any] = {"max_files": 0, "max_fields": 20, "max_part_size": 8 * 2**10}
"""Of one form; more is no form of ours."""


@dataclass(frozen=True)
class JoinPage:
    """The form as it is drawn: what was typed, and what was wrong with it."""

    token: str
    invitation: Invitation
    typed: Form
    mark: str
    wrong_field: str | None = None
    wrong: Sentence | None = None
    consents = CONSENTS
    agreed = AGREED
    longest = LONGEST


@dataclass(frozen=True)
class CardPage:
    """A card as its holder sees it."""

    token: str
    card: CardView
    code: str
    """The number as a picture for the till, as the address of an image."""


@routes.get("/join/{token}")
def form(token: str, at: AtTheDoor) -> Response:
    """The empty form."""
    from huitou.runs.desks.public.cards import Form

    return _form(at, token, Form())


@routes.post("/join/{token}")
async def join(token: str, request: Request, at: AtTheDoor) -> Response:
    """Join, and go to the card; who has one already is met at the till."""
    came = await request.form(**LIMITS)
    return await run_in_threadpool(_join, at, token, came)


@routes.get("/join/{token}/thanks")
def thanks(token: str, at: AtTheDoor) -> Response:
    """What everybody sees whose card was there before, and whoever only tries."""
    if at.shop.cards.invitation(token) is None:
        return at.page("missing.html", status=404)
    return at.page("join_thanks.html")


@routes.get("/card/{token}")
def card(token: str, at: AtTheDoor) -> Response:
    """The card."""
    found = at.shop.cards.card(token, at.language)
    if found is None:
        return at.page("missing.html", status=404)
    code = segno.make(found.number, error="m", micro=False)
    drawn = code.svg_data_uri(scale=6, border=3, dark="#000", light="#fff")
    return at.page("card.html", CardPage(token, found, drawn))


@routes.get("/card/{token}/app.webmanifest")
def manifest(token: str, at: AtTheDoor) -> Response:
    """What a phone asks for to keep the card on its first screen."""
    found = at.shop.cards.card(token, at.language)
    if found is None:
        return at.page("missing.html", status=404)
    here = f"{BASE}/card/{token}"
    told = {
        "name": found.shop,
        "short_name": found.shop[:12],
        "lang": at.language,
        "start_url": f"{here}?lang={at.language}",
        "scope": here,
        "display": "standalone",
        "background_color": "#faf9f7",
        "theme_color": "#0f5c4d",
        "icons": [
            {"src": f"{BASE}/static/card.svg", "sizes": "any", "type": "image/svg+xml"},
            {"src": f"{BASE}/static/card-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": f"{BASE}/static/card-512.png", "sizes": "512x512", "type": "image/png"},
        ],
    }
    return JSONResponse(told, media_type="application/manifest+json")


def _join(at: Guest, token: str, came: FormData) -> Response:
    from huitou.runs.desks.public.letterbox import Unfit

    sent = _sent(at, came)
    try:
        welcome = at.shop.cards.join(token, sent)
    except Unfit as unfit:
        return _form(at, token, sent.typed, sent.mark, unfit.field, unfit.words, 422)
    except HuitouError:
        trouble = said("We could not keep it just now. Nothing you typed is lost: send it again.")
        return _form(at, token, sent.typed, sent.mark, "send", trouble, 503)
    if welcome is None:
        return at.page("missing.html", status=404)
    if welcome.token is None:
        return at.to(f"/join/{token}/thanks")
    return at.to(f"/card/{welcome.token}")


def _form(
    at: Guest,
    token: str,
    typed: Form,
    mark: str = "",
    field: str | None = None,
    wrong: Sentence | None = None,
    status: int = 200,
) -> Response:
    invitation = at.shop.cards.invitation(token)
    if invitation is None:
        return at.page("missing.html", status=404)
    # A form that lay open too long gets a fresh mark; any other keeps its own, and stays one form.
    kept = mark if mark and field != "send" else at.shop.cards.mark()
    page = JoinPage(token, invitation, typed, kept, field, wrong)
    return at.page("join.html", page, status)


def _sent(at: Guest, came: FormData) -> Sent:
    from huitou.doors.public.floods import household
    from huitou.runs.desks.public.cards import Form, Sent

    def text(name: str) -> str:
        told = came.get(name)
        return told[:400] if isinstance(told, str) else ""

    ticked = tuple(str(each)[:20] for each in came.getlist("consent"))
    client = at.request.client
    return Sent(
        typed=Form(text("name"), text("contact"), text("birthday"), ticked),
        language=at.language,
        mark=text("form"),
        trap=text("website"),
        address=household(client.host) if client else "",
    )
