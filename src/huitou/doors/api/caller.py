"""Who calls the API: a token, what it may do, and how answers and errors are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from huitou.doors.book import Staff, Token
from huitou.doors.scopes import SCOPES
from huitou.ground.errors import BadInput, Busy, HuitouError, NotYet, Refused, plain
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.words import Sentence
from huitou.runs.written import written

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

STATUS: tuple[tuple[type[HuitouError], int], ...] = (
    (BadInput, 422),
    (NotYet, 409),
    (Busy, 409),
    (Refused, 403),
)
"""HTTP status of an error, first match; any other HuitouError is a wrong name: 404 or 400."""

bearer = HTTPBearer(auto_error=False, description="`huitou token new NAME --scope read`")


class NoToken(Exception):
    """The call carries no token that is in use."""


@dataclass(frozen=True)
class Caller:
    """One call: the shop it asks, the token it shows, the language it wants."""

    shop: Shop
    token: Token
    language: str

    @property
    def by(self) -> str:
        """What is kept as the doer of a change."""
        return f"token {self.token.name}"

    def write(self, value: Any) -> Any:
        """`value` as JSON in the caller's language."""
        return written(value, speaker(self.language).say)


Language = Annotated[
    str | None, Query(description=f"Language of sentences: {', '.join(LANGUAGES)}.")
]


def may(scope: str, *also: str) -> Callable[..., Caller]:
    """A dependency that lets in tokens with this scope, or with one of those that do as well."""
    for each in (scope, *also):
        if each not in SCOPES:
            raise ValueError(f"there is no scope {each!r}")

    def caller(
        request: Request,
        shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
        language: Language = None,
    ) -> Caller:
        shop, staff = front(request)
        token = staff.token_of(shown.credentials, shop.clock.now()) if shown else None
        if token is None:
            raise NoToken
        if not {scope, *also} & set(token.scopes):
            raise Refused(
                f"this token may not {SCOPES[scope]}", to_try=f"huitou token new … --scope {scope}"
            )
        return Caller(shop, token, _known(language))

    return caller


def front(request: Request) -> tuple[Shop, Staff]:
    """The shop and the staff this application was made for."""
    return request.app.state.shop, request.app.state.staff


def say_error(request: Request, error: Exception) -> JSONResponse:
    """A HuitouError as JSON: the sentence, what it is about, and what to try."""
    if not isinstance(error, HuitouError):
        raise error
    asked = [written(question) for question in getattr(error, "questions", ())]
    body = plain(error) | {"sentence": _in_their_words(request, error)}
    return JSONResponse(
        {"error": {**body, "questions": asked} if asked else body}, status_of(error, request.method)
    )


def _in_their_words(request: Request, error: HuitouError) -> str:
    """The sentence in the language the call asked for, where it is one that can be translated."""
    language = request.query_params.get("language", "en")
    if not isinstance(error.spoken, Sentence) or language not in LANGUAGES:
        return error.sentence
    return speaker(language).say(error.spoken)


def status_of(error: HuitouError, method: str) -> int:
    """The HTTP status that tells a program what to do next."""
    for kind, status in STATUS:
        if isinstance(error, kind):
            return status
    return 404 if method == "GET" else 400


def say_no_token(_request: Request, _error: Exception) -> JSONResponse:
    """401, and how to come by a token."""
    body = {"kind": "NoToken", "sentence": "this needs a token", "to_try": "huitou token new NAME"}
    return JSONResponse({"error": body}, 401, {"WWW-Authenticate": "Bearer"})


def _known(language: str | None) -> str:
    if language is not None and language not in LANGUAGES:
        raise Refused(f"huitou does not speak {language!r}", to_try=", ".join(LANGUAGES))
    return language or "en"


Reader = Annotated[Caller, Depends(may("read"))]
Importer = Annotated[Caller, Depends(may("import"))]
Asker = Annotated[Caller, Depends(may("ask"))]
Complainer = Annotated[Caller, Depends(may("complain"))]
Till = Annotated[Caller, Depends(may("offer", "till"))]
AtTheTill = Annotated[Caller, Depends(may("till"))]
Forgetter = Annotated[Caller, Depends(may("forget"))]
Planner = Annotated[Caller, Depends(may("plan"))]
