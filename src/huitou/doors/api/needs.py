"""What is due when, and machines, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.care.machines.rules import Machine
from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.needs import MachineView, NeedsView, NeedView, QuoteView, TakenView

routes = APIRouter(tags=["needs"])


class Told(BaseModel):
    """A machine that somebody owns."""

    serial: str = Field(min_length=1, max_length=120)
    product: str = Field(min_length=1, max_length=200)
    person: str = Field(max_length=200, description="Id, member number, phone or e-mail.")
    installed_on: date
    company: str | None = Field(None, max_length=200)


class Noted(BaseModel):
    """A reading of its use, or without one a service that was done."""

    day: date
    reading: int | None = Field(None, ge=0, le=10**12)
    words: str = Field("", max_length=2_000)


class File(BaseModel):
    """A CSV of machines, readings and services."""

    csv: str = Field(max_length=10_000_000)


@routes.get("/needs", responses=answer_of(NeedsView))
def seen(caller: Reader) -> Any:
    """What is due in the coming days, and the likeliest of the week."""
    return caller.write(caller.shop.needs.seen())


@routes.get("/needs/of/{person}", responses=answers_of(NeedView))
def of(caller: Reader, person: str) -> Any:
    """What one customer needs, the earliest first."""
    return caller.write(caller.shop.needs.of(person))


@routes.get("/machines", responses=answers_of(MachineView))
def machines(caller: Reader, person: str | None = None) -> Any:
    """All machines in use, or those of one customer."""
    return caller.write(caller.shop.needs.machines(person))


@routes.post("/machines", responses=answer_of(MachineView))
def enter(caller: Asker, told: Told) -> Any:
    """Write a machine down; the same again changes nothing."""
    made = Machine(told.serial, told.product, told.installed_on)
    return caller.write(caller.shop.needs.enter(told.person, made, caller.by, told.company))


@routes.post("/machines/import", responses=answer_of(TakenView))
def take(caller: Asker, told: File) -> Any:
    """Take a CSV in, whole or not at all."""
    return caller.write(caller.shop.needs.take(told.csv, caller.by))


@routes.post("/machines/{serial}/notes")
def note(caller: Asker, serial: str, told: Noted) -> Any:
    """A reading of its use, or a service that was done."""
    desk = caller.shop.needs
    new = desk.note(serial, told.day, caller.by, reading=told.reading, words=told.words)
    return {"new": new}


@routes.post("/machines/{serial}/quote", responses=answer_of(QuoteView))
def quote(caller: Asker, serial: str) -> Any:
    """Promise its owner what the list gives for it; again says the same while it holds."""
    return caller.write(caller.shop.needs.quote(serial))


@routes.delete("/machines/{serial}")
def retire(caller: Asker, serial: str) -> Any:
    """It is not used any more."""
    caller.shop.needs.retire(serial)
    return {"retired": serial}
