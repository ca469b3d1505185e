"""What customers open, at `/p`: the complaint form, its answer, the exit interview. No account, no
script, no cookie: it works on an old phone, and each page by its own link alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles

from huitou.doors.public import complaint, leaving
from huitou.doors.public.guest import STATIC, guest
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

PAGES = (complaint, leaving)


def app(shop: Shop) -> FastAPI:
    """The pages of one shop for its customers."""
    public = FastAPI(title="huitou for customers", openapi_url=None, docs_url=None, redoc_url=None)
    public.state.shop = shop
    public.mount("/static", StaticFiles(directory=STATIC), name="static")
    for page in PAGES:
        public.include_router(page.routes)
    public.add_exception_handler(HuitouError, _say_plainly)
    public.add_exception_handler(404, _not_found)
    return public


def _say_plainly(request: Request, error: Exception) -> Response:
    return guest(request).page("trouble.html", error, 400)


def _not_found(request: Request, _error: Exception) -> Response:
    return guest(request).page("missing.html", status=404)
