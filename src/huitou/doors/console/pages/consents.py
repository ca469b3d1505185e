"""Consent: who agreed to what by which channel, what waits to be read, and the rules of sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from huitou.care.consents.kinds import CHANNELS, PURPOSES
from huitou.doors.console.typed import a_table
from huitou.doors.console.visit import Member
from huitou.ground.channels import ANY
from huitou.ground.errors import BadInput
from huitou.ground.words import Sentence, said
from huitou.runs.desks.consents.views import (
    ConsentView,
    ImportedConsents,
    Overview,
    SendingCheck,
)

routes = APIRouter()

LARGEST_MB = 20
"""Of a file of consents."""
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


@routes.post("/consents/country")
def declare(
    visit: Member,
    who: Annotated[str, Form(max_length=200)],
    country: Annotated[str, Form(max_length=10)],
) -> Response:
    """Somebody told staff in which country they are: its law is kept for them."""
    visit.needs("manager", "clerk")
    visit.shop.consents.declare(who, country)
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
    text = a_table(file, LARGEST_MB)
    taken = visit.shop.consents.take_table(text, file.filename or "", visit.member.name)
    return _overview(visit, taken)


@routes.get("/settings/sending")
def rules(visit: Member) -> Response:
    """The rules of sending in force."""
    return visit.page("sending_rules.html", visit.shop.consents.rules())


def _overview(visit: Member, taken: ImportedConsents | None = None) -> Response:
    told = visit.shop.consents.overview()
    most = max((each.given + each.withdrawn for each in told.channels), default=0)
    return visit.page("consents.html", Page(told, most, taken))
