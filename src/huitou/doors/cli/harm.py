"""`huitou harm`: what our own letters did harm, and the guardrail that stops those that do."""

from __future__ import annotations

from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import headed, share

app = typer.Typer(
    invoke_without_command=True,
    help="What our own letters did harm; stop a campaign, or lift a stop.",
)

Plan = Annotated[str, typer.Argument(metavar="PLAN", help="From `huitou plan list`.")]
By = Annotated[str, typer.Option(help="Who says so; it is kept.")]


@app.callback()
def harm(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Each campaign against its own control: silence, complaints, customers and profit lost."""
    if ctx.invoked_subcommand is not None:
        return
    found = desk(ctx).shop().harm.seen()
    if as_json:
        answer(found)
        return
    out = screen()
    for sentence in found.words:
        out.print(f"  {sentence}")
    for each in found.campaigns:
        state = "stopped" if each.is_stopped else each.verdict.replace("_", " ")
        out.print(headed(f"plan {each.plan}", f": {state}"))
        arms = f"{each.people:,} not held out, {each.held_out:,} held out"
        out.print(f"  {arms}; looked {each.looks} times")
        for sentence in (*each.words, *(line.words for line in each.lines)):
            out.print(f"  {sentence}")
    for step in found.pressure:
        out.print(
            f"  {step.messages} letters meant within 90 days: {share(step.share)} asked to be left "
            f"alone, {share(step.share_control)} of their control ({step.people:,} and "
            f"{step.control:,} people)"
        )


@app.command()
def stop(ctx: typer.Context, plan: Plan, by: By, as_json: AsJson = False) -> None:
    """Hand over nothing more of a plan."""
    desk(ctx).shop().harm.stop(plan, by)
    _told(plan, "stopped", as_json=as_json)


@app.command()
def lift(ctx: typer.Context, plan: Plan, by: By, as_json: AsJson = False) -> None:
    """Let a stopped plan go on; `huitou plan apply` then hands over what waits."""
    desk(ctx).shop().harm.lift(plan, by)
    _told(plan, "lifted", as_json=as_json)


def _told(plan: str, state: str, *, as_json: bool) -> None:
    if as_json:
        answer({"plan": plan, "state": state})
    else:
        screen().print(f"{plan}: {state}.")
