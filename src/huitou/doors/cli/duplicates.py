"""`huitou duplicates`: two customers who may be one; somebody looks and says so."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.duplicates import PairView, SideView

app = typer.Typer(no_args_is_help=True, help="Two customers who may be one: look, and say so.")

Pair = Annotated[str, typer.Argument(metavar="ID", help="From `list`.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    one: Annotated[bool, typer.Option("--one", help="Those that are one, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Pairs to look at, the likeliest first, with what agrees and what differs."""
    page = desk(ctx).shop().duplicates.page()
    if as_json:
        answer(page)
        return
    made = page.counts["joined"] + page.counts["same"]
    out = screen()
    out.print(f"{page.counts['open']} to look at, {made} made one, {page.counts['different']} two.")
    if page.merges_itself:
        out.print(
            f"Of those made one by likeness {page.wrong:.2%} are expected to be wrong;"
            f" of all true pairs {page.found:.0%} to be found."
        )
    for each in page.one if one else page.open:
        _say(each)


@app.command()
def show(ctx: typer.Context, pair: Pair, as_json: AsJson = False) -> None:
    """One pair, and every word about it."""
    _answer(desk(ctx).shop().duplicates.find(pair), as_json)


@app.command()
def same(ctx: typer.Context, pair: Pair, by: By = None, as_json: AsJson = False) -> None:
    """They are one, from the next run on."""
    _answer(desk(ctx).shop().duplicates.same(pair, by or getpass.getuser()), as_json)


@app.command()
def different(ctx: typer.Context, pair: Pair, by: By = None, as_json: AsJson = False) -> None:
    """They are two: never asked again, and parted by the next run if they were one."""
    _answer(desk(ctx).shop().duplicates.different(pair, by or getpass.getuser()), as_json)


@app.command()
def undo(ctx: typer.Context, pair: Pair, by: By = None, as_json: AsJson = False) -> None:
    """Take the last word back."""
    _answer(desk(ctx).shop().duplicates.undo(pair, by or getpass.getuser()), as_json)


def _answer(told: PairView, as_json: bool) -> None:
    if as_json:
        answer(told)
        return
    _say(told)
    for each in told.said:
        screen().print(f"  {each.at:%Y-%m-%d %H:%M}  {each.words} ({each.by}, {each.weight:.1f})")


def _say(each: PairView) -> None:
    out = screen()
    out.print(f"{each.id}  {each.chance:.0%}  {each.state_words} ({each.by})")
    for side in (each.left, each.right):
        out.print(f"  {_side(side)}")
    agrees = ", ".join(map(str, each.agrees)) or "nothing"
    out.print(f"  agrees: {agrees}; differs: {', '.join(map(str, each.differs)) or 'nothing'}")


def _side(side: SideView) -> str:
    known = (side.name, *side.phones, *side.emails, side.address, side.birthday, side.member_no)
    told = ", ".join(str(part) for part in known if part)
    return f"{told}; {side.orders} orders, {side.since} to {side.until}"
