"""Consent: who agreed to what by which channel, what waits to be read, and the rules of sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from huitou.care.consents.kinds import ANY, CHANNELS, PURPOSES
from huitou.doors.console.visit import Member
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.words import Sentence, said
from huitou.runs.desks.consents.views import (
    ConsentView,
    ImportedConsents,
    Overview,
    SendingCheck,
    SendingRules,
)

routes = APIRouter()

LARGEST = 20_000_000
"""Bytes of a file of consents."""
WAYS: Mapping[str, Sentence] = {**CHANNELS, ANY: said("Every channel")}


@dataclass(frozen=True)
class Page:
    """Consent in the shop."""

    told: Overview
    most: int
    """The longest bar."""
    taken: ImportedConsents | None = None


@dataclass(frozen=True)
class PersonPage:
    """One person's consent, and what would be said to them now."""

    told: ConsentView
    check: SendingCheck
    ways: Mapping[str, Sentence]
    purposes: Mapping[str, Sentence]


@dataclass(frozen=True)
class RulesPage:
    """The rules of sending."""

    told: SendingRules
    text: str
    error: HuitouError | None = None


@routes.get("/consents")
def consents(visit: Member) -> Response:
    """By channel, where it came from, why people left, and what waits to be read."""
    return _overview(visit)


@routes.get("/consents/of")
def of(visit: Member, who: str) -> Response:
    """One person: how it stands, every word with its proof, and what would be said now."""
    desk = visit.shop.consents
    page = PersonPage(desk.of(who), desk.check(who), WAYS, PURPOSES)
    return visit.page("consent.html", page)


@routes.post("/consents/give")
def give(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    channel: Annotated[str, Form(max_length=10)],
    purpose: Annotated[str, Form(max_length=16)] = "marketing",
    wording: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Somebody told staff that they agree."""
    visit.needs("manager", "clerk")
    visit.shop.consents.give(
        who, channel, purpose, by=visit.member.name, wording=wording, language=visit.language
    )
    return visit.to(f"/consents/of?who={quote(who, safe='')}")


@routes.post("/consents/again")
def ask_again(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    channel: Annotated[str, Form(max_length=10)],
) -> Response:
    """They ask for the message once more that asks whether it was they."""
    visit.needs("manager", "clerk")
    visit.shop.consents.ask_again(who, channel)
    return visit.to(f"/consents/of?who={quote(who, safe='')}")


@routes.post("/consents/withdraw")
def withdraw(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    channel: Annotated[str, Form(max_length=10)],
    purpose: Annotated[str, Form(max_length=16)] = "marketing",
) -> Response:
    """Somebody told staff that they do not want it."""
    visit.needs("manager", "clerk")
    visit.shop.consents.withdraw(who, channel, purpose, by=visit.member.name)
    return visit.to(f"/consents/of?who={quote(who, safe='')}")


@routes.post("/consents/forget")
def forget(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    sure: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Somebody asked to be forgotten; it cannot be taken back."""
    visit.needs("manager")
    if not sure:
        raise BadInput(said("Tick that you are sure: forgetting cannot be taken back."))
    visit.shop.forgetting.forget(who, visit.member.name)
    return visit.to("/consents")


@routes.post("/consents/settle")
def settle(
    visit: Member,
    heard: Annotated[str, Form(max_length=64)],
    refused: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Somebody has read what was written: a refusal, or not."""
    visit.needs("manager", "clerk")
    visit.shop.consents.settle(heard, refused=bool(refused), by=visit.member.name)
    return visit.to("/consents")


@routes.post("/consents/import")
def take(visit: Member, file: Annotated[UploadFile, File()]) -> Response:
    """Take consents from a file."""
    visit.needs("manager")
    raw = file.file.read(LARGEST + 1)
    if not file.filename or len(raw) > LARGEST:
        raise BadInput(said("Choose a CSV file of at most 20 MB."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise BadInput(said("The file must be UTF-8.")) from bad
    taken = visit.shop.consents.take_table(text, file.filename, visit.member.name)
    return _overview(visit, taken)


@routes.get("/settings/sending")
def rules(visit: Member) -> Response:
    """The rules of sending in force."""
    told = visit.shop.consents.rules()
    return visit.page("sending_rules.html", RulesPage(told, told.text))


@routes.post("/settings/sending")
def set_rules(visit: Member, text: Annotated[str, Form(max_length=200_000)]) -> Response:
    """Let other rules hold from now on; what cannot be read is shown again as it was typed."""
    visit.needs("manager")
    desk = visit.shop.consents
    try:
        desk.set_rules(text.replace("\r\n", "\n"), visit.member.name)
    except HuitouError as wrong:
        page = RulesPage(desk.rules(), text, wrong)
        return visit.page("sending_rules.html", page, status=422)
    return visit.to("/settings/sending")


def _overview(visit: Member, taken: ImportedConsents | None = None) -> Response:
    told = visit.shop.consents.overview()
    most = max((each.given + each.withdrawn for each in told.channels), default=0)
    return visit.page("consents.html", Page(told, most, taken))
