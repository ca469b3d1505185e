"""`huitou join`: promotions whose QR codes lead to the form, and who joined by which."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen
from huitou.ground.errors import NotYet

if TYPE_CHECKING:
    from huitou.runs.desks.members.views import PromotionView

app = typer.Typer(no_args_is_help=True, help="Joining by a code at the till, the table, the phone.")

By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
Named = Annotated[str, typer.Argument(help="The promotion's name or id.")]


@app.command()
def promotions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every promotion, and how many joined by it and by whose invitation."""
    members = desk(ctx).shop().members
    found = members.promotions()
    if as_json:
        answer({"promotions": found, "by_clerk": dict(members.by_clerk())})
        return
    for each in found:
        _say(each)


@app.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What you call it: Spring tables")],
    way: Annotated[str, typer.Option(help="till, table, phone or web.")] = "table",
    place: Annotated[str, typer.Option(help="Where its code hangs.")] = "",
    clerk: Annotated[str, typer.Option(help="Whose invitation it is.")] = "",
    starts: Annotated[str | None, typer.Option(help="2026-11-29; today where none.")] = None,
    ends: Annotated[str | None, typer.Option(help="The last day; none where none.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Begin a promotion; `join qr` draws its code."""
    made = (
        desk(ctx)
        .shop()
        .members.start(
            name,
            by or getpass.getuser(),
            way=way,
            place=place,
            clerk=clerk,
            starts_on=a_day(starts),
            ends_on=a_day(ends),
        )
    )
    if as_json:
        answer(made)
        return
    _say(made)


@app.command()
def end(ctx: typer.Context, name: Named, as_json: AsJson = False) -> None:
    """Nobody joins by its code after today."""
    ended = desk(ctx).shop().members.end(name)
    if as_json:
        answer(ended)
        return
    _say(ended)


@app.command(name="list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """How many have a card, and by whose invitation."""
    members = desk(ctx).shop().members
    if as_json:
        answer({"members": members.count(), "by_clerk": dict(members.by_clerk())})
        return
    screen().print(f"{members.count():,} have a card")
    for clerk, joined in members.by_clerk():
        screen().print(f"  {clerk}: {joined}")


@app.command()
def qr(
    ctx: typer.Context,
    name: Named,
    file: Annotated[Path, typer.Argument(help="Where to write the picture: code.svg or .png")],
    as_json: AsJson = False,
) -> None:
    """Draw a promotion's code, to print."""
    import segno

    shop = desk(ctx).shop()
    if shop.settings.public_url is None:
        raise NotYet(
            "customers need an address to reach you at",
            to_try="huitou settings set public_url https://shop.example",
        )
    address = shop.settings.public_url.rstrip("/") + shop.members.promotion(name).path
    segno.make(address, error="m", micro=False).save(str(file), scale=8, border=4)
    if as_json:
        answer({"file": str(file), "address": address})
        return
    screen().print(f"{file}: {address}")


def _say(each: PromotionView) -> None:
    runs = "runs" if each.runs else "does not run"
    where = ", ".join(part for part in (each.way, each.place, each.clerk) if part)
    ends = f" to {each.ends_on}" if each.ends_on else ""
    out = screen()
    out.print(f"{each.name} ({where}): {each.joined} joined, {each.again} had a card; {runs}")
    out.print(f"  from {each.starts_on}{ends}; {each.path}; id {each.id}")
    for clerk, joined in each.clerks:
        out.print(f"  {clerk}: {joined}")
