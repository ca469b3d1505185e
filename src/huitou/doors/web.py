"""The web door as one application: the console at `/`, the API at `/v1`, what customers open at
`/p`; and before them what connected shops and sites tell at `/v1/batch` and its like.

`uvicorn huitou.doors.web:open_web --factory` opens the shop that `$HUITOU_HOME` names.
"""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import huitou
from huitou.doors import example
from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.console.app import app as console
from huitou.doors.console.visit import SESSION
from huitou.doors.events.app import Events
from huitou.doors.public.app import app as public
from huitou.doors.strangers import Strangers

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.types import ASGIApp

    from huitou.runs.shop import Shop

TURN = 0.0005
"""Seconds one thread of the web process may go on while another one waits."""


def open_web() -> ASGIApp:
    """The application for the shop in `$HUITOU_HOME`."""
    shop = huitou.open(os.environ.get("HUITOU_HOME") or "huitou-data")
    # Threads take turns often: who waits for a page does not wait for a batch being carried.
    sys.setswitchinterval(TURN)
    shop.letterbox.carrier.start()
    opened = web(shop, Staff(shop.books))
    # All that is there by now stays: looking through it for what may go would hold up who waits.
    gc.collect()
    gc.freeze()
    return opened


def web(shop: Shop, staff: Staff) -> ASGIApp:
    """The doors of one shop. Each keeps its own rules: the console a session, the API a token, what
    customers open nothing but its own link.
    """
    site = console(shop, staff, demo=lambda progress: example.fill(shop, progress))
    # Before the console's own mounts, so that no page can stand in its way.
    site.mount("/v1", api(shop, staff), name="api")
    site.mount("/p", public(shop), name="public")
    site.add_middleware(Strangers, knows=partial(_knows, shop, staff))
    # Outermost: shops and sites tell thousands of things a second, and need no page.
    return Events(site, shop)


def _knows(shop: Shop, staff: Staff, request: Request) -> bool:
    """Whether a request shows a session or a token that is in use."""
    now = shop.clock.now()
    session = request.cookies.get(SESSION, "")
    _, _, token = request.headers.get("authorization", "").partition(" ")
    is_staff = bool(session) and staff.user_of(session, now) is not None
    return is_staff or (bool(token) and staff.token_of(token, now) is not None)
