"""What a customer wants to hear: by channel, how often, or not at all. And the way out.

A GET changes nothing: scanners open every link (Rock RMS 7034, useSend 412), and must not
unsubscribe anybody. The way out is one POST without cookie or account (RFC 8058).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.consents.kinds import PACES, REASONS
from huitou.doors.public.guest import AtTheDoor, Guest
from huitou.runs.desks.consents.own import PAUSES
from huitou.runs.desks.consents.views import Preferences, Unsubscribing

routes = APIRouter()


@routes.get("/preferences/{token}")
def show(guest: AtTheDoor, token: str) -> Response:
    """What they hear now, to be changed."""
    return _preferences(guest, guest.shop.own_pages.preferences(token))


@routes.post("/preferences/{token}")
def choose(
    guest: AtTheDoor,
    token: str,
    channel: Annotated[list[str] | None, Form()] = None,
    by_traits: Annotated[str, Form()] = "",
    service: Annotated[str, Form()] = "",
    pace: Annotated[str, Form(max_length=10)] = "usual",
    months: Annotated[int, Form(ge=-1, le=6)] = -1,
    language: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Keep what they chose."""
    page = guest.shop.own_pages.choose(
        token,
        channels=frozenset(channel or ()),
        by_traits=bool(by_traits),
        service=bool(service),
        pace=pace,
        months=months,
        language=language or guest.language,
        seen=_seen(guest),
    )
    return _preferences(guest, page)


@routes.post("/preferences/{token}/off")
def off(guest: AtTheDoor, token: str) -> Response:
    """Nothing more of any kind."""
    return _preferences(guest, guest.shop.own_pages.all_off(token, _seen(guest)))


@routes.get("/u/{token}")
def leaving(guest: AtTheDoor, token: str) -> Response:
    """One button. Opening it does nothing."""
    return _leaving(guest, guest.shop.own_pages.leaving(token))


@routes.post("/u/{token}")
def leave(
    guest: AtTheDoor,
    token: str,
    reason: Annotated[str, Form(max_length=40)] = "",
    everything: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Unsubscribe, at once; a second time is as well. The same page for any link."""
    done = guest.shop.own_pages.unsubscribe(
        token, reason=reason, everything=bool(everything), seen=_seen(guest)
    )
    return _leaving(guest, done)


@routes.get("/yes/{token}")
def asked(guest: AtTheDoor, token: str) -> Response:
    """Was it they? One button; opening it says nothing."""
    return guest.page("yes.html", guest.shop.own_pages.confirming(token))


@routes.post("/yes/{token}")
def confirm(guest: AtTheDoor, token: str) -> Response:
    """It was they: what they said yes to holds now."""
    return guest.page("yes.html", guest.shop.own_pages.confirm(token, _seen(guest)))


def _preferences(guest: Guest, page: Preferences | None) -> Response:
    if page is None:
        return guest.page("missing.html", status=404)
    return guest.page("preferences.html", (page, PACES, PAUSES))


def _leaving(guest: Guest, page: Unsubscribing) -> Response:
    return guest.page("unsubscribe.html", (page, REASONS))


def _seen(guest: Guest) -> tuple[str | None, str | None]:
    client = guest.request.client
    return client.host if client else None, guest.request.headers.get("user-agent")
