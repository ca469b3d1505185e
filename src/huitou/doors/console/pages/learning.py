"""Try an idea with proof: plan a test on one page, see those that run, and ask the past again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member, Visit
from huitou.facts.life import STAGE_NAMES
from huitou.ground.errors import BadInput, HuitouError, NotYet
from huitou.ground.money import to_minor
from huitou.ground.words import Sentence, said
from huitou.proof.policies import Policy

if TYPE_CHECKING:
    from huitou.runs.desks.learning.replays import ReplayView
    from huitou.runs.desks.learning.trials import ContrastView, Idea, SizedView, TestPlan, TestView

routes = APIRouter()

STATUS: Mapping[str, tuple[str, Sentence]] = {
    "enrolling": ("new", said("Takes people in")),
    "running": ("slipping", said("Being watched")),
    "over": ("active", said("Over")),
}
"""Status -> tone and name."""

VERDICTS: Mapping[str, tuple[str, Sentence]] = {
    "too_early": ("new", said("Too early")),
    "unfair": ("lost", said("Nothing is said")),
    "better": ("active", said("Better, proven")),
    "worse": ("lost", said("Worse, proven")),
    "not_proven": ("slipping", said("Not proven")),
    "too_few": ("slipping", said("Too few to tell")),
}

OUTCOMES: Mapping[str, Sentence] = {
    "visits": said("Visits"),
    "profit": said("Profit"),
}

CHOICES: Mapping[str, Sentence] = {
    "without_offer": said("No offers at all"),
    "thank": said("A thank-you in place of each offer"),
    "without_call": said("No calls"),
    "best": said("Everybody the best act: no control, nothing drawn"),
    "budget": said("With less money for each plan"),
    "share": said("With less risked for one customer"),
}
"""What the past can be asked, on one page."""


@dataclass(frozen=True)
class Tests:
    """The planner, and every test."""

    __test__ = False

    acts: tuple[str, ...]
    stages: tuple[str, ...]
    lift: str
    outcome: str
    planned: TestPlan | None
    not_yet: Sentence | str | None
    tests: Sequence[TestView]
    every_act: tuple[str, ...]
    """Acts in use, the shop's own too; word of a fix is owed, and no test."""
    statuses = STATUS
    verdicts = VERDICTS
    outcomes = OUTCOMES
    every_stage = tuple(STAGE_NAMES.items())

    def reach(self, size: SizedView) -> tuple[float, float] | None:
        """Widths of bars: what one plan sees, and what a year of them sees; 100 is as usual."""
        if size.detectable is None or size.detectable_year is None:
            return None
        most = max(size.detectable, size.detectable_year, 1e-9)
        return (
            drawing.share_width(size.detectable, most),
            drawing.share_width(size.detectable_year, most),
        )

    def span(self, test: TestView, each: ContrastView) -> drawing.Span | None:
        """A difference on a line with room for all of its outcome, and for zero."""
        theirs = [one for one in test.contrasts if one.outcome == each.outcome]
        ends = [abs(end) for one in theirs for end in (one.low, one.high) if end is not None]
        if each.difference is None or each.low is None or each.high is None:
            return None
        reach = max(ends, default=0.0) * 1.1 or 1.0
        return drawing.span(each.low, each.difference, each.high, -reach, reach)


@dataclass(frozen=True)
class Replay:
    """The past asked again."""

    chosen: str
    amount: str
    found: ReplayView | None
    trouble: Sentence | str | None
    choices = CHOICES

    @property
    def span(self) -> drawing.Span | None:
        """Where the answer stands."""
        if self.found is None or self.found.value is None:
            return None
        return drawing.range_span(self.found.value)


@routes.get("/tests")
def tests(
    visit: Member,
    act: Annotated[list[str] | None, Query(max_length=6)] = None,
    stage: Annotated[list[str] | None, Query(max_length=6)] = None,
    lift: Annotated[str, Query(max_length=8)] = "10",
    outcome: Annotated[str, Query(max_length=10)] = "visits",
) -> Response:
    """Plan a test of these acts; nothing is written down by looking."""
    from huitou.runs.desks.learning.trials import USUAL_ARMS, USUAL_STAGES

    acts, stages = tuple(act or USUAL_ARMS), tuple(stage or USUAL_STAGES)
    read_by = outcome if outcome in OUTCOMES else "visits"
    planned, trouble = None, None
    try:
        planned = visit.shop.tests.plan(_idea(acts, stages, lift, read_by))
    except HuitouError as why:
        trouble = why.spoken
    every = tuple(each.name for each in visit.shop.acts.listed() if each.ready)
    offered = tuple(name for name in every if name != "mended")
    return visit.page(
        "tests.html", Tests(acts, stages, lift, read_by, planned, trouble, _every(visit), offered)
    )


@routes.post("/tests")
def start(
    visit: Member,
    act: Annotated[list[str], Form(max_length=6)],
    stage: Annotated[list[str], Form(max_length=6)],
    lift: Annotated[str, Form(max_length=8)],
    outcome: Annotated[str, Form(max_length=10)],
    name: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Write the test down; the next plans obey it."""
    visit.needs("owner", "manager")
    idea = _idea(tuple(act), tuple(stage), lift, outcome)
    visit.shop.tests.start(idea, name, visit.member.name)
    return visit.to("/tests")


@routes.post("/tests/{test_id}/stop")
def stop(visit: Member, test_id: str) -> Response:
    """Nobody more comes into it."""
    visit.needs("owner", "manager")
    visit.shop.tests.stop(test_id, visit.member.name)
    return visit.to("/tests")


@routes.get("/replay")
def replay(
    visit: Member,
    other: Annotated[str, Query(max_length=20)] = "",
    amount: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Had you decided otherwise."""
    found, trouble = None, None
    if other in CHOICES:
        try:
            found = visit.shop.replays.ask(_policy(visit, other, amount))
        except HuitouError as why:
            trouble = why.spoken
    return visit.page("replay.html", Replay(other, amount, found, trouble))


def _every(visit: Visit) -> Sequence[TestView]:
    try:
        return visit.shop.tests.tests()
    except NotYet:
        return ()


def _idea(acts: tuple[str, ...], stages: tuple[str, ...], lift: str, outcome: str) -> Idea:
    from huitou.runs.desks.learning.trials import Idea

    told = {"stages": stages, "outcome": outcome, "hoped": float(_number(lift, "10") / 100)}
    return Idea.of(acts, **told)


def _policy(visit: Visit, other: str, amount: str) -> Policy:
    if other == "budget":
        money = visit.shop.settings.money
        return Policy(budget=to_minor(_number(amount, "300"), money))
    if other == "share":
        return Policy(share_of_value=float(_number(amount, "30") / 100))
    return {
        "without_offer": Policy(without=frozenset({"offer"})),
        "thank": Policy(instead={"offer": "thank"}),
        "without_call": Policy(without=frozenset({"call"})),
        "best": Policy(drawing=False),
    }[other]


def _number(text: str, like: str) -> Decimal:
    try:
        value = Decimal(text.strip().rstrip("%"))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise BadInput(f"{text!r} is no number", to_try=like)
    return value
