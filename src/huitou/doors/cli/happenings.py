"""`huitou happened`: what happened around the shop, told by staff or taken from a file."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.desks.happenings import HappeningView, TakenView

QUARANTINED = 3
"""Exit code where a row could not be taken."""

Text = str | None


def happened(
    ctx: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]",
            help="What happened; `list` shows what was told, `import` takes a CSV file.",
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="After `import`: a CSV file.")
    ] = None,
    day: Annotated[Text, typer.Option(help="The day it happened: 2026-05-03.")] = None,
    until: Annotated[Text, typer.Option(help="The last day of it, where it lasted.")] = None,
    customer: Annotated[
        Text, typer.Option(help="Whom it touched: member number, phone, e-mail or id.")
    ] = None,
    store: Annotated[
        Text, typer.Option(help="The shop it touched, as your orders name it.")
    ] = None,
    region: Annotated[Text, typer.Option(help="The region, as your orders name it.")] = None,
    product: Annotated[Text, typer.Option(help="Product number or name.")] = None,
    category: Annotated[Text, typer.Option(help="Kind of product.")] = None,
    clerk: Annotated[Text, typer.Option(help="The clerk's name.")] = None,
    words: Annotated[str, typer.Option(help="What is worth remembering of it.")] = "",
    key: Annotated[
        str, typer.Option(help="Your own name for it: told again, it counts once.")
    ] = "",
    encoding: Annotated[
        Text, typer.Option(help="After `import`: how the file is encoded: utf-8, gb18030, …")
    ] = None,
    withdraw: Annotated[
        Text, typer.Option(metavar="ID", help="It was a mistake; its id, from `list`.")
    ] = None,
    by: Annotated[Text, typer.Option(help="Who says so; the name you are signed in by.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what happened around the shop: it is evidence of why people left."""
    at, who = desk(ctx).shop().happenings, by or getpass.getuser()
    if withdraw:
        at.withdraw(withdraw, who)
    if kind == "import":
        _tell_taken(at.take(_file(file), who, encoding), as_json=as_json)
    elif kind is None and not withdraw:
        _say_kinds(as_json=as_json)
    elif kind is None or kind == "list":
        _tell_listed(at.listed(), as_json=as_json)
    else:
        told = at.tell(
            kind, _needed(a_day(day)), by=who, until=a_day(until), customer=customer, store=store,
            region=region, product=product, category=category, clerk=clerk, words=words, key=key,
        )  # fmt: skip
        if as_json:
            answer(told)
            return
        screen().print("Written down." if told.is_new else "That was known already.")


def _needed(day: date | None) -> date:
    if day is None:
        raise HuitouError("the day is missing", to_try="--day 2026-05-03")
    return day


def _file(file: Path | None) -> Path:
    if file is None:
        raise HuitouError("which file?", to_try="huitou happened import FILE.csv")
    return file


def _say_kinds(*, as_json: bool) -> None:
    from huitou.care.happenings.rules import KINDS

    if as_json:
        answer(
            [{"kind": kind.name, "words": kind.words, "may": kind.may} for kind in KINDS.values()]
        )
        return
    screen().print("KIND is one of:")
    for kind in KINDS.values():
        screen().print(f"  {kind.name:18} {kind.words}")


def _tell_taken(taken: TakenView, *, as_json: bool) -> None:
    if as_json:
        answer(taken)
    else:
        out = screen()
        out.print(
            f"{taken.file}: rows: {taken.rows}; new: {taken.taken}; "
            f"known already: {taken.unchanged}; set aside: {len(taken.aside)}."
        )
        for row in taken.aside:
            out.print(f"  line {row.line}: {row.reason}{f' {row.to_try}' if row.to_try else ''}")
    if taken.aside:
        raise typer.Exit(QUARANTINED)


def _tell_listed(found: tuple[HappeningView, ...], *, as_json: bool) -> None:
    if as_json:
        answer(found)
        return
    if not found:
        screen().print("Nothing was told yet.")
        return
    out = screen()
    for each in found:
        about = each.about or (f"customer {each.person}" if each.person else "everybody")
        out.print(f"{each.day} {each.kind_words}: {about}")
        state = f"; withdrawn by {each.withdrawn_by}" if each.withdrawn_by else ""
        out.print(
            f"  {each.id} · told by {each.by}{state}{f': {each.words}' if each.words else ''}"
        )
