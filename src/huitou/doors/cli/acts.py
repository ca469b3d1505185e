"""`huitou act`: what may be done for a customer, and acts of the shop's own."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.views import ActView

app = typer.Typer(no_args_is_help=True, help="What may be done for a customer; acts of your own.")

By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every act: what it costs, who may get it, and where its first guess comes from."""
    found = desk(ctx).shop().acts.listed()
    if as_json:
        answer(found)
        return
    for each in found:
        _say(each)


@app.command()
def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="A wrong one prints the list.")],
    claim: Annotated[str, typer.Argument(help="What it is, in one line; letters may quote it.")],
    name: Annotated[str, typer.Option(help="Small letters; made up where none is given.")] = "",
    percent: Annotated[str, typer.Option(help="Off an order, or of a usual basket: 10")] = "",
    amount: Annotated[str, typer.Option(help="What it costs, in major units: 20")] = "",
    least: Annotated[str, typer.Option(help="Least order of a voucher: 100")] = "",
    minutes: Annotated[str, typer.Option(help="Staff time for each.")] = "",
    stock: Annotated[str, typer.Option(help="How many there are to give.")] = "",
    stages: Annotated[str, typer.Option(help="`slipping, lost`; all where none is given.")] = "",
    excepted: Annotated[str, typer.Option(help="return, trial or amends: why newcomers may.")] = "",
    letter: Annotated[
        list[str] | None,
        typer.Option(help="A letter of your own, `en|subject|text`; may be given once a language."),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add an act of your own; plans are drafted with it from now on."""
    from huitou.runs.desks.acts import read

    shop = desk(ctx).shop()
    told = {"kind": kind, "claim": claim, "name": name, "percent": percent, "amount": amount}
    told |= {
        "least": least,
        "minutes": minutes,
        "stock": stock,
        "stages": stages,
        "excepted": excepted,
    }
    for each in letter or []:
        language, _, rest = each.partition("|")
        subject, _, text = rest.partition("|")
        told |= {f"subject_{language}": subject, f"text_{language}": text.replace("\\n", "\n")}
    added = shop.acts.add(read(told, shop.settings), by or getpass.getuser())
    if as_json:
        answer(added)
        return
    _say(added)


@app.command()
def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="As `act list` names it.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take an act of your own away; receipts go on naming it."""
    desk(ctx).shop().acts.remove(name, by or getpass.getuser())
    if as_json:
        answer({"name": name, "removed": True})
        return
    screen().print(f"{name}: no plan is drafted with it any more.")


def _say(each: ActView) -> None:
    out, mine = screen(), ", yours" if each.own else ""
    out.print(f"{each.name} ({each.kind}{mine}): {each.claim}", markup=False)
    out.print(f"  costs: {each.costs}; for {', '.join(each.stages)}", markup=False)
    if each.causes:
        out.print(f"  only where suspected: {', '.join(each.causes)}")
    if each.excepted is not None:
        out.print(f"  {each.excepted}", markup=False)
    if each.warning is not None:
        out.print(f"  ! {each.warning}", markup=False)
