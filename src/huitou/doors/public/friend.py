"""A regular's link, opened by a friend: a name, one way to be reached, and a yes.

A GET changes nothing. The page says the same to everybody, so it tells nobody who is a customer.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.public.guest import AtTheDoor, Guest
from huitou.runs.desks.referrals import FriendPage

routes = APIRouter(prefix="/r")


@routes.get("/{token}")
def show(guest: AtTheDoor, token: str, done: str = "") -> Response:
    """The invitation; thanks where they come from leaving their name."""
    page = guest.shop.referrals.page(token)
    if page is not None and done:
        page = FriendPage(**{**vars(page), "state": "thanked"})
    return _drawn(guest, page)


@routes.post("/{token}")
def leave(
    guest: AtTheDoor,
    token: str,
    name: Annotated[str, Form(max_length=400)] = "",
    reach: Annotated[str, Form(max_length=400)] = "",
    agreed: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Leave a name; sent twice, it is there once."""
    desk = guest.shop.referrals
    page = desk.leave(token, name, reach, guest.language, agreed=agreed == "yes")
    if page is None or page.wrong is not None:
        return _drawn(guest, page)
    moved = guest.to(f"/r/{token}")
    moved.headers["location"] += "&done=1"
    return moved


def _drawn(guest: Guest, page: FriendPage | None) -> Response:
    if page is None:
        return guest.page("missing.html", status=404)
    return guest.page("friend.html", page, 200 if page.wrong is None else 422)
