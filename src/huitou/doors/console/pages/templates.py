"""The texts of messages: the list, one text with its preview in each language, and a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from huitou.channels.templates.shipped import SHARED
from huitou.doors.console.visit import Member
from huitou.ground.channels import CHANNELS
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence
from huitou.runs.desks.sending.views import PreviewView, TemplateView, Tested

routes = APIRouter()

SHEET_POLICY = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'self'",
    )
)
"""A mail is drawn with its own styles, and may do nothing else: no script, no form, no picture
from elsewhere, not even read where it is."""


@dataclass(frozen=True)
class Listed:
    """One occasion: its texts by channel, each with its languages."""

    name: str
    subject: str
    channels: Sequence[tuple[Sentence, Sequence[TemplateView]]]


@dataclass(frozen=True)
class List:
    """The page of all texts."""

    listed: Sequence[Listed]


@dataclass(frozen=True)
class One:
    """The page of one text."""

    text: TemplateView
    others: Sequence[TemplateView]
    versions: Sequence[TemplateView]
    preview: PreviewView | None
    trouble: str
    person: str
    tested: Tested | None = None
    shared = SHARED
    channels = CHANNELS


@routes.get("/templates")
def templates(visit: Member) -> Response:
    """The list."""
    by_name: dict[str, list[TemplateView]] = {}
    for each in visit.shop.templates.listed():
        by_name.setdefault(each.name, []).append(each)
    listed = [_listed(name, texts, visit.language) for name, texts in by_name.items()]
    return visit.page("templates.html", List(listed))


@routes.get("/templates/{name}/{channel}/{language}")
def template(
    visit: Member, name: str, channel: str, language: str, person: str = "", tested: str = ""
) -> Response:
    """One text, with its preview."""
    return visit.page("template.html", _one(visit, name, channel, language, person))


@routes.get("/templates/{name}/{channel}/{language}/sheet")
def sheet(visit: Member, name: str, channel: str, language: str, person: str = "") -> Response:
    """The mail itself, for the frame in the page: it may do nothing but be looked at."""
    view = visit.shop.templates.preview(name, channel, language, _who(visit, person))
    return HTMLResponse(view.html, headers={"content-security-policy": SHEET_POLICY})


@routes.post("/templates/{name}/{channel}/{language}")
def save(
    visit: Member,
    name: str,
    channel: str,
    language: str,
    body: Annotated[str, Form(max_length=200_000)],
    subject: Annotated[str, Form(max_length=300)] = "",
    names: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Keep a new version."""
    visit.needs("manager")
    told = [each.strip() for each in names.split(",") if each.strip()]
    text = body.replace("\r\n", "\n")
    visit.shop.templates.save(name, channel, language, subject, text, visit.member.name, told)
    return visit.to(f"/templates/{name}/{channel}/{language}")


@routes.post("/templates/{name}/{channel}/{language}/test")
def test(
    visit: Member, name: str, channel: str, language: str, to: Annotated[str, Form(max_length=200)]
) -> Response:
    """Send the text to somebody of the house, and say what became of it."""
    visit.needs("manager")
    made = visit.shop.templates.test(name, channel, language, to, visit.member.name)
    return visit.page("template.html", _one(visit, name, channel, language, "", made))


def _one(
    visit: Member,
    name: str,
    channel: str,
    language: str,
    person: str,
    tested: Tested | None = None,
) -> One:
    desk = visit.shop.templates
    text = desk.show(name, channel, language)
    others = [each for each in desk.listed() if each.name == name]
    preview, trouble = None, ""
    try:
        preview = desk.preview(name, channel, language, _who(visit, person))
    except HuitouError as bad:
        trouble = bad.sentence
    versions = desk.versions(name, channel, language)
    return One(text, others, versions, preview, trouble, person, tested)


def _who(visit: Member, person: str) -> str:
    return visit.shop.person(person).row.id if person else ""


def _listed(name: str, texts: Sequence[TemplateView], language: str) -> Listed:
    mails = [each for each in texts if each.subject]
    shown = next((each for each in mails if each.language == language), mails[0] if mails else None)
    channels = {each.channel: CHANNELS[each.channel] for each in texts}
    by_channel = [
        (words, [each for each in texts if each.channel == channel])
        for channel, words in channels.items()
    ]
    return Listed(name, shown.subject if shown else "", by_channel)
