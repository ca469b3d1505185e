"""The till: who stands here, what they may be given now, and what to say to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from huitou.doors.console.typed import an_amount
from huitou.doors.console.visit import Member, Visit
from huitou.ground.errors import BadInput, HuitouError, Refused
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.loyalty.cards.joining import AGREED, CONSENTS

if TYPE_CHECKING:
    from huitou.runs.desks.ladder.views import StandView
    from huitou.runs.desks.letting_go.views import NoticeView
    from huitou.runs.desks.packs import PackView
    from huitou.runs.desks.surprises import GiftView
    from huitou.runs.views import OfferView

routes = APIRouter()

WRONG: Mapping[str | None, Sentence] = {
    "name": said("Who joins has a name."),
    "contact": said("This is no phone number and no e-mail address that can be read."),
    "birthday": said("This is no birthday."),
}

DONE: Mapping[str, Sentence] = {
    "gift": said("Handed over, and written down."),
    "sold": said("The pack is sold."),
    "session": said("One session is used."),
}
"""What was just done -> how it is said."""


@dataclass(frozen=True)
class ForSale:
    """A pack of the rules, as the clerk reads it."""

    name: str
    sessions: int
    price: Money


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
    gifts: Sequence[GiftView] = ()
    """What waits to be handed over to them, though nobody promised it."""
    packs: Sequence[PackView] = ()
    """Packs of theirs with sessions left."""
    sold: Sequence[ForSale] = ()
    used: OfferView | None = None
    """The code that was just used."""
    done: Sentence | None = None
    """What else was just done."""
    notice: NoticeView | None = None
    """What is to be known of a step that holds against them."""
    code: Mapping[str, str] = field(default_factory=dict)
    """What was typed about a code that was refused."""
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
def stands(visit: Member, person: str, joined: str = "", done: str = "") -> Response:
    """Somebody stands at the till."""
    visit.needs("manager", "clerk")
    return _before_the_till(visit, person, joined=joined, done=done)


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


@routes.post("/till/{person}/gift")
def hand_over(visit: Member, person: str, gift: Annotated[str, Form(max_length=64)]) -> Response:
    """A surprise was handed over, once."""
    visit.needs("manager", "clerk")
    visit.shop.surprises.deliver(gift, visit.member.name)
    return _back(visit, person, "gift")


@routes.post("/till/{person}/code")
def redeem(
    visit: Member,
    person: str,
    code: Annotated[str, Form(max_length=60)],
    order: Annotated[str, Form(max_length=200)],
    total: Annotated[str, Form(max_length=40)],
) -> Response:
    """Use a code for an order of who stands here; the same order again changes nothing."""
    visit.needs("manager", "clerk")
    by = visit.member.name
    try:
        minor = an_amount(total, visit.shop.settings.money)
        used = visit.shop.redeem_offer(code, order, minor, person, by)
    except (Refused, BadInput) as refused:
        typed = {"code": code, "order": order, "total": total}
        return _before_the_till(visit, person, trouble=refused.spoken, code=typed, status=422)
    return _before_the_till(visit, person, used=used)


@routes.post("/till/{person}/pack")
def sell(
    visit: Member,
    person: str,
    name: Annotated[str, Form(max_length=200)],
    form: Annotated[str, Form(max_length=64)],
) -> Response:
    """Sell a pack of the rules; the same form sent twice sells one."""
    visit.needs("manager", "clerk")
    by, packs = visit.member.name, visit.shop.packs
    if name not in packs.offered:
        raise BadInput(said("There is no such pack."))
    packs.sell(person, name, _key(visit, form), by=by)
    return _back(visit, person, "sold")


@routes.post("/till/{person}/session")
def session(
    visit: Member,
    person: str,
    pack: Annotated[str, Form(max_length=64)],
    form: Annotated[str, Form(max_length=64)],
) -> Response:
    """One session of a pack was used; the same form sent twice uses one."""
    visit.needs("manager", "clerk")
    visit.shop.packs.use(pack, _key(visit, form), by=visit.member.name)
    return _back(visit, person, "session")


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


def _before_the_till(
    visit: Visit,
    person: str,
    *,
    joined: str = "",
    trouble: str | Sentence | None = None,
    used: OfferView | None = None,
    done: str = "",
    code: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    shop = visit.shop
    found = shop.ladder.of(person, visit.language)
    page = TillPage(
        found,
        new_id(),
        trouble=trouble,
        joined=joined if joined and joined == found.number else None,
        gifts=shop.surprises.waiting_for(found.person_id),
        packs=[each for each in shop.packs.of_person(found.person_id) if not each.over],
        sold=_for_sale(visit),
        used=used,
        done=DONE.get(done),
        notice=shop.letting_go.notice_of(found.person_id),
        code=code or {},
    )
    return visit.page("till.html", page, status)


def _for_sale(visit: Visit) -> tuple[ForSale, ...]:
    shop = visit.shop
    if not shop.points.rules.on:
        return ()
    currency = shop.settings.money
    packs = sorted(shop.packs.offered.items())
    return tuple(ForSale(name, each.sessions, Money(each.price, currency)) for name, each in packs)


def _key(visit: Visit, form: str) -> str:
    return fingerprint("till", visit.member.id, form)


def _back(visit: Visit, person: str, done: str = "") -> Response:
    told = f"?done={done}" if done else ""
    return visit.to(f"/till/{quote(person, safe='')}{told}")


def _nobody(nobody: HuitouError, typed: str) -> Sentence:
    from huitou.runs.desks.members.who import Several

    if isinstance(nobody, Several):
        return said("Several customers have this number: ask for the card or the e-mail.")
    if not typed.strip():
        return said("Type or scan a number first.")
    return said("Nobody is known by this. They can join right here.")
