"""The complaint form, and the page on which its customer follows what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from huitou.doors.public.guest import AtTheDoor, Guest
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.public.letterbox import Attached, Followed, Sending, Typed

routes = APIRouter()

KINDS: dict[str, Sentence] = {
    "product": said("The goods"),
    "delivery": said("The delivery"),
    "service": said("How I was treated"),
    "price": said("The price"),
    "other": said("Something else"),
}
"""What a complaint may be about, as customers say it."""
STARS: dict[int, Sentence] = {
    1: said("Not at all"),
    2: said("Hardly"),
    3: said("So-so"),
    4: said("Mostly"),
    5: said("Very much so"),
}
ABOUT: dict[str, Sentence] = {
    "product": said("Product name"),
    "store": said("Which shop"),
    "order": said("Number of the order"),
}
"""What a link or a QR code may name."""
LIMITS = {"max_files": 12, "max_fields": 40, "max_part_size": 128 * 2**10}
"""Of one form; more is no form of ours."""
LONGEST = {"name": 120, "contact": 200, "product": 200, "store": 120, "order": 120}
"""Letters that fit into each line."""


@dataclass(frozen=True)
class Form:
    """The form as it is drawn: what was typed, and what was wrong with it."""

    typed: Typed
    mark: str
    wrong_field: str | None = None
    wrong: Sentence | None = None
    had_files: bool = False


@dataclass(frozen=True)
class Page:
    """The page of one complaint."""

    token: str
    followed: Followed
    mark: str
    typed: str = ""
    wrong: Sentence | None = None
    had_files: bool = False


@routes.get("/complaint")
def form(at: AtTheDoor) -> Response:
    """The empty form; product, store and order stand in it where the link names them."""
    return _form(at, Form(_typed(at.request.query_params.get), at.shop.letterbox.mark()))


@routes.post("/complaint")
async def send(request: Request, at: AtTheDoor) -> Response:
    """Keep it for good, and show the page on which it is followed."""
    came = await request.form(**LIMITS)
    files = await _files(came)
    return await run_in_threadpool(_send, at, came, files)


@routes.get("/complaint/{token}")
def follow(token: str, at: AtTheDoor) -> Response:
    """What was said by both sides, and what can be done."""
    return _page(at, token)


@routes.post("/complaint/{token}")
async def answer(token: str, request: Request, at: AtTheDoor) -> Response:
    """A further word, with files; to what is settled it says that it is not."""
    came = await request.form(**LIMITS)
    files = await _files(came)
    return await run_in_threadpool(_answer, at, token, came, files)


@routes.post("/complaint/{token}/rate")
async def rate(token: str, request: Request, at: AtTheDoor) -> Response:
    """How content they are, 1 to 5."""
    came = await request.form(**LIMITS)
    return await run_in_threadpool(_rate, at, token, _text(came, "stars"))


def _send(at: Guest, came: FormData, files: tuple[Attached, ...]) -> Response:
    from huitou.runs.desks.public.letterbox import Unfit

    sending = _sending(at, came, files)
    try:
        token = at.shop.letterbox.complain(sending)
    except Unfit as unfit:
        wrong = Form(sending.typed, sending.mark, unfit.field, unfit.words, bool(files))
        return _form(at, wrong, 422)
    except HuitouError:
        trouble = said("We could not keep it just now. Nothing you typed is lost: send it again.")
        return _form(at, Form(sending.typed, sending.mark, "send", trouble, bool(files)), 503)
    return at.to(f"/complaint/{token}")


def _answer(at: Guest, token: str, came: FormData, files: tuple[Attached, ...]) -> Response:
    from huitou.runs.desks.public.letterbox import Unfit

    box = at.shop.letterbox
    followed = box.follow(token)
    if followed is None:
        return at.page("missing.html", status=404)
    words = _text(came, "words")
    again = followed.over and not words and not files
    try:
        box.answer(token, _not_settled(at) if again else words, _text(came, "form"), files)
    except Unfit as unfit:
        return _page(at, token, words, unfit.words, had_files=bool(files), status=422)
    return at.to(f"/complaint/{token}")


def _rate(at: Guest, token: str, stars: str) -> Response:
    from huitou.runs.desks.public.letterbox import Unfit

    box = at.shop.letterbox
    followed = box.follow(token)
    if followed is None:
        return at.page("missing.html", status=404)
    try:
        if followed.over:
            box.rate(token, {str(each): each for each in STARS}.get(stars, 0))
    except Unfit as unfit:
        return _page(at, token, wrong=unfit.words, status=422)
    return at.to(f"/complaint/{token}")


def _form(at: Guest, shown: Form, status: int = 200) -> Response:
    told = {"form": shown, "kinds": KINDS, "about": ABOUT, "longest": LONGEST}
    return at.page("complaint.html", told, status)


def _page(
    at: Guest,
    token: str,
    typed: str = "",
    wrong: Sentence | None = None,
    *,
    had_files: bool = False,
    status: int = 200,
) -> Response:
    box = at.shop.letterbox
    followed = box.follow(token)
    if followed is None:
        return at.page("missing.html", status=404)
    page = Page(token, followed, box.mark(), typed, wrong, had_files)
    return at.page("followed.html", {"page": page, "stars": STARS}, status)


def _not_settled(at: Guest) -> str:
    from huitou.ground.languages import speaker

    return speaker(at.language).say(said("It is not settled."))


def _sending(at: Guest, came: FormData, files: tuple[Attached, ...]) -> Sending:
    from huitou.doors.public.floods import household
    from huitou.runs.desks.public.letterbox import Sending

    client = at.request.client
    return Sending(
        typed=_typed(lambda name: _text(came, name)),
        language=at.language,
        mark=_text(came, "form"),
        trap=_text(came, "website"),
        address=household(client.host) if client else "",
        files=files,
    )


def _typed(told: Callable[[str], Any]) -> Typed:
    from huitou.runs.desks.public.letterbox import Typed

    return Typed(**{each.name: _clean(told(each.name) or "") for each in fields(Typed)})


def _text(came: FormData, name: str) -> str:
    told = came.get(name)
    return _clean(told) if isinstance(told, str) else ""


def _clean(text: str) -> str:
    from huitou.care.complaints.rules import plain

    return plain(text.replace("\r\n", "\n"))


async def _files(came: FormData) -> tuple[Attached, ...]:
    """What was attached; a browser sends an empty one where nothing was chosen."""
    from huitou.runs.desks.public.letterbox import LARGEST_FILE, Attached

    sent = [each for each in came.getlist("files") if isinstance(each, UploadFile)]
    # One byte more than may be tells that it is too large.
    return tuple(
        [
            Attached(each.filename or "file", await each.read(LARGEST_FILE + 1))
            for each in sent
            if each.filename or each.size
        ]
    )
