"""The exit interview, opened by its link: two questions, one minute, and one tap to be left alone.

A GET changes nothing: scanners open links, and must not answer in anybody's name.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.public.guest import AtTheDoor, Guest
from huitou.journeys.messages import reduction
from huitou.runs.desks.interviews.leaving import Leaving

routes = APIRouter(prefix="/leaving")


@routes.get("/{token}")
def show(guest: AtTheDoor, token: str) -> Response:
    """The two questions; thanks where they were answered."""
    return _drawn(guest, guest.shop.leaving.page(token))


@routes.post("/{token}")
def answer(
    guest: AtTheDoor,
    token: str,
    why: Annotated[str, Form()] = "",
    where_to: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    """Hear an answer, once; later ones change nothing."""
    page = guest.shop.leaving.answer(token, why, where_to, words, guest.language)
    if page is None or page.wrong is not None:
        return _drawn(guest, page)
    return guest.to(f"/leaving/{token}")


@routes.post("/{token}/alone")
def alone(guest: AtTheDoor, token: str) -> Response:
    """Leave them alone, at once; then the one question, on this very page and nowhere else."""
    return _drawn(guest, guest.shop.leaving.alone(token, guest.language))


@routes.post("/{token}/reason")
def reason(
    guest: AtTheDoor,
    token: str,
    why: Annotated[str, Form()] = "",
    where_to: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    """What somebody who is left alone answers to the one question, if they like."""
    page = guest.shop.leaving.reason(token, why, where_to, words)
    return _drawn(guest, None) if page is None else guest.to(f"/leaving/{token}")


def _drawn(guest: Guest, page: Leaving | None) -> Response:
    if page is None:
        return guest.page("missing.html", status=404)
    if page.state == "asked":
        return guest.page("leaving.html", page, 200 if page.wrong is None else 422)
    off = reduction(page.offer.depth, guest.language).strip() if page.offer else ""
    return guest.page("leaving_thanks.html", (page, off))
