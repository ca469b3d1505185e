"""A step against a customer, opened by the link of their letter: they may say that it is wrong.

A GET changes nothing. The same page for a link that leads nowhere, whatever is wrong with it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.public.guest import AtTheDoor, Guest
from huitou.runs.desks.letting_go.appeals import Appeal

routes = APIRouter(prefix="/appeal")


@routes.get("/{token}")
def show(guest: AtTheDoor, token: str) -> Response:
    """What was decided, until when, and room to object."""
    return _drawn(guest, guest.shop.appeals.page(token))


@routes.post("/{token}")
def appeal(
    guest: AtTheDoor, token: str, words: Annotated[str, Form(max_length=4000)] = ""
) -> Response:
    """Object; the same words sent twice are one objection."""
    page = guest.shop.appeals.appeal(token, words)
    if page is None or page.wrong is not None:
        return _drawn(guest, page)
    return guest.to(f"/appeal/{token}")


def _drawn(guest: Guest, page: Appeal | None) -> Response:
    if page is None:
        return guest.page("missing.html", status=404)
    return guest.page("appeal.html", page, 200 if page.wrong is None else 422)
