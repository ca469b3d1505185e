"""Coming in: the first one-time link, signing in and out, language and colours."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.book import LONGEST, SHORTEST_PASSWORD
from huitou.doors.console.visit import (
    LANGUAGE,
    SESSION,
    THEME,
    THEMES,
    Anybody,
    Member,
    Visit,
    safe_path,
)
from huitou.ground.errors import Refused
from huitou.ground.languages import LANGUAGES

routes = APIRouter()
TRIES, WITHIN = 20, timedelta(minutes=5)
"""Attempts from one address within this time; each costs us a slow hash."""


class Gate:
    """Counts attempts by address, so that nobody can try passwords by the thousand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, deque[datetime]] = {}

    def let_by(self, address: str, now: datetime) -> None:
        """Count an attempt; Refused when there were too many."""
        with self._lock:
            if len(self._seen) > 10_000:
                self._seen.clear()
            tries = self._seen.setdefault(address, deque())
            while tries and now - tries[0] > WITHIN:
                tries.popleft()
            if len(tries) >= TRIES:
                raise Refused("too many tries; wait a few minutes and try again")
            tries.append(now)


_gate = Gate()


@routes.get("/sign-in")
def ask(visit: Anybody) -> Response:
    """The form to sign in."""
    return visit.to("/") if visit.user else visit.page("sign_in.html", None)


@routes.post("/sign-in")
def sign_in(
    visit: Anybody, name: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    """Sign in with name and password."""
    now = visit.shop.clock.now()
    try:
        _gate.let_by(visit.request.client.host if visit.request.client else "", now)
        secret = visit.desk.staff.sign_in(name, password, now)
    except Refused as no:
        return visit.page("sign_in.html", no, 403)
    return _with_session(visit, visit.to("/"), secret)


@routes.get("/welcome/{secret}")
def welcome(visit: Anybody, secret: str) -> Response:
    """The form behind a one-time link. Looking does not use the link up."""
    good = visit.desk.staff.link_is_good(secret, visit.shop.clock.now())
    page = {"secret": secret, "good": good, "refused": None, "shortest": SHORTEST_PASSWORD}
    return visit.page("welcome.html", page, 200 if good else 410)


@routes.post("/welcome/{secret}")
def first_time(
    visit: Anybody, secret: str, name: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    """Use the link up: make the account and sign in."""
    now = visit.shop.clock.now()
    try:
        session = visit.desk.staff.welcome(secret, name, password, now)
    except Refused as no:
        page = {"secret": secret, "good": True, "refused": no, "shortest": SHORTEST_PASSWORD}
        return visit.page("welcome.html", page, 403)
    return _with_session(visit, visit.to("/"), session)


@routes.post("/sign-out")
def sign_out(visit: Member) -> Response:
    """End the session, here and in the books."""
    visit.desk.staff.sign_out(visit.request.cookies.get(SESSION, ""))
    answer = visit.to("/sign-in")
    answer.delete_cookie(SESSION)
    return answer


@routes.post("/choose")
def choose(
    visit: Anybody,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Choose language or colours; kept in a cookie, for signing in too."""
    answer = visit.to(safe_path(back))
    year = 365 * 24 * 3600
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE, language, max_age=year, samesite="lax", httponly=True)
    if theme in THEMES:
        answer.set_cookie(THEME, theme, max_age=year, samesite="lax", httponly=True)
    return answer


def _with_session(visit: Visit, answer: Response, secret: str) -> Response:
    answer.set_cookie(
        SESSION,
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return answer
