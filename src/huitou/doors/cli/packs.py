"""`huitou pack`: sessions bought together, used one visit at a time."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.points import By, Who

if TYPE_CHECKING:
    from huitou.runs.desks.packs import PackView

app = typer.Typer(no_args_is_help=True, help="Packs of sessions: sold, used, paid back.")

Key = Annotated[str, typer.Option(help="Names this once: told again it changes nothing.")]
PackId = Annotated[str, typer.Argument(metavar="PACK", help="As `pack show` names it.")]


@app.command()
def sell(
    ctx: typer.Context,
    who: Who,
    name: Annotated[str, typer.Argument(help="A pack of the rules, or any name.")],
    key: Key,
    sessions: Annotated[int | None, typer.Option(help="How many, for a pack of your own.")] = None,
    price: Annotated[str | None, typer.Option(help="In major units: 300.00")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Sell a pack: one of the rules, or so many sessions for a price."""
    from huitou.doors.cli.plans import to_minor

    shop = desk(ctx).shop()
    sold = shop.packs.sell(
        who, name, key, sessions=sessions, by=by or getpass.getuser(),
        price=to_minor(price, shop.settings.money) if price is not None else None,
    )  # fmt: skip
    _told(sold, as_json=as_json)


@app.command()
def use(
    ctx: typer.Context,
    pack: PackId,
    key: Key,
    sessions: Annotated[int, typer.Option(help="How many at this visit.")] = 1,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Use a session of a pack, or several; never more than are left."""
    _told(desk(ctx).shop().packs.use(pack, key, sessions, by or getpass.getuser()), as_json=as_json)


@app.command()
def refund(
    ctx: typer.Context, pack: PackId, key: Key, by: By = None, as_json: AsJson = False
) -> None:
    """Pay the sessions left back: their share of the price."""
    done = desk(ctx).shop().packs.refund(pack, key, by or getpass.getuser())
    if as_json:
        answer(done)
        return
    screen().print(f"{done.paid.written()} to pay back for {done.pack.name}.")


@app.command()
def show(ctx: typer.Context, who: Who, as_json: AsJson = False) -> None:
    """The packs of a customer, and what is left of each."""
    found = desk(ctx).shop().packs.of(who)
    if as_json:
        answer(found)
        return
    for each in found:
        _say(each)
    if not found:
        screen().print("No packs.")


def _told(pack: PackView, *, as_json: bool) -> None:
    if as_json:
        answer(pack)
    else:
        _say(pack)


def _say(each: PackView) -> None:
    until = f", until {each.last_day}" if each.last_day else ""
    worth = f", {each.worth_left.written()} worth" if each.left else ""
    screen().print(f"{each.name}: {each.left} of {each.sessions} left{worth}{until} [{each.id}]")
