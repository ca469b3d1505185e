"""What may be done for a customer: the acts, what they cost, and adding one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.facts.life import STAGES
from huitou.ground.words import Sentence, said
from huitou.runs.desks.acts import read
from huitou.runs.views import ActView

routes = APIRouter()

OWN_KINDS: Mapping[str, Sentence] = {
    "thank": said("Thank-you note"),
    "remind": said("Reminder"),
    "surprise": said("Small gift"),
    "offer": said("Offer, in % off an order"),
    "red_packet": said("Red packet, an amount"),
    "voucher": said("Voucher with a least order"),
    "upgrade": said("Better service"),
    "amends": said("Apology with amends"),
    "step_up": said("One level up"),
    "call": said("Phone call"),
}
"""Kinds an act of one's own may be of, as the form offers them."""

EXCEPTED: Mapping[str, Sentence] = {
    "": said("No: nobody newer gets more than old customers"),
    "return": said("A private return offer, for who is leaving"),
    "trial": said("A trial sample for newcomers"),
    "amends": said("Amends for what went wrong"),
}


@dataclass(frozen=True)
class Drawn:
    """An act with its first guess on a line that all share."""

    act: ActView
    span: drawing.Span


@dataclass(frozen=True)
class Page:
    """The acts, and what the form offers."""

    drawn: Sequence[Drawn]
    kinds = OWN_KINDS
    excepted = EXCEPTED
    stages = STAGES

    @property
    def groups(self) -> tuple[tuple[Sentence, Sequence[Drawn]], ...]:
        """Own acts first, then those in use, then those that wait for words."""
        own = [each for each in self.drawn if each.act.own]
        ready = [each for each in self.drawn if each.act.ready and not each.act.own]
        wait = [each for each in self.drawn if not each.act.ready]
        named = ((said("Yours"), own), (said("In every plan"), ready), (said("They wait"), wait))
        return tuple((words, some) for words, some in named if some)


@routes.get("/acts")
def acts(visit: Member) -> Response:
    """The page of acts."""
    listed = [each for each in visit.shop.acts.listed() if each.kind != "nothing"]
    low, high = min(each.low for each in listed), max(each.high for each in listed)
    drawn = [
        Drawn(each, drawing.span(each.low, each.middle, each.high, low, high)) for each in listed
    ]
    return visit.page("acts.html", Page(drawn))


@routes.post("/acts")
async def add(visit: Member, request: Request) -> Response:
    """Add an act of one's own: the next draft may give it."""
    visit.needs("manager")
    form = await request.form()
    typed = {name: str(value)[:5_000] for name, value in form.items() if name != "csrf"}
    typed["stages"] = ",".join(str(each) for each in form.getlist("stage"))
    visit.shop.acts.add(read(typed, visit.shop.settings), visit.member.name)
    return visit.to("/acts")


@routes.post("/acts/{name}/remove")
def remove(visit: Member, name: str) -> Response:
    """Take an own act away; receipts go on naming it."""
    visit.needs("manager")
    visit.shop.acts.remove(name, visit.member.name)
    return visit.to("/acts")
