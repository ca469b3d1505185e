"""Planned tests and the past asked again, for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Planner, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.errors import HuitouError
from huitou.ground.money import to_minor
from huitou.proof.policies import Policy
from huitou.runs.desks.learning.replays import ReplayView
from huitou.runs.desks.learning.trials import (
    USUAL_ARMS,
    USUAL_HOPE,
    USUAL_STAGES,
    Idea,
    TestPlan,
    TestView,
)

routes = APIRouter(tags=["learning"])

Name = Annotated[str, Field(min_length=1, max_length=40)]


class Wanted(BaseModel):
    """What is to be tried."""

    acts: list[Name] = Field(default=list(USUAL_ARMS), min_length=2, max_length=5)
    stages: list[Name] = Field(default=list(USUAL_STAGES), min_length=1, max_length=6)
    outcome: Literal["visits", "profit"] = "visits"
    lift: float = Field(USUAL_HOPE, gt=0, le=10, description="Share worth proving: 0.1")
    days: int | None = Field(None, ge=7, le=365)

    @property
    def idea(self) -> Idea:
        """As the desk takes it."""
        told = {"stages": tuple(self.stages), "outcome": self.outcome, "hoped": self.lift}
        return Idea.of(self.acts, days=self.days, **told)


class Started(Wanted):
    """A test to write down."""

    name: str = Field("", max_length=120)
    most: int | None = Field(None, ge=1, le=10**9, description="People wanted in it.")


@routes.get("/tests", responses=answers_of(TestView))
def tests(caller: Reader) -> Any:
    """Tests that were written down, the newest first, each with what is known of it."""
    return caller.write(caller.shop.tests.tests())


@routes.post("/tests/plan", responses=answer_of(TestPlan))
def plan(caller: Reader, wanted: Wanted) -> Any:
    """What a test would need and see; nothing is written down."""
    return caller.write(caller.shop.tests.plan(wanted.idea))


@routes.get("/tests/{test_id}", responses=answer_of(TestView))
def test(caller: Reader, test_id: str) -> Any:
    """One test with what is known of it."""
    return caller.write(caller.shop.tests.test(test_id))


@routes.post("/tests", responses=answer_of(TestView))
def start(caller: Planner, wanted: Started) -> Any:
    """Write a test down; the next plans obey it."""
    desk = caller.shop.tests
    made = desk.start(wanted.idea, wanted.name, caller.by, wanted.most)
    return caller.write(desk.test(made))


@routes.post("/tests/{test_id}/stop", responses=answer_of(TestView))
def stop(caller: Planner, test_id: str) -> Any:
    """Nobody more comes into it; who is in it is still read."""
    caller.shop.tests.stop(test_id, caller.by)
    return caller.write(caller.shop.tests.test(test_id))


@routes.get("/replay", responses=answer_of(ReplayView))
def replay(
    caller: Reader,
    without: Annotated[list[Name] | None, Query(description="Acts or kinds not done.")] = None,
    instead: Annotated[list[Name] | None, Query(description="offer=thank")] = None,
    budget: Annotated[Decimal | None, Query(ge=0, le=10**12)] = None,
    share_of_value: Annotated[float | None, Query(ge=0, le=1)] = None,
    best_only: bool = False,
    days: Annotated[int, Query(ge=1, le=3650)] = 183,
) -> Any:
    """What another way of deciding would have brought in these days; or why that is not said."""
    money = caller.shop.settings.money
    policy = Policy(
        drawing=not best_only,
        without=frozenset(without or ()),
        instead=_pairs(instead or []),
        budget=None if budget is None else to_minor(budget, money),
        share_of_value=share_of_value,
    )
    return caller.write(caller.shop.replays.ask(policy, days))


def _pairs(told: list[str]) -> dict[str, str]:
    pairs = {}
    for each in told:
        old, sign, new = each.partition("=")
        if not (old and sign and new):
            raise HuitouError(f"{each!r} is no pair of acts", to_try="offer=thank")
        pairs[old] = new
    return pairs
