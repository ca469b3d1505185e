"""`huitou test` and `huitou replay`: try an idea with proof, and ask the past again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import headed, surely
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.desks.learning.trials import Idea, TestPlan, TestView

app = typer.Typer(
    no_args_is_help=True,
    help="Plan a test: what it needs, start it, see what it showed.",
)

Acts = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ACT]…", help="nothing thank offer_10, unless named; equal shares."),
]
Stages = Annotated[
    list[str] | None, typer.Option("--stage", help="Who may be in it: slipping and lost.")
]
Lift = Annotated[float, typer.Option(metavar="%", help="The effect worth proving, in %.")]
Read = Annotated[str, typer.Option("--outcome", help="Read by visits or by profit.")]
Days = Annotated[int | None, typer.Option(help="Days each person is watched; the horizon.")]
Test = Annotated[str, typer.Argument(metavar="TEST", help="As `huitou test list` names it.")]
By = Annotated[str, typer.Option(help="Who says so; it is kept.")]


@app.command()
def plan(
    ctx: typer.Context,
    acts: Acts = None,
    stages: Stages = None,
    lift: Lift = 10.0,
    outcome: Read = "visits",
    days: Days = None,
    as_json: AsJson = False,
) -> None:
    """What a test would need and see, from the shop's own past; nothing is written down."""
    found = desk(ctx).shop().tests.plan(_idea(acts, stages, lift, outcome, days))
    if as_json:
        answer(found)
        return
    _say_plan(found)


@app.command()
def start(
    ctx: typer.Context,
    acts: Acts = None,
    stages: Stages = None,
    lift: Lift = 10.0,
    outcome: Read = "visits",
    days: Days = None,
    name: Annotated[str, typer.Option(help="What you call it.")] = "",
    most: Annotated[int | None, typer.Option(min=1, help="People wanted; what it needs.")] = None,
    by: By = "owner",
    as_json: AsJson = False,
) -> None:
    """Write a test down; the next plans obey it."""
    tests = desk(ctx).shop().tests
    made = tests.start(_idea(acts, stages, lift, outcome, days), name, by, most)
    found = tests.test(made)
    if as_json:
        answer(found)
        return
    _say_test(found)


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """All tests, the newest first."""
    found = desk(ctx).shop().tests.tests()
    if as_json:
        answer(found)
        return
    for each in found:
        _say_test(each)
    if not found:
        screen().print("No test was written down yet: huitou test plan")


@app.command()
def show(ctx: typer.Context, test: Test, as_json: AsJson = False) -> None:
    """One test, and what it showed once it is over."""
    found = desk(ctx).shop().tests.test(test)
    if as_json:
        answer(found)
        return
    _say_test(found)


@app.command()
def stop(ctx: typer.Context, test: Test, by: By = "owner", as_json: AsJson = False) -> None:
    """Nobody more comes into it; who is in it is still read."""
    tests = desk(ctx).shop().tests
    tests.stop(test, by)
    found = tests.test(test)
    if as_json:
        answer(found)
        return
    _say_test(found)


def replay(
    ctx: typer.Context,
    without: Annotated[
        list[str] | None, typer.Option(metavar="ACT", help="Without this act, or kind of act.")
    ] = None,
    instead: Annotated[
        list[str] | None, typer.Option(metavar="OLD=NEW", help="offer=thank: one for another.")
    ] = None,
    budget: Annotated[str | None, typer.Option(help="With less money a plan: 300")] = None,
    share_of_value: Annotated[
        float | None, typer.Option(help="With less risked for one customer: 0.3")
    ] = None,
    best_only: Annotated[
        bool, typer.Option("--best-only", help="No control, nothing drawn to learn.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 183,
    as_json: AsJson = False,
) -> None:
    """Had you decided otherwise: what that would have brought, or why it cannot be said."""
    from huitou.doors.cli.plans import to_minor
    from huitou.proof.policies import Policy

    shop = desk(ctx).shop()
    policy = Policy(
        drawing=not best_only,
        without=frozenset(without or ()),
        instead=dict(_pair(each) for each in instead or ()),
        budget=None if budget is None else to_minor(budget, shop.settings.money),
        share_of_value=share_of_value,
    )
    found = shop.replays.ask(policy, days)
    if as_json:
        answer(found)
        return
    out = screen()
    for sentence in (*found.otherwise, *found.words):
        out.print(f"  {sentence}")
    plans = "1 plan" if found.plans == 1 else f"{found.plans} plans"
    out.print(
        f"  {plans}, {found.decisions:,} decisions from {found.since} to {found.until};"
        f" {found.differing:,} would have differed"
    )
    if found.value is not None:
        out.print(f"  {surely(found.value)}")


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise HuitouError(f"{text!r} is no pair of acts", to_try="--instead offer=thank")
    return old, new


def _idea(
    acts: list[str] | None,
    stages: list[str] | None,
    lift: float,
    outcome: str,
    days: int | None,
) -> Idea:
    from huitou.runs.desks.learning.trials import OUTCOMES, USUAL_ARMS, USUAL_STAGES, Idea

    if outcome not in OUTCOMES:
        raise HuitouError(f"a test is not read by {outcome!r}", to_try="visits, or profit")
    told = {"stages": tuple(stages or USUAL_STAGES), "outcome": outcome, "hoped": lift / 100}
    return Idea.of(tuple(acts or USUAL_ARMS), days=days, **told)


def _say_plan(found: TestPlan) -> None:
    out = screen()
    out.print(headed(" · ".join(found.idea.arms), f"; {', '.join(found.idea.stages)}"))
    for sentence in found.words:
        out.print(f"  {sentence}")
    for size in found.sizes:
        out.print(headed(size.outcome))
        for sentence in size.words:
            out.print(f"  {sentence}")


def _say_test(found: TestView) -> None:
    out = screen()
    out.print(
        headed(found.name, f": {found.status}, {found.verdict.replace('_', ' ')} [{found.id}]")
    )
    arms = ", ".join(f"{act} {n:,}" for act, n in found.people.items())
    out.print(f"  {arms}; read by {found.outcome} over {found.days} days")
    for sentence in found.words:
        out.print(f"  {sentence}")
    for each in found.contrasts:
        out.print(f"  {each.act} against {found.base}, {each.outcome}: {each.words}")
