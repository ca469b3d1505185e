"""Sending, for programs: what waits or is in doubt, the stop, texts, and reports coming in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Importer, Planner, Reader, front
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.errors import BadInput
from huitou.runs.desks.sending.reporting import LARGEST, Call
from huitou.runs.desks.sending.views import (
    ChannelView,
    CheckView,
    PreviewView,
    SendingRow,
    SentView,
    StopView,
    TemplateView,
)

routes = APIRouter(tags=["sending"])


class Found(BaseModel):
    """What somebody found out about a message in doubt."""

    arrived: bool


class Why(BaseModel):
    """Why sending is stopped."""

    why: str = Field("", max_length=300)


class Due(BaseModel):
    """What to hand over."""

    channels: list[str] = Field(default_factory=list, max_length=7)


class Granted(BaseModel):
    """A customer allowed messages in WeChat."""

    id: str = Field(min_length=1, max_length=64, description="The same again counts once.")
    openid: str = Field(min_length=1, max_length=64)
    template_id: str = Field(min_length=1, max_length=64)
    times: int = Field(1, ge=1, le=100)


class Left(BaseModel):
    """How many messages are allowed now."""

    granted: int


class Taken(BaseModel):
    """How many reports a call held, and how many of them were news."""

    reports: int
    news: int


class Written(BaseModel):
    """A text as its author writes it."""

    subject: str = Field("", max_length=300)
    body: str = Field(min_length=1, max_length=200_000)
    names: list[str] = Field(default_factory=list, max_length=50)


@routes.get("/sending", responses=answers_of(ChannelView))
def channels(caller: Reader) -> Any:
    """Every way out: whether it is set up, what it lacks, what became of its messages."""
    return caller.write(caller.shop.sending.channels())


@routes.get("/sending/messages", responses=answers_of(SendingRow))
def messages(
    caller: Reader, state: str | None = None, channel: str | None = None, limit: int = 50
) -> Any:
    """Messages, the latest change first."""
    rows = caller.shop.sending.listed(state, channel, limit=max(1, min(limit, 1000)))
    return caller.write(rows)


@routes.get("/sending/doubts", responses=answers_of(SendingRow))
def doubts(caller: Reader) -> Any:
    """Messages of which nobody knows whether they arrived; none is ever sent again."""
    return caller.write(caller.shop.sending.doubts())


@routes.post("/sending/messages/{sending}/settle", responses=answer_of(SendingRow))
def settle(caller: Planner, sending: str, found: Found) -> Any:
    """Say what became of a message in doubt."""
    done = caller.shop.sending.settle(sending, arrived=found.arrived, by=caller.by)
    return caller.write(done)


class Unbarred(BaseModel):
    """An address that may be written to again."""

    channel: str = Field(max_length=10)
    address: str = Field(max_length=320)
    why: str = Field(min_length=1, max_length=500)


@routes.post("/sending/unbar")
def unbar(caller: Planner, told: Unbarred) -> Any:
    """Let an address that was barred take messages again; why is kept."""
    caller.shop.sending.unbar(told.channel, told.address, told.why, caller.by)
    return {"channel": told.channel, "unbarred": True}


@routes.post("/sending/send", responses=answers_of(SentView))
def send(caller: Planner, due: Due) -> Any:
    """Hand over what is due now."""
    return caller.write(caller.shop.sending.send(due.channels))


@routes.get("/sending/stop", responses=answer_of(StopView))
def stopped(caller: Reader) -> Any:
    """Whether sending is stopped."""
    return caller.write(caller.shop.sending.stopped())


@routes.post("/sending/stop", responses=answer_of(StopView))
def stop(caller: Planner, why: Why) -> Any:
    """Nothing more leaves, at once."""
    return caller.write(caller.shop.sending.stop(caller.by, why.why))


@routes.post("/sending/go", responses=answer_of(StopView))
def go(caller: Planner) -> Any:
    """Sending goes on."""
    return caller.write(caller.shop.sending.go(caller.by))


@routes.post("/wechat/grants", responses=answer_of(Left))
def grant(caller: Importer, given: Granted) -> Any:
    """A customer allowed messages in WeChat: one grant, one message."""
    left = caller.shop.sending.grant(given.id, given.openid, given.template_id, given.times)
    return {"granted": left}


@routes.get("/templates", responses=answers_of(TemplateView))
def templates(caller: Reader) -> Any:
    """Every text in use; version 0 is the house's own."""
    return caller.write(caller.shop.templates.listed())


@routes.get("/templates/{name}/{channel}/{written_in}", responses=answer_of(TemplateView))
def template(caller: Reader, name: str, channel: str, written_in: str) -> Any:
    """One text as it is written."""
    return caller.write(caller.shop.templates.show(name, channel, written_in))


@routes.put("/templates/{name}/{channel}/{written_in}", responses=answer_of(TemplateView))
def save(caller: Planner, name: str, channel: str, written_in: str, told: Written) -> Any:
    """Keep a new version; the same text again changes nothing."""
    saved = caller.shop.templates.save(
        name, channel, written_in, told.subject, told.body, caller.by, told.names
    )
    return caller.write(saved)


@routes.post("/templates/{name}/{channel}/{written_in}/check", responses=answer_of(CheckView))
def check(caller: Reader, name: str, channel: str, written_in: str, told: Written) -> Any:
    """Whether a text can be used; nothing is kept."""
    from huitou.channels.templates.shipped import Text, text

    known = text(name, channel, written_in)
    names = tuple(told.names) or (known.names if known else ())
    draft = Text(name, channel, written_in, 0, told.subject, told.body, names)
    return caller.write(caller.shop.templates.check(draft))


@routes.get("/templates/{name}/{channel}/{written_in}/preview", responses=answer_of(PreviewView))
def preview(
    caller: Reader, name: str, channel: str, written_in: str, person: str | None = None
) -> Any:
    """A text as one person would get it; an example where nobody is named."""
    who = caller.shop.person(person).row.id if person else ""
    return caller.write(caller.shop.templates.preview(name, channel, written_in, who))


@routes.post("/reports/{provider}", response_model=Taken)
async def report(request: Request, provider: str) -> Any:
    """What a provider tells of messages. Needs no token: the call itself is signed."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise BadInput("the report is too large")
    shop, _staff = front(request)
    root = (shop.settings.public_url or str(request.base_url)).rstrip("/")
    query = f"?{request.url.query}" if request.url.query else ""
    call = Call(
        provider,
        f"{root}/v1/reports/{provider}{query}",
        dict(request.query_params),
        {name.lower(): value for name, value in request.headers.items()},
        body,
        _form(request, body),
    )
    return shop.sending.reported(call)


def _form(request: Request, body: bytes) -> dict[str, str]:
    from urllib.parse import parse_qsl

    if "form" not in request.headers.get("content-type", ""):
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
