"""What may be done for a customer, for programs: every act, and acts of the shop's own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.views import ActView

routes = APIRouter(prefix="/acts", tags=["acts"])


class Cost(BaseModel):
    """A share of the shop's usual basket, or minor units; not both."""

    share: float | None = Field(None, ge=0, le=10)
    amount: int | None = Field(None, ge=0, le=10**12)


class Told(BaseModel):
    """An act of the shop's own, as `acts.toml` writes one."""

    name: str = Field(min_length=1, max_length=40, description="Small letters, digits and _.")
    kind: str = Field(max_length=20)
    claim: str = Field(min_length=1, max_length=200)
    depth: float = Field(0, ge=0, le=0.95, description="Share off one order, for an offer.")
    taken: Cost | None = Field(None, description="What it costs when taken.")
    given: Cost | None = Field(None, description="What it costs for each.")
    least: Cost | None = Field(None, description="Least order of a voucher.")
    minutes: float = Field(0.5, ge=0, le=480)
    attention: float = Field(0.001, ge=0, le=1)
    stock: int | None = Field(None, ge=0, le=10**9, description="How many there are to give.")
    stages: list[str] = Field(default_factory=list, max_length=6)
    causes: list[str] = Field(default_factory=list, max_length=30)
    excepted: str = Field("", max_length=20, description="return, trial or amends.")
    letters: dict[str, tuple[str, str]] = Field(
        default_factory=dict, description="Language -> subject and text."
    )


@routes.get("", responses=answers_of(ActView))
def acts(caller: Reader) -> Any:
    """Every act: what it costs, who may get it, and where its first guess comes from."""
    return caller.write(caller.shop.acts.listed())


@routes.post("", responses=answer_of(ActView))
def add(caller: Planner, told: Told) -> Any:
    """Add an act of the shop's own; plans are drafted with it from now on."""
    return caller.write(caller.shop.acts.add(told.model_dump(exclude_none=True), caller.by))


@routes.delete("/{name}")
def remove(caller: Planner, name: str) -> Any:
    """Take an own act away; receipts go on naming it."""
    caller.shop.acts.remove(name, caller.by)
    return {"name": name, "removed": True}
