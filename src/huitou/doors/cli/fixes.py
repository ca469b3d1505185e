"""`huitou fix`: what each cause costs, what was mended, and whether it worked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen
from huitou.doors.cli.drawing import share

if TYPE_CHECKING:
    from huitou.runs.desks.fixes import CauseView, FixView

app = typer.Typer(no_args_is_help=True, help="What to fix, what was mended, and whether it worked.")

BY = "command line"


@app.command()
def causes(
    ctx: typer.Context,
    sort: Annotated[str, typer.Option(help="lost or certainty.")] = "lost",
    as_json: AsJson = False,
) -> None:
    """Why customers left, by the profit that went with them."""
    found = desk(ctx).shop().fixes.ranked(sort)
    if as_json:
        answer(found)
        return
    for each in found:
        _say_cause(each)


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What was mended, the latest first."""
    found = desk(ctx).shop().fixes.fixes()
    if as_json:
        answer(found)
        return
    for each in found:
        _say_fix(each)
    if not found:
        screen().print("Nothing was mended yet.")


@app.command()
def add(
    ctx: typer.Context,
    cause: Annotated[str, typer.Argument(help="A wrong one prints the list.")],
    words: Annotated[str, typer.Argument(help="What was mended, as customers will read it.")],
    owner: Annotated[str, typer.Option(help="Who saw to it.")] = BY,
    on: Annotated[str | None, typer.Option(metavar="DAY", help="Since when; today.")] = None,
    product: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    store: Annotated[str | None, typer.Option(help="Only this store.")] = None,
    step: Annotated[str | None, typer.Option(help="Step of the work, such as delivering.")] = None,
    expected: Annotated[
        float | None, typer.Option(help="Share of the cause that should go: 0.3")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write down that something was mended; whom it hurt is told by the next plan."""
    from huitou.care.fixes.rules import Fix

    shop = desk(ctx).shop()
    day = a_day(on) or shop.clock.now().astimezone(shop.settings.zone).date()
    made = Fix(cause, words.strip(), owner, day, product, store, step, expected)
    found = shop.fixes.fix(shop.fixes.enter(made, BY))
    if as_json:
        answer(found)
        return
    _say_fix(found)


@app.command()
def show(
    ctx: typer.Context,
    fix: Annotated[str, typer.Argument(metavar="ID", help="As `fix list` names it.")],
    as_json: AsJson = False,
) -> None:
    """One fix: what it was hoped to do, and what is seen of it."""
    found = desk(ctx).shop().fixes.fix(fix)
    if as_json:
        answer(found)
        return
    _say_fix(found)


def _say_cause(each: CauseView) -> None:
    out = screen()
    low, high = each.lost.low.written(), each.lost.high.written()
    out.print(f"{each.words}: {each.lost.value.written()} lost, between {low} and {high}")
    sure = f"{share(each.certainty)} certain; {each.answers} answers, {each.complaints} complaints"
    out.print(f"  about {each.people:,.0f} customers; {sure} [{each.code}]")
    for part in each.parts:
        times = f"{part.lift:.1f} times as common ({part.low:.1f} to {part.high:.1f})"
        out.print(f"  {part.dimension} {part.part}: {times}")


def _say_fix(each: FixView) -> None:
    out = screen()
    out.print(f"{each.made_on} {each.what} [{each.id}]")
    out.print(f"  {each.words}; {each.owner}; {each.told} were told")
    out.print(f"  {each.verdict_words}")
