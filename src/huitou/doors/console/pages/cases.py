"""Case files of the lost: the board, one file, and the lessons in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.casefiles.notes import KINDS, Note
from huitou.care.reasons import WHYS
from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.errors import BadInput
from huitou.ground.money import to_minor
from huitou.ground.words import Sentence, said
from huitou.runs.desks.cases.views import CaseFile, CaseList, LessonGroup
from huitou.runs.views import TimelineEntry

routes = APIRouter()

STATES: Mapping[str, Sentence] = {
    "open": said("To be asked"),
    "answered": said("Answered"),
    "returned": said("Came back"),
    "closed": said("Closed"),
}
TONES = {"open": "lost", "answered": "slipping", "returned": "active", "closed": "muted"}
SHOWN = 8
"""Entries of the time line that open with the page."""
BOUGHT = ("order", "return")


@dataclass(frozen=True)
class Cases:
    """The page of cases: how it was chosen, and what was found."""

    found: CaseList
    status: str | None
    owner: str | None
    states: Mapping[str, Sentence]
    tones: Mapping[str, str]

    def address(self, **other: str | None) -> str:
        """The address of this choice with some parts changed."""
        asked = {"status": self.status or "any", "owner": self.owner, **other}
        return f"/cases?{urlencode({name: value for name, value in asked.items() if value})}"


@dataclass(frozen=True)
class Mark:
    """One thing on the drawn time line, in percent of its width and height."""

    kind: str
    at: float
    height: float
    words: Sentence


@dataclass(frozen=True)
class Strip:
    """A customer's history on one line: what they bought above, what else happened below."""

    bought: tuple[Mark, ...]
    happened: tuple[Mark, ...]
    silent_from: float
    """Where the silence begins, in percent."""


@dataclass(frozen=True)
class FilePage:
    """The page of one case."""

    file: CaseFile
    strip: Strip | None
    states: Mapping[str, Sentence]
    tones: Mapping[str, str]
    kinds: Mapping[str, Sentence]
    whys: Mapping[str, Sentence]

    @property
    def first(self) -> Sequence[TimelineEntry]:
        """The latest of what happened."""
        return self.file.timeline[:SHOWN]

    @property
    def rest(self) -> Sequence[TimelineEntry]:
        """What happened before that."""
        return self.file.timeline[SHOWN:]


@dataclass(frozen=True)
class Lessons:
    """The lessons, by cause."""

    groups: tuple[LessonGroup, ...]
    me: str


@routes.get("/cases")
def cases(
    visit: Member, status: str = "open", owner: str | None = None, after: str | None = None
) -> Response:
    """The page of cases by state and owner, the worthiest first."""
    chosen = None if status == "any" else status if status in STATES else "open"
    found = visit.shop.casefiles.listed(status=chosen, owner=owner or None, after=after)
    return visit.page("cases.html", Cases(found, chosen, owner or None, STATES, TONES))


@routes.post("/cases/open")
def open_case(visit: Member, who: Annotated[str, Form(max_length=200)]) -> Response:
    """Open a case by hand, and go to its file."""
    visit.needs("manager", "clerk")
    return _file(visit, visit.shop.casefiles.open(who, visit.member.name))


@routes.get("/cases/lessons")
def lessons(visit: Member) -> Response:
    """What cases have taught."""
    return visit.page("lessons.html", Lessons(visit.shop.casefiles.lessons(), visit.member.name))


@routes.post("/cases/lessons/{lesson}/heard")
def heard(visit: Member, lesson: int, who: Annotated[str, Form(max_length=120)] = "") -> Response:
    """Somebody has read a lesson, or was told it."""
    visit.shop.casefiles.hear(lesson, who.strip() or visit.member.name)
    return visit.to("/cases/lessons")


@routes.get("/cases/{case_id}")
def case(visit: Member, case_id: str) -> Response:
    """The file of one case."""
    file = visit.shop.casefiles.file(case_id)
    page = FilePage(file, strip(file), STATES, TONES, KINDS, WHYS)
    return visit.page("casefile.html", page)


@routes.post("/cases/{case_id}/answer")
def answer(
    visit: Member,
    case_id: str,
    why: Annotated[str, Form()],
    where_to: Annotated[str, Form(max_length=200)] = "",
    words: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Write down what the customer said; who wants to be left alone is, at once."""
    visit.needs("manager", "clerk")
    visit.shop.answer_case(
        case_id,
        why,
        where_to=where_to.strip() or None,
        words=words.strip() or None,
        by=visit.member.name,
    )
    return _file(visit, case_id)


@routes.post("/cases/{case_id}/assign")
def assign(
    visit: Member, case_id: str, owner: Annotated[str, Form(max_length=120)] = ""
) -> Response:
    """Put somebody on the case; without a name, whoever asks."""
    visit.needs("manager", "clerk")
    visit.shop.casefiles.assign(case_id, owner.strip() or visit.member.name)
    visit.shop.calls.draw()
    return _file(visit, case_id)


@routes.post("/cases/{case_id}/note")
def note(
    visit: Member,
    case_id: str,
    kind: Annotated[str, Form()],
    words: Annotated[str, Form(max_length=4000)] = "",
    minutes: Annotated[str, Form(max_length=6)] = "",
    cost: Annotated[str, Form(max_length=20)] = "",
    cause: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Write a line into the file."""
    visit.needs("manager", "clerk")
    about = cause if kind in ("found", "lesson") and cause else None
    line = Note(kind, words.strip(), _whole(minutes), _amount(visit, cost), about)
    visit.shop.casefiles.write(case_id, line, visit.member.name)
    return _file(visit, case_id)


@routes.post("/cases/{case_id}/close")
def close(visit: Member, case_id: str, words: Annotated[str, Form(max_length=2000)]) -> Response:
    """End a case that is not followed any further."""
    visit.needs("manager", "clerk")
    visit.shop.casefiles.close(case_id, words.strip(), visit.member.name)
    return _file(visit, case_id)


def strip(file: CaseFile) -> Strip | None:
    """The history as a drawing; None where there is too little of it to draw."""
    days = [entry.day for entry in file.timeline]
    if not days or min(days) == max(days):
        return None
    first, length = min(days), (max(days) - min(days)).days
    most = max((entry.amount.minor for entry in file.timeline), default=0) or 1

    def mark(entry: TimelineEntry) -> Mark:
        at = 1.5 + 97 * (entry.day - first).days / length
        height = 20 + drawing.share_width(abs(entry.amount.minor), most) * 0.8
        return Mark(entry.kind, round(at, 2), round(height, 1), entry.words)

    marks = [mark(entry) for entry in file.timeline]
    orders = [each.at for each in marks if each.kind == "order"]
    return Strip(
        tuple(each for each in marks if each.kind in BOUGHT),
        tuple(each for each in marks if each.kind not in BOUGHT),
        max(orders, default=0.0),
    )


def _file(visit: Member, case_id: str) -> Response:
    return visit.to(f"/cases/{quote(case_id, safe='')}")


def _whole(text: str) -> int:
    if not text.strip():
        return 0
    if not text.strip().isdecimal():
        raise BadInput(f"{text!r} is no number of minutes", to_try="10")
    return int(text)


def _amount(visit: Member, text: str) -> int:
    if not text.strip():
        return 0
    try:
        return to_minor(Decimal(text.strip()), visit.shop.settings.money)
    except InvalidOperation as bad:
        raise BadInput(f"{text!r} is no amount", to_try="12.50") from bad
