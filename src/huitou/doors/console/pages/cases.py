"""Cases of the lost: whom to ask, what to ask, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.reasons import WHYS
from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said
from huitou.runs.views import CaseView

routes = APIRouter()

STATES: Mapping[str, Sentence] = {
    "open": said("To be asked"),
    "answered": said("Answered"),
    "returned": said("Came back"),
    "closed": said("Closed"),
}


@dataclass(frozen=True)
class Cases:
    """The cases of one state, and what staff may write down."""

    cases: Sequence[CaseView]
    status: str
    states: Mapping[str, Sentence]
    whys: Mapping[str, Sentence]


@routes.get("/cases")
def cases(visit: Member, status: str = "open") -> Response:
    """The page of cases, the worthiest first."""
    chosen = status if status in STATES else "open"
    return visit.page("cases.html", Cases(visit.shop.cases(chosen), chosen, STATES, WHYS))


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
    return visit.to("/cases")
