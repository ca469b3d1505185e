"""`huitou winning` and `huitou spending`: what customers cost to win, to keep and to serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import amount, grid, headed, share

if TYPE_CHECKING:
    from huitou.ground.money import Money
    from huitou.runs.desks.winning import PartView, WinningView

QUARANTINED = 3
"""Exit code where a row could not be taken."""

app = typer.Typer(no_args_is_help=True, help="What was spent on winning and keeping customers.")


@app.command("import")
def take(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: day,channel,campaign,amount,purpose.")],
    encoding: Annotated[
        str | None, typer.Option(help="How the text is encoded: utf-8, gb18030, cp950, …")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a file of spending in; it replaces what was said of the same days and channels."""
    taken = desk(ctx).shop().spending.take(file, encoding)
    if as_json:
        answer(taken)
    else:
        out = screen()
        out.print(
            f"{taken.file}: rows: {taken.rows}; amounts new or changed: {taken.amounts}; "
            f"known already: {taken.unchanged}; rows set aside: {len(taken.aside)}."
        )
        for row in taken.aside:
            tried = f" try: {row.to_try}" if row.to_try else ""
            where = f"line {row.line}, column {row.column!r}, value {row.value!r}"
            out.print(f"  {where}: {row.reason}{tried}")
        out.print("  It counts from the next run on: huitou run")
    if taken.aside:
        raise typer.Exit(QUARANTINED)


@app.command("list")
def listed(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What files said, the latest days first."""
    found = desk(ctx).shop().spending.listed(limit)
    if as_json:
        answer(found)
        return
    if not found:
        screen().print("Nothing was told yet.\n  try: huitou spending import FILE.csv")
        return
    rows = [
        {"day": each.day, "channel": each.channel, "campaign": each.campaign,
         "for": each.purpose, "amount": amount(each.amount)}
        for each in found
    ]  # fmt: skip
    screen().print(grid(rows))


def winning(
    ctx: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            metavar="DIM",
            help="Newcomers apart by acquisition, channel, campaign, store, region or tier.",
        ),
    ] = "acquisition",
    as_json: AsJson = False,
) -> None:
    """What customers cost to win, to keep and to serve, and when a newcomer has paid it back."""
    found = desk(ctx).shop().winning(by)
    if as_json:
        answer(found)
        return
    out = screen()
    out.print(headed(f"As of {found.as_of}", f"; newcomers: {found.newcomers:,}"))
    for sentence in found.words:
        out.print(f"  {sentence}")
    if found.parts:
        out.print(grid([_part(each, found) for each in found.parts]))
    if found.served:
        each = _or(found.serving)
        out.print(headed("\nCost to serve", f": {each} a customer so far"))
        for kind in found.served:
            out.print(f"  {kind.name}: {amount(kind.total)}; people: {kind.people:,}")
    _say_losses(ctx)
    if found.unknown:
        out.print(headed("\nWhat is not known"))
    for sentence in found.unknown:
        out.print(f"  {sentence}")


def _part(each: PartView, found: WinningView) -> dict[str, Any]:
    paid = f"month {each.payback}" if each.payback else ("not yet" if each.cost else "")
    return {
        found.by: each.part or "not told",
        "newcomers": each.newcomers,
        "first order": _or(each.first_profit),
        "cost each": _or(each.cost),
        "brought so far": _or(each.profit),
        "in months": each.months,
        "paid back": paid,
        "cost to serve": _or(each.serving),
    }


def _say_losses(ctx: typer.Context) -> None:
    shop = desk(ctx).shop()
    losses = shop.losses() if shop.too_few() is None else None
    if losses is None:
        return
    out = screen()
    out.print(headed("\nWhom you lost", f" from {losses.start} to {losses.end}"))
    for each in (*losses.by_stage, *losses.by_age):
        out.print(f"  {each.name}: {each.lost:,} of {each.people:,}, {share(each.share)}")


def _or(money: Money | None) -> str:
    return amount(money) if money is not None else "not known"
