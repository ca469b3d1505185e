"""Alarms for programs: what rings, taking and ending it, and the rules."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.bells import AlarmRuleView, AlarmSummary, AlarmView, BellView, ReplayView

routes = APIRouter(prefix="/alarms", tags=["alarms"])

State = Annotated[str, Query(description="ringing, acknowledged, snoozed or closed.")]


class Pause(BaseModel):
    """How long an alarm is put off."""

    days: int = Field(ge=1, le=365)


class End(BaseModel):
    """How an alarm ended."""

    outcome: str = Field(description="reached, not_reached or false_alarm.")


class Turned(BaseModel):
    """A rule's switch and parameters; what is not named stays as it was."""

    on: bool | None = None
    parameters: dict[str, float] = Field(default_factory=dict)


class Tried(BaseModel):
    """Parameters to replay a rule with."""

    parameters: dict[str, float] = Field(default_factory=dict)


@routes.get("", responses=answers_of(BellView))
def bells(caller: Reader, state: State = "ringing") -> Any:
    """Customers with alarms in a state, one bell each, the largest value first."""
    return caller.write(caller.shop.alarms.bells(state))


@routes.get("/summary", responses=answer_of(AlarmSummary))
def summary(caller: Reader) -> Any:
    """How many customers have an alarm, what is at stake, and what nobody answered in time."""
    return caller.write(caller.shop.alarms.summary())


@routes.get("/rules", responses=answers_of(AlarmRuleView))
def rules(caller: Reader) -> Any:
    """Every rule, with how it would have done on the shop's own past."""
    return caller.write(caller.shop.alarms.rules())


@routes.post("/rules/{rule}", responses=answer_of(AlarmRuleView))
def change(caller: Planner, rule: str, turned: Turned) -> Any:
    """Switch a rule on or off, or turn its parameters."""
    desk = caller.shop.alarms
    kept = desk.set_rule(rule, caller.by, is_on=turned.on, parameters=turned.parameters)
    return caller.write(kept)


@routes.post("/rules/{rule}/replay", responses=answer_of(ReplayView))
def replay(caller: Reader, rule: str, tried: Tried) -> Any:
    """How a rule would have done with these parameters; nothing is changed."""
    return caller.write(caller.shop.alarms.replay(rule, tried.parameters))


@routes.get("/{alarm}", responses=answer_of(AlarmView))
def alarm(caller: Reader, alarm: str) -> Any:
    """One alarm with the three facts that moved it."""
    return caller.write(caller.shop.alarms.alarm(alarm))


@routes.post("/{alarm}/acknowledge", responses=answer_of(AlarmView))
def acknowledge(caller: Asker, alarm: str) -> Any:
    """Take it: it rings no more, and is not escalated."""
    caller.shop.alarms.acknowledge([alarm], caller.by)
    return caller.write(caller.shop.alarms.alarm(alarm))


@routes.post("/{alarm}/snooze", responses=answer_of(AlarmView))
def snooze(caller: Asker, alarm: str, pause: Pause) -> Any:
    """Put it off; it rings again when its time has come."""
    caller.shop.alarms.snooze([alarm], pause.days, caller.by)
    return caller.write(caller.shop.alarms.alarm(alarm))


@routes.post("/{alarm}/close", responses=answer_of(AlarmView))
def close(caller: Asker, alarm: str, end: End) -> Any:
    """Say how it ended; the same again changes nothing."""
    caller.shop.alarms.close([alarm], end.outcome, caller.by)
    return caller.write(caller.shop.alarms.alarm(alarm))
