"""Consent for programs: what people agreed to and refuse, and what may be said to them now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Forgetter, Importer, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.consents.views import (
    Answered,
    ConsentView,
    HeardView,
    ImportedConsents,
    Overview,
    SendingCheck,
)
from huitou.runs.desks.forgetting import ForgottenView

routes = APIRouter(tags=["consents"])

Who = Annotated[str, Field(max_length=200, description="Member number, phone, e-mail or id.")]
Way = Literal["any", "email", "sms", "wecom", "wechat", "paper", "call"]
Purpose = Literal["marketing", "personalised", "service"]
Source = Literal["join_page", "till", "checkout", "reply", "preferences", "staff", "api"]


class Given(BaseModel):
    """Somebody agreed."""

    who: Who
    channel: Way
    purpose: Purpose = "marketing"
    source: Source = "api"
    wording: str = Field("", max_length=4000, description="The words they agreed to, as shown.")
    language: Literal["en", "zh-Hans", "zh-Hant"] | None = None
    at: datetime | None = Field(None, description="When, with its zone; now where it is left out.")
    confirmed: bool = Field(False, description="They gave a second yes already, to you.")


class Withdrawn(BaseModel):
    """Somebody does not want it any more."""

    who: Who
    channel: Way = "any"
    purpose: Purpose = "marketing"
    source: Source = "api"
    reason: str | None = Field(None, max_length=40)


class WrittenBack(BaseModel):
    """A text message or chat that came in."""

    channel: Literal["sms", "wecom", "wechat", "email"]
    address: str = Field(max_length=200, description="Phone or e-mail it came from.")
    text: str = Field(max_length=20_000)


class Settled(BaseModel):
    """What somebody wrote was a refusal, or was not."""

    refused: bool


class Table(BaseModel):
    """A file of consents."""

    name: str = Field("api", max_length=200)
    csv: str = Field(max_length=20_000_000)


@routes.get("/consents", responses=answer_of(Overview))
def overview(caller: Reader) -> Any:
    """Consent by channel, where it came from, why people left, and what waits to be read."""
    return caller.write(caller.shop.consents.overview())


@routes.get("/consents/of", responses=answer_of(ConsentView))
def of(caller: Reader, who: Annotated[str, Query(max_length=200)]) -> Any:
    """How it stands with one customer, and every word of theirs with its proof."""
    return caller.write(caller.shop.consents.of(who))


@routes.post("/consents", responses=answer_of(ConsentView))
def give(caller: Asker, told: Given) -> Any:
    """Somebody agreed; the same again changes nothing."""
    found = caller.shop.consents.give(
        told.who, told.channel, told.purpose, source=told.source, by=caller.by,
        wording=told.wording, language=told.language, at=told.at, confirmed=told.confirmed,
    )  # fmt: skip
    return caller.write(found)


class Again(BaseModel):
    """Somebody did not find the message that asks for their second yes."""

    who: Who
    channel: Literal["email", "sms"]


@routes.post("/consents/again", responses=answer_of(ConsentView))
def again(caller: Asker, told: Again) -> Any:
    """Send the message once more that asks whether it was they; a third is refused."""
    return caller.write(caller.shop.consents.ask_again(told.who, told.channel))


@routes.post("/consents/withdraw", responses=answer_of(ConsentView))
def withdraw(caller: Asker, told: Withdrawn) -> Any:
    """Somebody does not want it; it holds at once."""
    found = caller.shop.consents.withdraw(
        told.who, told.channel, told.purpose, source=told.source, by=caller.by, reason=told.reason
    )
    return caller.write(found)


@routes.post("/consents/import", responses=answer_of(ImportedConsents))
def take(caller: Importer, table: Table) -> Any:
    """Consents from a file; what customers have refused since, no file gives back."""
    return caller.write(caller.shop.consents.take_table(table.csv, table.name, caller.by))


@routes.get("/consents/waiting", responses=answers_of(HeardView))
def waiting(caller: Reader) -> Any:
    """What was written in own words and may be a refusal."""
    return caller.write(caller.shop.consents.overview().waiting)


@routes.post("/consents/heard", responses=answer_of(Answered))
def heard(caller: Asker, told: WrittenBack) -> Any:
    """Hand in what somebody wrote back: STOP, 退订 and their like are obeyed at once."""
    return caller.write(caller.shop.consents.heard(told.channel, told.address, told.text))


@routes.post("/consents/waiting/{heard_id}")
def settle(caller: Asker, heard_id: str, told: Settled) -> Any:
    """Somebody has read it."""
    caller.shop.consents.settle(heard_id, refused=told.refused, by=caller.by)
    return {"id": heard_id, "refused": told.refused}


@routes.get("/sending/check", responses=answer_of(SendingCheck))
def check(caller: Reader, who: Annotated[str, Query(max_length=200)]) -> Any:
    """What would be said to each kind of message to a customer now, and why; nothing is sent."""
    return caller.write(caller.shop.consents.check(who))


class Declared(BaseModel):
    """Somebody told in which country they are."""

    who: Who
    country: str = Field(min_length=2, max_length=2, description="Its two letters: CN, TW, DE.")


@routes.post("/consents/country", responses=answer_of(SendingCheck))
def declare(caller: Asker, told: Declared) -> Any:
    """Keep the law of the country somebody says they are in; what would be said to them now."""
    return caller.write(caller.shop.consents.declare(told.who, told.country))


class Gone(BaseModel):
    """Somebody asked to be forgotten."""

    who: Who


@routes.post("/forget", responses=answer_of(ForgottenView))
def forget(caller: Forgetter, gone: Gone) -> Any:
    """Forget somebody for good: no row says any more who they were; sums and sales stay."""
    return caller.write(caller.shop.forgetting.forget(gone.who, caller.by))
