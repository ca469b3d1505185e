"""The web door as one application: the console at `/`, the API at `/v1`, what customers open at
`/p`.

`uvicorn huitou.doors.web:open_web --factory` opens the shop that `$HUITOU_HOME` names.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import huitou
from huitou.doors import example
from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.console.app import app as console
from huitou.doors.postman import Postman
from huitou.doors.public.app import app as public

if TYPE_CHECKING:
    from fastapi import FastAPI

    from huitou.runs.shop import Shop

TURN = 0.0005
"""Seconds one thread of the web process may go on while another one waits."""


def open_web() -> FastAPI:
    """The application for the shop in `$HUITOU_HOME`."""
    shop = huitou.open(os.environ.get("HUITOU_HOME") or "huitou-data")
    # Threads take turns often: who waits for a page does not wait for a batch being carried.
    sys.setswitchinterval(TURN)
    shop.letterbox.carrier.start()
    Postman(shop).start()
    return web(shop, Staff(shop.books))


def web(shop: Shop, staff: Staff) -> FastAPI:
    """The doors of one shop. Each keeps its own rules: the console a session, the API a token, what
    customers open nothing but its own link.
    """
    site = console(shop, staff, demo=lambda progress: example.fill(shop, progress))
    # Before the console's own mounts, so that no page can stand in its way.
    site.mount("/v1", api(shop, staff), name="api")
    site.mount("/p", public(shop), name="public")
    return site
