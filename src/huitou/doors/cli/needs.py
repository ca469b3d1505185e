"""`huitou needs` and `huitou machine`: what is due when, and the machines customers own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen
from huitou.doors.cli.drawing import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huitou.runs.desks.needs import MachineView, NeedView, QuoteView

app = typer.Typer(no_args_is_help=True, help="Machines that customers own.")
BY = "command line"


def needs(
    ctx: typer.Context,
    person: Annotated[
        str | None, typer.Argument(help="Id, member number, phone or e-mail; all without.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Take these rules of reminders in their place.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What customers need again, and by when."""
    found = desk(ctx).shop().needs
    if rules is not None:
        desk(ctx).shop().rules("reminders").write(rules.read_text(encoding="utf-8"), BY)
    if person is not None:
        theirs = found.of(person)
        if as_json:
            answer(theirs)
            return
        _say_needs(theirs)
        return
    seen = found.seen()
    if as_json:
        answer(seen)
        return
    out = screen()
    out.print(f"{seen.total:,.0f} purchases expected within a week of {seen.known}")
    for day in seen.calendar[:14]:
        out.print(f"  {day.day}  {day.refills:8.1f}  machines {day.machines}")
    _say_needs(seen.due[:20])


@app.command("list")
def list_(
    ctx: typer.Context,
    person: Annotated[str | None, typer.Argument(help="Of one customer.")] = None,
    as_json: AsJson = False,
) -> None:
    """All machines in use, the one that needs something first."""
    found = desk(ctx).shop().needs.machines(person)
    if as_json:
        answer(found)
        return
    for each in found:
        _say_machine(each)


@app.command()
def add(
    ctx: typer.Context,
    serial: str,
    product: str,
    person: Annotated[str, typer.Argument(help="Id, member number, phone or e-mail.")],
    on: Annotated[str, typer.Option(metavar="DAY", help="Installed on: 2026-03-01")],
    company: str = "",
    as_json: AsJson = False,
) -> None:
    """Write a machine down."""
    from huitou.care.machines.rules import Machine

    told = Machine(serial, product, a_day(on) or desk(ctx).shop().clock.now().date())
    made = desk(ctx).shop().needs.enter(person, told, BY, company or None)
    if as_json:
        answer(made)
        return
    _say_machine(made)


@app.command()
def note(
    ctx: typer.Context,
    serial: str,
    on: Annotated[str, typer.Option(metavar="DAY", help="2026-03-01")],
    reading: Annotated[int | None, typer.Option(help="What its counter shows.")] = None,
    service: Annotated[str, typer.Option(help="Or what was done to it.")] = "",
    as_json: AsJson = False,
) -> None:
    """A reading of its use, or a service that was done."""
    shop = desk(ctx).shop()
    day = a_day(on) or shop.clock.now().date()
    new = shop.needs.note(serial, day, BY, reading=reading, words=service)
    if as_json:
        answer({"new": new})
        return
    screen().print("kept" if new else "known before")


@app.command("import")
def import_(ctx: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Take a CSV in: serial, product, customer, installed_on; or serial, day, reading/service."""
    found = desk(ctx).shop().needs.take(file.read_text(encoding="utf-8-sig"), BY)
    if as_json:
        answer(found)
        return
    screen().print(
        f"{found.machines} machines, {found.readings} readings, {found.services} services;"
        f" {found.known} known before"
    )


@app.command()
def quote(ctx: typer.Context, serial: str, as_json: AsJson = False) -> None:
    """Promise its owner what the list gives for an old one towards a new one."""
    found = desk(ctx).shop().needs.quote(serial)
    if as_json:
        answer(found)
        return
    screen().print(_given(found).removeprefix("; "))


@app.command()
def retire(ctx: typer.Context, serial: str, as_json: AsJson = False) -> None:
    """It is not used any more."""
    desk(ctx).shop().needs.retire(serial)
    if as_json:
        answer({"retired": serial})
        return
    screen().print("retired")


def _say_needs(found: Sequence[NeedView]) -> None:
    out = screen()
    for each in found:
        chance = "" if each.within_7 is None else f" {share(each.within_7)} within a week"
        out.print(
            f"{each.due} {each.customer}: {each.name} ({each.kind}){chance}{_given(each.quote)}"
        )


def _say_machine(each: MachineView) -> None:
    soon = f"{each.next_kind} on {each.next_day}" if each.next_day else "nothing due"
    given = _given(each.quote) or f"; {each.worth} by the list"
    screen().print(f"{each.serial} {each.product}, {each.customer}: {soon}{given}")


def _given(quote: QuoteView | None) -> str:
    return f"; {quote.amount} for it until {quote.until}, code {quote.code}" if quote else ""
