"""What customers open, at `/p`: the complaint form, its answer, the exit interview, their card. No
account, no script, no cookie: it works on an old phone, and each page by its own link alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from huitou.doors.public import appeal, cards, complaint, friend, guides, leaving, preferences
from huitou.doors.public.gate import Gate
from huitou.doors.public.guest import STATIC, guest
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.doors.public.floods import Buckets
    from huitou.runs.shop import Shop

PAGES = (complaint, leaving, appeal, cards, friend, guides, preferences)

REFUSED: dict[int, Sentence] = {
    429: said("Very much came from your connection just now. Nothing of what you typed is lost: go "
              "back, wait a minute, and send it again."),
    413: said("That was too large. Please go back and send it with fewer or smaller files."),
    408: said("Your connection was too slow for these files. Please go back and send it without."),
    431: said("Your browser sent more than fits here. Please open the page anew."),
}  # fmt: skip
"""What is said to somebody who was held off, by status."""
UNREAD = said("What came could not be read. Please go back and send it once more.")


def app(shop: Shop, buckets: Buckets | None = None) -> FastAPI:
    """The pages of one shop for its customers."""
    public = FastAPI(title="huitou for customers", openapi_url=None, docs_url=None, redoc_url=None)
    public.state.shop = shop

    def refuse(request: Request, status: int, wait: float) -> Response:
        request.scope["app"] = public
        return _refuse(request, status, wait)

    public.add_middleware(Gate, refuse=refuse, buckets=buckets)
    public.mount("/static", StaticFiles(directory=STATIC), name="static")
    for page in PAGES:
        public.include_router(page.routes)
    public.add_exception_handler(HuitouError, _say_plainly)
    public.add_exception_handler(HTTPException, _not_here)
    return public


def _refuse(request: Request, status: int, wait: float) -> Response:
    page = guest(request).page("trouble.html", HuitouError(REFUSED[status].text), status)
    if wait:
        page.headers["retry-after"] = str(math.ceil(wait))
    return page


def _say_plainly(request: Request, error: Exception) -> Response:
    return guest(request).page("trouble.html", error, 400)


def _not_here(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status in (404, 405):
        return guest(request).page("missing.html", status=404)
    return guest(request).page("trouble.html", HuitouError(UNREAD.text), status)
