"""`huitou surprise`: small gifts nobody was promised, at the till."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

app = typer.Typer(
    no_args_is_help=True, help="Small gifts nobody was promised: drawn, waiting, handed over."
)

Who = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Member number, phone, e-mail or id.")]


@app.command()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """This month's budget, how many were given, and what they moved."""
    page = desk(ctx).shop().surprises.page()
    if as_json:
        answer(page)
        return
    out, counted = screen(), page.counted
    out.print(f"Surprises are {'on' if page.on else 'off'}.")
    out.print(f"{page.month}: {page.spent.written()} of {page.budget.written()}.", markup=False)
    out.print(
        f"{counted['waiting']} wait, {counted['delivered']} handed over, "
        f"{counted['expired']} never fetched, {counted['control']} drawn to get none."
    )
    moved = page.moved
    if moved is None or moved.more is None or moved.low is None or moved.high is None:
        out.print("What they move is not known yet.")
        return
    out.print(
        f"Within {moved.window_days} days {moved.more.written()} more profit a person "
        f"({moved.low.written()} to {moved.high.written()}): {moved.verdict.replace('_', ' ')}.",
        markup=False,
    )


@app.command()
def waiting(ctx: typer.Context, customer: Who, as_json: AsJson = False) -> None:
    """What is to be handed over to who stands there; nothing is changed."""
    found = desk(ctx).shop().surprises.waiting(customer)
    if as_json:
        answer(found)
        return
    for each in found:
        screen().print(f"{each.id}  {each.what}, until {each.ends}", markup=False)
    if not found:
        screen().print("Nothing waits for them.")


@app.command()
def deliver(
    ctx: typer.Context,
    surprise: Annotated[str, typer.Argument(metavar="ID", help="From `waiting`.")],
    as_json: AsJson = False,
) -> None:
    """It was handed over, once."""
    done = desk(ctx).shop().surprises.deliver(surprise, getpass.getuser())
    if as_json:
        answer(done)
        return
    screen().print(f"Handed over: {done.what}.", markup=False)


@app.command("list")
def listed(
    ctx: typer.Context,
    state: Annotated[
        str | None, typer.Option(help="waiting, delivered, expired or control.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest, each with why it was drawn."""
    found = desk(ctx).shop().surprises.listed(state, limit)
    if as_json:
        answer(found)
        return
    for each in found:
        why = each.because
        line = f"{each.day} {each.state:9} {each.what}: {each.name or each.person} ({why}, "
        screen().print(f"{line}chance {each.receipt.get('chance', 0):.3g})", markup=False)
    if not found:
        screen().print("Nobody was drawn yet.")


@app.command()
def birthday(
    ctx: typer.Context,
    customer: Who,
    month: Annotated[int, typer.Argument(min=1, max=12)],
    as_json: AsJson = False,
) -> None:
    """A customer told the month of their birthday."""
    desk(ctx).shop().surprises.tell_birthday(customer, month, getpass.getuser())
    if as_json:
        answer({"kept": True})
        return
    screen().print("Kept.")
