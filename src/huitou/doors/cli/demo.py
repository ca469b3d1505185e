"""`huitou demo`: a real shop, from its file of orders to the five answers and the console."""

from __future__ import annotations

from typing import Annotated

import typer

from huitou.doors.cli.answers import show_answers
from huitou.doors.cli.desk import AsJson, answer, aside, desk, progress, screen
from huitou.doors.cli.serving import HOST, PORT, open_doors


def demo(
    ctx: typer.Context,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Open the console afterwards.")
    ] = True,
    host: Annotated[str, typer.Option(help="Where the console listens.")] = HOST,
    port: Annotated[int | None, typer.Option(help="Its port; the next free one.")] = None,
    as_json: AsJson = False,
) -> None:
    """A real shop, its five answers, then the console.

    541,909 order lines of a gift wholesaler, from the file to the plan.
    """
    from huitou.doors import example

    shop = desk(ctx).shop()
    with progress() as show:
        example.fill(shop, show)
    found = shop.answers()
    if as_json:
        from huitou.runs.written import answers_in_short

        answer(answers_in_short(found))
    else:
        show_answers(found, screen())
    if serve:
        out = aside() if as_json else screen()
        open_doors(shop, host, port or PORT, fixed=port is not None, out=out)
