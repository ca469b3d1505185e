"""The HTTP API as one application, mounted at `/v1`: JSON in, JSON out, described by OpenAPI.

    GET  /v1/answers             Authorization: Bearer ht_…
    POST /v1/imports             file=@orders.csv
    GET  /v1/openapi.json        what there is, for programs

A GET changes nothing; a POST may be sent twice. Errors are `{"error": {"kind", "sentence", …}}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import huitou
from huitou.doors.api import (
    acts,
    alarms,
    balance,
    calls,
    casefiles,
    chase,
    complaints,
    connections,
    consents,
    demands,
    doing,
    duplicates,
    effects,
    exodus,
    fixes,
    guides,
    happenings,
    interviews,
    journeys,
    ladder,
    learning,
    letgo,
    members,
    membership,
    needs,
    offers,
    packs,
    points,
    reading,
    referrals,
    reports,
    rules,
    sending,
    sources,
    sticking,
    superusers,
    surprises,
    texts,
    what_if,
    winning,
)
from huitou.doors.api.caller import NoToken, say_error, say_no_token
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.doors.book import Staff
    from huitou.runs.shop import Shop


CHAPTERS = (
    # what arrives, the day, and what it says
    reading,
    winning,
    exodus,
    what_if,
    doing,
    rules,
    happenings,
    connections,
    sources,
    sticking,
    reports,
    # what hurt, and asking the lost
    complaints,
    alarms,
    fixes,
    texts,
    casefiles,
    calls,
    interviews,
    chase,
    # who brings most, and who costs more than they bring
    superusers,
    letgo,
    demands,
    duplicates,
    # what to do, and whether it worked
    balance,
    acts,
    effects,
    learning,
    # what we owe
    members,
    ladder,
    points,
    packs,
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
    sending,
)
"""The parts of the API in the order of the story, each with its `routes`."""


def app(shop: Shop, staff: Staff) -> FastAPI:
    """The API of one shop; `staff` knows the tokens."""
    # The usual pages of documentation load their scripts from elsewhere: the schema must do.
    api = FastAPI(title="huitou", version=huitou.__version__, docs_url=None, redoc_url=None)
    api.state.shop, api.state.staff = shop, staff
    for chapter in CHAPTERS:
        api.include_router(chapter.routes)
    api.add_exception_handler(NoToken, say_no_token)
    api.add_exception_handler(HuitouError, say_error)
    api.add_exception_handler(HTTPException, _say_http)
    api.add_exception_handler(RequestValidationError, _say_invalid)
    return api


def _say_http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return _error("Http", str(error.detail), error.status_code)


def _say_invalid(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    return _error("Invalid", f"{place}: {first['msg']}", 422)


def _error(kind: str, sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"error": {"kind": kind, "sentence": sentence, "to_try": None}}, status)
