"""Sending: which ways out there are, what became of messages, what is in doubt, and the stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.ground.channels import CHANNELS
from huitou.ground.words import Sentence
from huitou.runs.desks.sending.views import (
    STATES,
    WAYS,
    ChannelView,
    SendingRow,
    StopView,
)

routes = APIRouter()

TONES: Mapping[str, str] = {
    "planned": "muted",
    "claimed": "new",
    "handing_over": "new",
    "accepted": "active",
    "assigned": "returned",
    "refused": "lost",
    "in_doubt": "slipping",
    "suppressed": "not_yet",
    "expired": "not_yet",
    "cancelled": "not_yet",
}
"""State -> its colour on the bars; words say the same."""


@dataclass(frozen=True)
class Part:
    """One state of a channel's messages, as a piece of its bar."""

    state: str
    words: Sentence
    count: int
    start: float
    length: float
    tone: str


@dataclass(frozen=True)
class Drawn:
    """A channel with its bar."""

    channel: ChannelView
    words: Sentence
    parts: Sequence[Part]


@dataclass(frozen=True)
class Page:
    """Everything on the page."""

    stop: StopView
    drawn: Sequence[Drawn]
    doubts: Sequence[SendingRow]
    rows: Sequence[SendingRow]
    state: str
    states = STATES
    channels = CHANNELS
    tones = TONES
    ways = WAYS

    @property
    def barred(self) -> bool:
        """Whether any address is barred."""
        return any(each.channel.barred for each in self.drawn)


@routes.get("/sending")
def sending(visit: Member, state: str = "") -> Response:
    """The page of sending; `state` shows the messages in that state alone."""
    desk = visit.shop.sending
    chosen = state if state in STATES and state != "assigned" else ""
    page = Page(
        desk.stopped(),
        [_drawn(each) for each in desk.channels()],
        desk.doubts()[:50],
        desk.listed(chosen or None, limit=30),
        chosen,
    )
    return visit.page("sending.html", page)


@routes.post("/sending/stop")
def stop(visit: Member, why: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Nothing more leaves: anybody of staff may say so."""
    visit.shop.sending.stop(visit.member.name, why)
    return visit.to("/sending")


@routes.post("/sending/go")
def go(visit: Member) -> Response:
    """Sending goes on."""
    visit.needs("manager")
    visit.shop.sending.go(visit.member.name)
    return visit.to("/sending")


@routes.post("/sending/settle")
def settle(
    visit: Member,
    sending: Annotated[str, Form(max_length=64)],
    found: Annotated[str, Form(max_length=10)],
) -> Response:
    """Say what became of a message in doubt."""
    visit.needs("manager")
    visit.shop.sending.settle(sending, arrived=found == "arrived", by=visit.member.name)
    return visit.to("/sending#doubt")


@routes.post("/sending/unbar")
def unbar(
    visit: Member,
    channel: Annotated[str, Form(max_length=10)],
    address: Annotated[str, Form(max_length=320)],
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """An address takes messages again, for a reason that is kept."""
    visit.needs("manager")
    visit.shop.sending.unbar(channel, address, why, visit.member.name)
    return visit.to("/sending")


def _drawn(channel: ChannelView) -> Drawn:
    parts: list[Part] = []
    start = 0.0
    for state, words in STATES.items():
        count = channel.counts.get(state, 0)
        if count:
            length = 100 * count / channel.total
            parts.append(Part(state, words, count, round(start, 2), round(length, 2), TONES[state]))
            start += length
    return Drawn(channel, CHANNELS[channel.channel], parts)
