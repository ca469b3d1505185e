"""Today's calls, for a clerk with a telephone in one hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.calls.outcomes import OUTCOMES, Outcome
from huitou.care.reasons import GROUPS, LEAVE_ALONE, Reason, of_group
from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.ground.errors import BadInput
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.words import Sentence
from huitou.runs.desks.calls.views import CallList, CallSheet, Written
from huitou.runs.verdicts import ProofView

routes = APIRouter()


@dataclass(frozen=True)
class Calls:
    """The page of calls."""

    found: CallList
    clerk: str | None
    done: Written | None
    """The call that was written down a moment ago."""
    proofs: Sequence[ProofView]
    outcomes: Mapping[str, Sentence]

    @property
    def waiting(self) -> int:
        """Calls on all lists that are shown."""
        return sum(len(day.calls) for day in self.found.days)

    @property
    def reasons(self) -> tuple[tuple[Sentence, tuple[Reason, ...]], ...]:
        """The tree of reasons, as it is ticked; to be left alone has a button of its own."""
        branches = ((GROUPS[group], of_group(group)) for group in GROUPS)
        return tuple(
            (words, tuple(each for each in leaves if each.name != LEAVE_ALONE))
            for words, leaves in branches
        )

    @property
    def tomorrow(self) -> date:
        """The first day to call back on."""
        return self.found.day + timedelta(days=1)

    @property
    def next_week(self) -> date:
        """A week from today."""
        return self.found.day + timedelta(days=7)

    def says(self, call: CallSheet) -> Callable[[Sentence], str]:
        """Says a sentence in the customer's language."""
        return speaker(call.language).say

    def others(self, call: CallSheet) -> Sequence[tuple[str, str, Callable[[Sentence], str]]]:
        """The other languages: tag, own name, and how to say a sentence in it."""
        return [
            (tag, name, speaker(tag).say) for tag, name in LANGUAGES.items() if tag != call.language
        ]


@routes.get("/calls")
def calls(visit: Member, clerk: str | None = None, done: str | None = None) -> Response:
    """Today's calls: one's own, or of the clerk who is chosen."""
    desk = visit.shop.calls
    found = desk.today(clerk or None)
    mine = visit.member.name
    if clerk is None and mine in found.clerks:
        clerk, found = mine, desk.today(mine)
    written = desk.written(done) if done else None
    page = Calls(found, clerk or None, written, desk.proofs(), OUTCOMES)
    return visit.page("calls.html", page)


@routes.post("/calls/draw")
def draw(visit: Member) -> Response:
    """Bring the list up to date."""
    visit.needs("manager", "clerk")
    visit.shop.calls.draw()
    return visit.to("/calls")


@routes.post("/calls/ask")
def ask(visit: Member, who: Annotated[str, Form(max_length=200)]) -> Response:
    """Put somebody on the list by hand."""
    visit.needs("manager", "clerk")
    call = visit.shop.calls.sheet(visit.shop.calls.ask(who, visit.member.name))
    return visit.to(f"/calls?{urlencode({'clerk': call.clerk})}#call-{call.id}")


@routes.post("/calls/{call_id}/outcome")
def outcome(
    visit: Member,
    call_id: str,
    code: Annotated[str, Form()],
    words: Annotated[str, Form(max_length=2000)] = "",
    minutes: Annotated[int, Form(ge=0, le=1440)] = 0,
    next_day: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=40)] = "",
    where_to: Annotated[str, Form(max_length=200)] = "",
    depth: Annotated[str, Form(max_length=10)] = "",
    clerk: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Write down what came of a call."""
    visit.needs("manager", "clerk")
    told = Outcome(
        code=code,
        words=words.strip() or None,
        minutes=minutes,
        next_day=a_day(next_day) if next_day else None,
        why=why or None,
        where_to=where_to.strip() or None,
    )
    visit.shop.calls.write(call_id, told, visit.member.name, depth=_depth(depth))
    asked = {"clerk": clerk, "done": call_id}
    return visit.to(f"/calls?{urlencode({name: value for name, value in asked.items() if value})}")


def _depth(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as bad:
        raise BadInput(f"{text!r} is no share of a price", to_try="0.1") from bad
