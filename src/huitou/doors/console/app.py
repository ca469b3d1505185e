"""The console as a web application, made for one shop.

app(shop, Staff(shop.books))     # a FastAPI application for any ASGI server
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from huitou.doors.book import Staff
from huitou.doors.console import assets, guard
from huitou.doors.console.errands import Errands
from huitou.doors.console.pages import (
    acts,
    alarms,
    balance,
    calls,
    cases,
    chase,
    cohorts,
    complaints,
    connections,
    consents,
    demands,
    duplicates,
    effects,
    exodus,
    files,
    fixes,
    forecast,
    guides,
    happenings,
    harm,
    home,
    interviews,
    journeys,
    ladder,
    learning,
    letgo,
    letters,
    membership,
    metrics,
    needs,
    offers,
    people,
    person,
    plan,
    points,
    proof,
    questions,
    receipt,
    referrals,
    report,
    rules,
    sending,
    settings,
    sign_in,
    sources,
    stages,
    sticking,
    superusers,
    surprises,
    templates,
    till,
    what_if,
    winning,
    work,
)
from huitou.doors.console.visit import Desk, NotSignedIn, anybody
from huitou.ground.errors import Busy, HuitouError, NotYet, Refused
from huitou.ground.progress import Progress

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

PAGES = (
    # coming in
    sign_in,
    home,
    settings,
    rules,
    work,
    # what arrives
    files,
    connections,
    sources,
    happenings,
    # what it says
    questions,
    people,
    person,
    cohorts,
    metrics,
    winning,
    exodus,
    what_if,
    stages,
    forecast,
    sticking,
    report,
    # what hurt, and asking the lost
    complaints,
    alarms,
    fixes,
    cases,
    calls,
    interviews,
    chase,
    # who brings most, and who costs more than they bring
    superusers,
    letgo,
    demands,
    duplicates,
    # what to do, and whether it worked
    plan,
    receipt,
    letters,
    balance,
    acts,
    effects,
    proof,
    harm,
    learning,
    # what we owe
    till,
    ladder,
    points,
    membership,
    offers,
    surprises,
    referrals,
    # what they need next
    needs,
    guides,
    # what we say, and how it leaves
    journeys,
    consents,
    templates,
    sending,
)
"""In the order of the story."""

STATUS = {Refused: 403, Busy: 409, NotYet: 409}
"""Answers of HTTP to errors that are not the visitor's."""


def app(shop: Shop, staff: Staff, *, demo: Callable[[Progress], Any] | None = None) -> FastAPI:
    """Open the console of a shop. `demo` fills an empty shop with the demo's orders."""
    console = FastAPI(
        title="huitou console",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(guard.own_changes_only)],
    )
    console.state.desk = Desk(shop, staff, Errands(), demo)
    console.add_middleware(GZipMiddleware, minimum_size=800)
    console.add_middleware(guard.Headers)
    console.mount("/static", StaticFiles(directory=assets.STATIC), name="static")
    for page in PAGES:
        console.include_router(page.routes)
    console.add_exception_handler(NotSignedIn, _ask_to_sign_in)
    console.add_exception_handler(HuitouError, _say_plainly)
    console.add_exception_handler(404, _not_found)
    return console


def _ask_to_sign_in(request: Request, _error: Exception) -> Response:
    visit = anybody(request)
    return visit.to("/sign-in")


def _say_plainly(request: Request, error: Exception) -> Response:
    visit = anybody(request)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    template = "parts/trouble.html" if visit.is_fragment else "trouble.html"
    if isinstance(error, NotYet) and not visit.is_fragment:
        return visit.page("not_yet.html", error, status)
    # htmx shows what comes back in place of the part it asked for.
    return visit.page(template, error, 200 if visit.is_fragment else status)


def _not_found(request: Request, _error: Exception) -> Response:
    return anybody(request).page("missing.html", status=404)
