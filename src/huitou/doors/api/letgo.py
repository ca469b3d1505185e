"""Customers who cost more than they bring, for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, AtTheTill, Planner, Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.letting_go.views import (
    CaseView,
    LetGoPage,
    LetGoView,
    NoticeView,
)

routes = APIRouter(prefix="/letgo", tags=["letgo"])

Who = Annotated[
    str, Field(min_length=1, max_length=200, description="Member number, phone, e-mail or id.")
]
Why = Annotated[str, Field(min_length=1, max_length=1000, description="Why, in a sentence.")]


class Customer(BaseModel):
    """One customer."""

    who: Who


class Decided(BaseModel):
    """A step that a human decided."""

    who: Who
    step: str = Field(max_length=10, description="no_offers, stricter or closed.")
    words: Why
    until: date | None = Field(None, description="Its last day.")
    letter: str | None = Field(None, max_length=6000, description="Other words than the drafted.")
    language: str | None = Field(None, max_length=8, description="Of the letter.")


class Words(BaseModel):
    """A reason."""

    words: Why


class Answered(BaseModel):
    """An answer to an objection."""

    words: Why
    granted: bool


@routes.get("", responses=answer_of(LetGoPage))
def page(caller: Reader) -> Any:
    """Whom to look at, with the evidence; what was decided; and whether it paid."""
    return caller.write(caller.shop.letting_go.page())


@routes.post("/case", responses=answer_of(CaseView))
def case(caller: Reader, customer: Customer, letter_in: str | None = None) -> Any:
    """One of them with the orders behind it, and the letter as it would be written."""
    return caller.write(caller.shop.letting_go.case(customer.who, letter_in))


@routes.post("/notice")
def notice(caller: AtTheTill, customer: Customer) -> Any:
    """What a clerk needs to know of who stands there; null where nothing holds."""
    found: NoticeView | None = caller.shop.letting_go.notice(customer.who)
    return caller.write(found)


@routes.post("", responses=answer_of(LetGoView))
def decide(caller: Planner, told: Decided) -> Any:
    """A human decided a step. The token stands for whoever holds it."""
    desk = caller.shop.letting_go
    return caller.write(
        desk.decide(
            told.who, told.step, told.words, caller.by,
            until=told.until, letter=told.letter, language=told.language,
        )
    )  # fmt: skip


@routes.get("/{step}", responses=answer_of(LetGoView))
def find(caller: Reader, step: str) -> Any:
    """One decision, and how it stands."""
    return caller.write(caller.shop.letting_go.find(step))


@routes.get("/{step}/letter")
def letter(caller: Reader, step: str) -> Any:
    """The letter as it is printed, with the link by which its reader objects."""
    return {"letter": caller.shop.letting_go.letter(step)}


@routes.post("/{step}/agree", responses=answer_of(LetGoView))
def agree(caller: Planner, step: str) -> Any:
    """A second person agrees."""
    return caller.write(caller.shop.letting_go.agree(step, caller.by))


@routes.post("/{step}/refuse", responses=answer_of(LetGoView))
def refuse(caller: Planner, step: str, told: Words) -> Any:
    """A second person does not agree."""
    return caller.write(caller.shop.letting_go.refuse(step, caller.by, told.words))


@routes.post("/{step}/lift", responses=answer_of(LetGoView))
def lift(caller: Planner, step: str, told: Words) -> Any:
    """Take a step back; it ends at once."""
    return caller.write(caller.shop.letting_go.lift(step, caller.by, told.words))


@routes.post("/{step}/appeal", responses=answer_of(LetGoView))
def appeal(caller: Asker, step: str, told: Words) -> Any:
    """Write down what a customer says against a step."""
    return caller.write(caller.shop.letting_go.appeal(step, told.words, caller.by))


@routes.post("/{step}/answer", responses=answer_of(LetGoView))
def answer(caller: Planner, step: str, told: Answered) -> Any:
    """Answer an objection: lifted, or it stands because somebody else looked again."""
    desk = caller.shop.letting_go
    return caller.write(desk.answer(step, caller.by, told.words, granted=told.granted))
