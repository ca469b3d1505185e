"""Complaints: what waits and how long, one whole with its thread, and the link for customers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

import segno
from fastapi import APIRouter, Form
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from huitou.care.complaints import attachments
from huitou.care.complaints.attachments import File as Attachment
from huitou.care.complaints.rules import KINDS, STATES
from huitou.care.reasons import WHYS
from huitou.doors.console.visit import Member, Visit
from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_id
from huitou.ground.money import to_minor
from huitou.ground.words import Sentence, said
from huitou.runs.desks.complaints.views import ComplaintView, Effect, Listing

routes = APIRouter()

SHOWN: Mapping[str, Sentence] = {
    "open": said("Open"),
    "overdue": said("Overdue"),
    "answered": STATES["answered"],
    "resolved": STATES["resolved"],
    "held": STATES["held"],
    "dismissed": STATES["dismissed"],
}
"""What the list can show."""

WAYS: Mapping[str, Sentence] = {
    "email": said("Your answer is sent by e-mail."),
    "page": said("They read your answer on the page of their complaint."),
    "phone": said("Call them: your answer is written down, and nothing is sent."),
    "nobody": said("There is no e-mail and no phone: your answer is only written down."),
}
"""How an answer is told, said before it is written."""

SANDBOX = "sandbox; default-src 'none'"
"""An attachment runs nothing and loads nothing, whatever it holds."""

Words = Annotated[str, Form(max_length=20_000)]
Line = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Complaints:
    """The list, and what answers were worth."""

    listing: Listing
    show: str
    mine: bool
    shown: Mapping[str, Sentence]
    effect: Sequence[Effect]

    def count(self, show: str) -> int | None:
        """How many there are under one heading; None where that is not counted."""
        if show == "overdue":
            return self.listing.overdue
        if show == "open":
            return sum(self.listing.counts.get(each, 0) for each in ("new", "assigned", "answered"))
        return self.listing.counts.get(show, 0)


@dataclass(frozen=True)
class OneComplaint:
    """One complaint, and what may be done with it."""

    complaint: ComplaintView
    key: str
    """Names the answer that this page's form sends: pressed twice it is sent once."""
    causes: Mapping[str, Sentence]
    way: Sentence
    colleagues: Sequence[str]


@dataclass(frozen=True)
class NewComplaint:
    """The form for staff."""

    key: str
    kinds: Mapping[str, Sentence]


@dataclass(frozen=True)
class Links:
    """The address of the public form, for one product, store or order, and its QR code."""

    product: str
    store: str
    order: str
    address: str
    query: str


@routes.get("/complaints")
def complaints(
    visit: Member, show: str = "open", mine: bool = False, after: str | None = None
) -> Response:
    """The list, the oldest first."""
    chosen = show if show in SHOWN else "open"
    owner = visit.member.name if mine else None
    listing = visit.shop.complaints.listed(chosen, owner=owner, after=after)
    effect = visit.shop.complaints.effect()
    return visit.page("complaints.html", Complaints(listing, chosen, mine, SHOWN, effect))


@routes.get("/complaints/new")
def form(visit: Member) -> Response:
    """The form for a complaint that was made in the shop or on the phone."""
    visit.needs("manager", "clerk")
    return visit.page("complaint_new.html", NewComplaint(new_id(), KINDS))


@routes.post("/complaints")
async def new(
    visit: Member,
    words: Words,
    key: Line,
    kind: Line = "other",
    name: Line = "",
    phone: Line = "",
    email: Line = "",
    product: Line = "",
    store: Line = "",
    order_id: Line = "",
) -> Response:
    """Keep a complaint that staff wrote down."""
    visit.needs("manager", "clerk")
    # A browser sends a nameless part where no file was chosen.
    sent = (await visit.request.form()).getlist("files")
    kept = [await _kept(visit, each) for each in sent if isinstance(each, UploadFile)]
    filed = visit.shop.complaints.new(
        words,
        by=visit.member.name,
        kind=kind,
        key=key,
        name=name.strip() or None,
        phone=phone.strip() or None,
        email=email.strip() or None,
        product=product.strip() or None,
        store=store.strip() or None,
        order_id=order_id.strip() or None,
        files=[each for each in kept if each is not None],
    )
    return _back(visit, filed.number)


@routes.get("/complaints/links")
def links(visit: Member, product: str = "", store: str = "", order: str = "") -> Response:
    """The link and the QR code of the public form."""
    given = {"product": product, "store": store, "order": order}
    query = _query(given)
    address = _address(visit, query)
    return visit.page("complaint_links.html", Links(product, store, order, address, query))


