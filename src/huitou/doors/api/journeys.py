"""Journeys, for programs: written, tried on the past, started, paused, stopped, looked at."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.journeys.views import (
    FlowView,
    JourneyView,
    PlaybookView,
    SimulationView,
    WalkerView,
)

routes = APIRouter(prefix="/journeys", tags=["journeys"])

MOST_TEXT = 64 * 1024


class Written(BaseModel):
    """A journey as it is written."""

    text: str = Field(min_length=1, max_length=MOST_TEXT, description="YAML, see the how-to.")


class Tried(BaseModel):
    """A journey to be tried on the past: its text, or the name of one that is kept."""

    text: str | None = Field(None, max_length=MOST_TEXT)
    name: str | None = Field(None, max_length=40)
    weeks: int = Field(8, ge=1, le=26)


@routes.get("", responses=answers_of(JourneyView))
def journeys(caller: Reader) -> Any:
    """Every journey, those that run first."""
    return caller.write(caller.shop.journeys.listed(caller.language))


@routes.get("/playbooks", responses=answers_of(PlaybookView))
def playbooks(caller: Reader) -> Any:
    """The journeys that are shipped, to be taken and changed."""
    return caller.write(caller.shop.journeys.playbooks(caller.language))


@routes.post("/check", responses=answer_of(FlowView))
def check(caller: Reader, told: Written) -> Any:
    """Whether a text is a journey, drawn; 422 with the line of what is wrong."""
    return caller.write(caller.shop.journeys.drawn(told.text, caller.language))


@routes.post("/simulate", responses=answer_of(SimulationView))
def simulate(caller: Reader, told: Tried) -> Any:
    """What a journey would have done in the last weeks; nothing is kept and nothing is sent."""
    asked = told.text or told.name or ""
    desk = caller.shop.journeys
    return caller.write(desk.simulate(asked, told.weeks, language=caller.language))


@routes.post("", responses=answer_of(FlowView))
def keep(caller: Planner, told: Written) -> Any:
    """Keep a journey as a draft, or as a new version of one that is there."""
    return caller.write(caller.shop.journeys.keep(told.text, caller.by))


@routes.post("/playbooks/{name}", responses=answer_of(FlowView))
def take(caller: Planner, name: str) -> Any:
    """Take a playbook as a draft of one's own."""
    return caller.write(caller.shop.journeys.take(name, caller.by))


@routes.post("/tick")
def tick(caller: Planner) -> Any:
    """Do what is due now: the house does it by itself every minute while it is open."""
    return caller.write(caller.shop.journeys.tick())


@routes.get("/{name}", responses=answer_of(FlowView))
def show(caller: Reader, name: str, version: int | None = Query(None, ge=1, le=2**31 - 1)) -> Any:
    """A journey: its nodes, who stands where, and how people left."""
    return caller.write(caller.shop.journeys.shown(name, version, caller.language))


@routes.get("/{name}/people", responses=answers_of(WalkerView))
def people(
    caller: Reader,
    name: str,
    node: str | None = Query(None, max_length=40),
    after: str | None = Query(None, max_length=400),
    limit: int = Query(50, ge=1, le=1000),
) -> Any:
    """Who is inside; `after` is the `mark` of the last one seen."""
    found = caller.shop.journeys.people(name, node=node, after=after, limit=limit)
    return caller.write(found)


@routes.post("/{name}/start", responses=answer_of(FlowView))
def start(caller: Planner, name: str) -> Any:
    """People come in by the newest version from now on."""
    return caller.write(caller.shop.journeys.start(name, caller.by))


@routes.post("/{name}/pause", responses=answer_of(FlowView))
def pause(caller: Planner, name: str) -> Any:
    """Nobody comes in and nobody moves until it is started again."""
    return caller.write(caller.shop.journeys.pause(name, caller.by))


@routes.post("/{name}/stop", responses=answer_of(FlowView))
def stop(caller: Planner, name: str) -> Any:
    """Nobody comes in, whoever is inside leaves, and messages that wait are taken back."""
    return caller.write(caller.shop.journeys.stop(name, caller.by))


@routes.post("/{name}/move")
def move(caller: Planner, name: str) -> Any:
    """Those inside by an older version walk on by the one that runs."""
    return {"name": name, "moved": caller.shop.journeys.move_on(name, caller.by)}
