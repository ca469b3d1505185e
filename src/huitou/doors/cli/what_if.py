"""`huitou what-if`: what a change of churn, repeat rate, margin or cost would be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import grid, headed, surely

if TYPE_CHECKING:
    from huitou.runs.desks.what_if import LeverView

Change = Annotated[str, typer.Option(metavar="FROM:TO", help="In percent; TO alone: from today's.")]


def what_if(
    ctx: typer.Context,
    churn: Change = "",
    repeat: Change = "",
    margin: Change = "",
    cost: Annotated[
        str, typer.Option(metavar="FROM:TO", help="Of a new customer, in the shop's currency.")
    ] = "",
    years: Annotated[float, typer.Option(help="Over how many years.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """What a change would be worth, by the forecast of this shop's own customers.

    `huitou what-if --churn 10:5 --years 5`
    """
    told = {"churn": churn, "repeat": repeat, "margin": margin, "cost": cost}
    found = desk(ctx).shop().what_if(told, years)
    if as_json:
        answer(found)
        return
    out = screen()
    for sentence in found.words:
        out.print(str(sentence))
    out.print(grid([_row(each) for each in found.levers]))
    if any(each.added for each in found.levers):
        out.print(f"  all together: {surely(found.added)}")
    out.print(headed("\nWhat the data cannot say"))
    for sentence in found.unknown:
        out.print(f"  {sentence}")


def _row(each: LeverView) -> dict[str, Any]:
    return {
        "what": str(each.name),
        "today": "not known" if each.today is None else each.today,
        "from": "" if each.before is None else each.before,
        "to": "" if each.after is None else each.after,
        "adds": "" if each.added is None else surely(each.added),
    }