@routes.get("/complaints/qr.svg")
def code(visit: Member, product: str = "", store: str = "", order: str = "") -> Response:
    """The QR code, to print: dark on white, in whatever theme."""
    address = _address(visit, _query({"product": product, "store": store, "order": order}))
    drawn = BytesIO()
    try:
        made = segno.make(address, error="m", micro=False)
    except segno.DataOverflowError as long:
        raise HuitouError("this is too long for a QR code", to_try="a shorter name") from long
    made.save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@routes.get("/complaints/export.csv")
def export(visit: Member) -> Response:
    """Every complaint as a table that no spreadsheet runs."""
    folder = Path(tempfile.mkdtemp(prefix="huitou-"))
    try:
        path = folder / "complaints.csv"
        visit.shop.complaints.write_table(path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sent = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    kind = "text/csv; charset=utf-8"
    return FileResponse(path, media_type=kind, filename=path.name, background=sent)


@routes.get("/complaints/files/{file_id}")
def attachment(visit: Member, file_id: str) -> Response:
    """One attachment, to keep and never to show: it may hold anything."""
    view, path = visit.shop.complaints.file_of(file_id)
    headers = {"Content-Security-Policy": SANDBOX, "Cross-Origin-Resource-Policy": "same-origin"}
    return FileResponse(path, media_type=view.media, filename=view.name, headers=headers)


@routes.get("/complaints/{number}")
def complaint(visit: Member, number: str) -> Response:
    """One complaint, whole."""
    found = visit.shop.complaints.one(number)
    colleagues = [user.name for user in visit.desk.staff.everyone()]
    way = WAYS[found.answered_by]
    return visit.page("complaint.html", OneComplaint(found, new_id(), WHYS, way, colleagues))


@routes.post("/complaints/{number}/reply")
def reply(
    visit: Member,
    number: str,
    words: Words,
    key: Line,
    gesture: Annotated[str, Form(max_length=20)] = "",
    settle: Annotated[bool, Form()] = False,
) -> Response:
    """Answer the customer, with an apology where one is given; resolve it, where that is all."""
    visit.needs("manager", "clerk")
    amount = _minor(gesture, visit.shop.settings.money) if gesture.strip() else None
    desk = visit.shop.complaints
    desk.answer(number, words, visit.member.name, gesture=amount, key=key)
    if settle and "resolved" in desk.one(number).steps:
        desk.resolve(number, visit.member.name)
    return _back(visit, number)


@routes.post("/complaints/{number}/note")
def note(visit: Member, number: str, words: Words) -> Response:
    """Write something down for colleagues."""
    visit.needs("manager", "clerk")
    if words.strip():
        visit.shop.complaints.note(number, words.strip(), visit.member.name)
    return _back(visit, number)


@routes.post("/complaints/{number}/assign")
def assign(visit: Member, number: str, owner: Line = "") -> Response:
    """Give it to a colleague; without a name, take it."""
    visit.needs("manager", "clerk")
    visit.shop.complaints.assign(number, owner or visit.member.name, visit.member.name)
    return _back(visit, number)


@routes.post("/complaints/{number}/join")
def join(visit: Member, number: str, who: Line) -> Response:
    """Say whose complaint it is."""
    visit.needs("manager", "clerk")
    visit.shop.complaints.join(number, who, visit.member.name)
    return _back(visit, number)


@routes.post("/complaints/{number}/sort")
def sort(visit: Member, number: str, cause: Line) -> Response:
    """Say what it is about."""
    visit.needs("manager", "clerk")
    visit.shop.complaints.sort(number, cause, visit.member.name)
    return _back(visit, number)


@routes.post("/complaints/{number}/{step}")
def move(visit: Member, number: str, step: str) -> Response:
    """Resolve, reopen, hold, unhold or dismiss it."""
    visit.needs("manager", "clerk")
    desk = visit.shop.complaints
    steps = {
        "resolve": desk.resolve,
        "reopen": desk.reopen,
        "hold": desk.hold,
        "unhold": desk.unhold,
        "dismiss": desk.dismiss,
    }
    if step not in steps:
        raise HuitouError("this cannot be done with a complaint")
    steps[step](number, visit.member.name)
    return _back(visit, number)


def _back(visit: Visit, number: str) -> Response:
    return visit.to(f"/complaints/{quote(number, safe='')}")


def _query(given: Mapping[str, str]) -> str:
    return urlencode({name: text.strip() for name, text in given.items() if text.strip()})


def _address(visit: Visit, query: str) -> str:
    return f"{visit.public_root}/p/complaint" + (f"?{query}" if query else "")


async def _kept(visit: Visit, upload: UploadFile) -> Attachment | None:
    if not upload.filename:
        return None
    raw = await upload.read(attachments.LARGEST + 1)
    return visit.shop.complaints.keep_file(upload.filename or "file", raw)


def _minor(text: str, currency: str) -> int:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and 0 < amount <= 10**9):
        raise HuitouError(f"{text!r} is no amount", to_try="5.00")
    return to_minor(amount, currency)
