"""Desks of planned tests and of replays, with made-up answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.words import said
from huitou.proof.policies import Policy
from huitou.runs.desks.learning.replays import ReplayView
from huitou.runs.desks.learning.trials import (
    ContrastView,
    Idea,
    SizedView,
    TestPlan,
    TestView,
)
from huitou.runs.people import money_range

NASTY = '<script>alert("test")</script>'


class FakeTests:
    """One test that takes people in, and one that is over."""

    def __init__(self) -> None:
        self.started: list[tuple[Idea, str, str, int | None]] = []
        self.stopped: list[tuple[str, str]] = []

    def plan(self, idea: Idea) -> TestPlan:
        if "offer_10" in idea.arms and "loyal" in idea.stages:
            raise HuitouError("offer_10 is only for: slipping, lost")
        words = (said("Nothing is usual here, so no share of it can be proven."),)
        sizes = (
            SizedView("visits", 0.2, 0.4, 0.1, 12_558, 13, 104, 0.35, 0.14, words),
            SizedView("profit", 2_000, 5_000, 0.2, 90_000, None, None, 1.8, 0.7, words),
        )
        return TestPlan(idea, 56, 900, sizes, words)

    def start(self, idea: Idea, name: str, by: str, most: int | None = None) -> str:
        self.started.append((idea, name, by, most))
        return "t1"

    def stop(self, test_id: str, by: str) -> None:
        self.test(test_id)
        self.stopped.append((test_id, by))

    def tests(self) -> tuple[TestView, ...]:
        return (self.test("t1"), self.test("t2"))

    def test(self, test_id: str) -> TestView:
        if test_id not in ("t1", "t2"):
            raise HuitouError(f"there is no test {test_id!r}", to_try="huitou test list")
        over = test_id == "t2"
        contrast = ContrastView(
            "thank", "visits", 400, 410, 0.05, 0.01, 0.09, "better",
            said("Of 100 people {more} more came, between {low} and {high}.",
                 more=5, low=1, high=9),
        )  # fmt: skip
        few = ContrastView(
            "thank", "profit", 4, 5, None, None, None, "too_few",
            said("{people} against {base} people are too few to compare.", people=4, base=5),
        )  # fmt: skip
        return TestView(
            id=test_id,
            name=NASTY,
            status="over" if over else "enrolling",
            arms={"nothing": 0.5, "thank": 0.5},
            base="nothing",
            stages=("lost",),
            outcome="visits",
            most=1_000,
            days=56,
            enrol_until=date(2012, 6, 1),
            by="owner",
            at=datetime(2011, 12, 1, tzinfo=UTC),
            stopped_by=None,
            people={"nothing": 410, "thank": 400},
            read_on=None,
            verdict="better" if over else "too_early",
            contrasts=(contrast, few) if over else (),
            words=(said("{n} of {most} people are in it.", n=810, most=1_000),),
        )


class FakeReplays:
    """Answers about offers, refuses about calls, and knows no plans with less money."""

    def __init__(self) -> None:
        self.asked: list[tuple[Policy, int]] = []

    def ask(self, policy: Policy, days: int = 183) -> ReplayView:
        self.asked.append((policy, days))
        if policy.budget is not None:
            raise NotYet("no plan of these months has been applied")
        refused = "call" in policy.without
        told: dict[str, Any] = {
            "since": date(2011, 6, 1),
            "until": date(2011, 11, 30),
            "plans": 3,
            "decisions": 9_000,
            "differing": 900,
            "comparable": 880,
            "needed": 20.0,
            "aside": 90,
            "otherwise": policy.words,
        }
        if refused:
            words = (said("Nobody would have been treated otherwise, so nothing would differ."),)
            return ReplayView("refused", "too_few", effective=4.2, value=None, words=words, **told)
        value = money_range(12_000, 3_000, 21_000, "GBP", 0.95)
        words = (said("That is more, beyond what chance alone does."),)
        return ReplayView("answered", "answered", effective=80.0, value=value, words=words, **told)
