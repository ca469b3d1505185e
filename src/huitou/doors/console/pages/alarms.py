"""Alarms: today's bells with the facts behind them, and the rules that ring them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said
from huitou.runs.bells import AlarmRouteView, AlarmRuleView, AlarmSummary, BellView, ReplayView

routes = APIRouter()

STATES: Mapping[str, Sentence] = {
    "ringing": said("Ringing"),
    "acknowledged": said("Taken"),
    "snoozed": said("Put off"),
    "closed": said("Over"),
}

OUTCOMES: Mapping[str, Sentence] = {
    "reached": said("We spoke with them"),
    "not_reached": said("Could not reach them"),
    "false_alarm": said("Nothing was wrong"),
    "came_back": said("Came back by themselves"),
    "settled": said("Its cause is gone"),
    "merged": said("Two customers were one"),
}
"""The first three are what staff choose from."""

NEEDS: Mapping[str, Sentence] = {
    "purchases": said("orders"),
    "forecast": said("the forecast"),
    "complaints": said("complaints"),
    "happenings": said("what is told of bookings, payments and packs"),
}
PAUSES = (1, 7, 30)
"""Days an alarm may be put off with one tap."""


@dataclass(frozen=True)
class Alarms:
    """Bells of one state, and what may be done about them."""

    bells: Sequence[BellView]
    state: str
    summary: AlarmSummary
    states: Mapping[str, Sentence]
    outcomes: Mapping[str, Sentence]
    pauses: tuple[int, ...] = PAUSES


@dataclass(frozen=True)
class Rules:
    """The rules with their switches; `tried` is a rule as it would do with other parameters."""

    rules: Sequence[AlarmRuleView]
    routes: Sequence[AlarmRouteView]
    needs: Mapping[str, Sentence]
    outcomes: Mapping[str, Sentence]
    tried: str | None = None
    trial: ReplayView | None = None
    typed: Mapping[str, float] | None = None

    def replay(self, rule: AlarmRuleView) -> ReplayView | None:
        """What is shown beside a rule: the trial where this is the one that is tried."""
        return self.trial if rule.name == self.tried else rule.replay

    def value(self, rule: AlarmRuleView, name: str, kept: float) -> str:
        """A parameter as its field shows it."""
        typed = self.typed if rule.name == self.tried and self.typed else {}
        return f"{typed.get(name, kept):g}"


@routes.get("/alarms")
def alarms(visit: Member, state: str = "ringing") -> Response:
    """The page of bells, the largest value first."""
    chosen = state if state in STATES else "ringing"
    desk = visit.shop.alarms
    page = Alarms(desk.bells(chosen), chosen, desk.summary(), STATES, OUTCOMES)
    return visit.page("alarms.html", page)


@routes.post("/alarms/take")
def take(visit: Member, alarm: Annotated[list[str], Form()]) -> Response:
    """Take these alarms: they ring no more."""
    visit.needs("manager", "clerk")
    visit.shop.alarms.acknowledge(alarm, visit.member.name)
    return visit.to("/alarms")


@routes.post("/alarms/snooze")
def snooze(
    visit: Member, alarm: Annotated[list[str], Form()], days: Annotated[int, Form()]
) -> Response:
    """Put these alarms off."""
    visit.needs("manager", "clerk")
    visit.shop.alarms.snooze(alarm, days, visit.member.name)
    return visit.to("/alarms")


@routes.post("/alarms/close")
def close(
    visit: Member, alarm: Annotated[list[str], Form()], outcome: Annotated[str, Form()]
) -> Response:
    """Write down how these alarms ended."""
    visit.needs("manager", "clerk")
    visit.shop.alarms.close(alarm, outcome, visit.member.name)
    return visit.to("/alarms")


@routes.get("/alarms/rules")
def rules(visit: Member, request: Request, rule: str | None = None) -> Response:
    """The rules; with `rule` and its parameters in the address, how it would do with those."""
    desk = visit.shop.alarms
    shown = Rules(desk.rules(), desk.routes(), NEEDS, OUTCOMES)
    if rule is not None:
        typed = _numbers(dict(request.query_params), "rule")
        trial = desk.replay(rule, typed)
        shown = Rules(shown.rules, shown.routes, NEEDS, OUTCOMES, rule, trial, typed)
    return visit.page("alarm_rules.html", shown)


@routes.post("/alarms/rules/{rule}")
async def change(visit: Member, rule: str, request: Request) -> Response:
    """Switch a rule, or keep its parameters."""
    visit.needs("manager")
    form = {name: str(value) for name, value in (await request.form()).items()}
    is_on = {"on": True, "off": False}.get(form.get("switch", ""))
    typed = _numbers(form, "switch", "csrf")
    visit.shop.alarms.set_rule(rule, visit.member.name, is_on=is_on, parameters=typed)
    return visit.to(f"/alarms/rules#{rule}")


def _numbers(form: Mapping[str, str], *besides: str) -> dict[str, float]:
    return {name: _number(name, text) for name, text in form.items() if name not in besides}


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise HuitouError(f"{name}: {text!r} is not a number") from None
