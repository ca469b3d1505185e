"""`huitou next`: which product fits a customer next, and what holds them here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import share

if TYPE_CHECKING:
    from huitou.runs.desks.sticking import HoldView, StickingView


def next_(
    ctx: typer.Context,
    person: Annotated[
        str | None, typer.Argument(help="Id, member number, phone or e-mail; all without.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How many products customers use, what fits them next, and one customer's wall."""
    sticking = desk(ctx).shop().sticking
    if person is not None:
        one = sticking.of(person)
        if as_json:
            answer(one)
            return
        _say_one(one)
        return
    seen = sticking.seen()
    if as_json:
        answer(seen)
        return
    _say(seen)


def _say(seen: StickingView) -> None:
    out = screen()
    for group in seen.groups:
        most = f"to {group.most}" if group.most else "and more"
        stayed = "–" if group.share is None else share(group.share)
        out.print(f"{group.least} {most} products: {group.people} customers, {stayed} bought again")
    out.print("  (they go together; that one causes the other is not said)")
    if seen.held_out:
        h = seen.held_out
        rates = f"{share(h.rate)}, of the most popular by {share(h.popular)}"
        gained = f"{h.difference:+.3f} ({h.low:+.3f} to {h.high:+.3f})"
        out.print(f"one of {h.k} named was bought by {rates}: {gained}")
    for fit in seen.fits[:15]:
        out.print(f"  {fit.name} [{fit.sku}] fits {fit.people} next")


def _say_one(one: HoldView) -> None:
    out = screen()
    out.print(f"uses {one.products} products")
    for each in one.nexts:
        why = f", because of {each.because} ({each.lift:.1f} times)" if each.lift else ""
        out.print(f"{each.rank}. {each.name} [{each.sku}]{why}")
    for brick in one.wall.bricks:
        sign = "+" if brick.there else "-"
        out.print(f"{sign} {brick.words}{f': {brick.amount}' if brick.amount else ''}")
    if one.wall.missing:
        out.print(f"missing: {one.wall.missing.words}")
