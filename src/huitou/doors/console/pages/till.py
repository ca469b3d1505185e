"""The till: who stands here, what they may be given now, and what to say to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from huitou.doors.console.visit import Member, Visit
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.words import Sentence, said
from huitou.loyalty.cards.joining import AGREED, CONSENTS

if TYPE_CHECKING:
    from huitou.runs.desks.ladder.views import StandView

routes = APIRouter()

ASKED = "asked"
WRONG: Mapping[str | None, Sentence] = {
    "name": said("Who joins has a name."),
    "contact": said("This is no phone number and no e-mail address that can be read."),
    "birthday": said("This is no birthday."),
}


@dataclass(frozen=True)
class TillPage:
    """The till: an empty one, or with somebody before it."""

    stand: StandView | None
    form: str
    """A name for the form to join: sent twice it is once."""
    typed: str = ""
    trouble: str | Sentence | None = None
    joined: str | None = None
    """The number of the card that was just made."""
    consents = CONSENTS
    agreed = AGREED


@routes.get("/till")
def till(visit: Member) -> Response:
    """The empty till."""
    visit.needs("manager", "clerk")
    return visit.page("till.html", TillPage(None, new_id()))


@routes.post("/till")
def find(visit: Member, who: Annotated[str, Form(max_length=400)] = "") -> Response:
    """Who is meant by what was typed or scanned; a POST, so that no phone stands in an address."""
    visit.needs("manager", "clerk")
    try:
        found = visit.shop.ladder.person(who, visit.language)
    except HuitouError as nobody:
        page = TillPage(None, new_id(), who, _nobody(nobody, who))
        return visit.page("till.html", page, 404)
    return visit.to(f"/till/{quote(found.person_id, safe='')}")


@routes.post("/till/join")
async def join(visit: Member, request: Request) -> Response:
    """Somebody joins before the clerk's eyes; the same phone is the same card."""
    from huitou.runs.desks.members.desk import read, today

    visit.needs("manager", "clerk")
    typed = await request.form()
    shop, name = visit.shop, visit.member.name
    try:
        told = read(
            shop.settings,
            today(shop.clock, shop.settings),
            name=str(typed.get("name", "")),
            contacts=(str(typed.get("contact", "")),),
            born=str(typed.get("birthday", "")),
            language=str(typed.get("language", visit.language)),
            consents=tuple(str(each) for each in typed.getlist("consent")),
        )
    except BadInput as bad:
        trouble = WRONG.get(bad.column, bad.sentence)
        page = TillPage(None, new_id(), str(typed.get("contact", "")), trouble)
        return visit.page("till.html", page, 422)
    form = fingerprint("console", str(typed.get("form", ""))[:80], name)
    joined = shop.members.join(told, name, form=form)
    return visit.to(f"/till/{quote(joined.person_id, safe='')}?joined={joined.number}")


@routes.get("/till/{person}")
def stands(visit: Member, person: str, joined: str = "") -> Response:
    """Somebody stands at the till."""
    visit.needs("manager", "clerk")
    found = visit.shop.ladder.of(person, visit.language)
    shown = joined if joined and joined == found.number else None
    return visit.page("till.html", TillPage(found, new_id(), joined=shown))


@routes.post("/till/{person}/deliver")
def deliver(visit: Member, person: str, privilege: Annotated[str, Form()]) -> Response:
    """Hand a privilege over."""
    visit.needs("manager", "clerk")
    visit.shop.ladder.deliver(person, privilege, visit.member.name)
    return _back(visit, person)


@routes.post("/till/{person}/take-back")
def take_back(visit: Member, person: str, delivery: Annotated[int, Form()]) -> Response:
    """It was a slip of the finger."""
    visit.needs("manager", "clerk")
    visit.shop.ladder.take_back(delivery, visit.member.name)
    return _back(visit, person)


@routes.post("/till/{person}/confirm")
def confirm(visit: Member, person: str) -> Response:
    """The clerk sees who holds the card."""
    visit.needs("manager", "clerk")
    visit.shop.ladder.confirm(person, visit.member.name)
    return _back(visit, person)


@routes.get("/till/{person}/card.svg")
def code(visit: Member, person: str) -> Response:
    """The code of somebody's own card page, for their phone to scan."""
    visit.needs("manager", "clerk")
    number = visit.shop.ladder.of(person, visit.language).number
    if number is None:
        raise HuitouError("they have no card", to_try="let them join")
    address = visit.public_root + visit.shop.members.card_path(number)
    return drawn(address)


def drawn(address: str) -> Response:
    """An address as a QR code: dark on white, in whatever theme."""
    picture = BytesIO()
    made = segno.make(address, error="m", micro=False)
    made.save(picture, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return Response(picture.getvalue(), media_type="image/svg+xml")


def _back(visit: Visit, person: str) -> Response:
    return visit.to(f"/till/{quote(person, safe='')}")


def _nobody(nobody: HuitouError, typed: str) -> Sentence:
    from huitou.runs.desks.members.who import Several

    if isinstance(nobody, Several):
        return said("Several customers have this number: ask for the card or the e-mail.")
    if not typed.strip():
        return said("Type or scan a number first.")
    return said("Nobody is known by this. They can join right here.")
