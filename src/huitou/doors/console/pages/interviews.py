"""Exit interviews: who was asked why they left, by which way, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.interviews.rules import WAYS
from huitou.care.reasons import WHYS
from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said
from huitou.journeys.asking import Script
from huitou.runs.desks.interviews.desk import InterviewView, Tally

routes = APIRouter(prefix="/interviews")

STATES: Mapping[str, Sentence] = {
    "asked": said("Waiting for their answer"),
    "answered": said("Answered"),
    "over": said("Not answered"),
}
MAIL: Mapping[str, Sentence] = {
    "unsent": said("e-mail waits to be sent"),
    "planned": said("e-mail waits for another try"),
    "handing_over": said("e-mail is on its way out"),
    "accepted": said("e-mail sent"),
    "refused": said("e-mail refused"),
    "in_doubt": said("nobody knows whether the e-mail left"),
    "suppressed": said("e-mail stopped"),
}
"""What became of the e-mail that asks."""
CLERKS = ("manager", "clerk")


@dataclass(frozen=True)
class Asking:
    """The page of interviews in one state."""

    rows: Sequence[InterviewView]
    state: str
    tally: Tally
    script: Script
    states: Mapping[str, Sentence]
    ways: Mapping[str, Sentence]
    mail: Mapping[str, Sentence]
    whys: Mapping[str, Sentence]
    on_paper: bool
    """Whether somebody waits for a sheet of paper."""


@routes.get("")
def listing(visit: Member, state: str = "asked") -> Response:
    """Who was asked, the latest first."""
    chosen = state if state in STATES else "asked"
    desk = visit.shop.interviews
    rows = desk.listed(chosen, 100)
    script, paper = desk.script(visit.language), any(row.channel == "paper" for row in rows)
    page = Asking(rows, chosen, desk.tally(), script, STATES, WAYS, MAIL, WHYS, paper)
    return visit.page("interviews.html", page)


@routes.post("/send")
def send(visit: Member) -> Response:
    """Send the e-mails that wait, each at most once."""
    visit.needs("manager")
    visit.shop.interviews.send()
    return visit.to("/interviews")


@routes.get("/sheets")
def sheets(visit: Member, interview: str | None = None) -> Response:
    """The sheets to print, as a page of their own."""
    content = visit.shop.interviews.sheets(interview)
    named = {"Content-Disposition": 'attachment; filename="interviews.html"'}
    return Response(content, media_type="text/html; charset=utf-8", headers=named)


@routes.post("/{interview_id}/answer")
def answer(
    visit: Member,
    interview_id: str,
    why: Annotated[str, Form()],
    where_to: Annotated[str, Form(max_length=200)] = "",
    words: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Write down what was said; the page then says what fits, and what may be promised."""
    visit.needs(*CLERKS)
    desk, by = visit.shop.interviews, visit.member.name
    desk.record(interview_id, why, where_to=where_to or None, words=words or None, by=by)
    return visit.to(f"/interviews?state=answered#i-{interview_id}")
