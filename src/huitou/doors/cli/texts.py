"""`huitou text`: what a text is about, and teaching the sorter."""

from __future__ import annotations

from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import share

app = typer.Typer(no_args_is_help=True, help="What customers' words are about, and teaching it.")

BY = "command line"


@app.command()
def sort(
    ctx: typer.Context,
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="What was said.")],
    as_json: AsJson = False,
) -> None:
    """The cause of each text with its share, and the product it speaks of."""
    found = desk(ctx).shop().lessons.sort(texts)
    if as_json:
        answer(found)
        return
    for each in found:
        sure = share(each.share) if each.share is not None else each.by
        about = f" · {each.product}" if each.product else ""
        screen().print(f"{each.cause}: {each.words} ({sure}){about}", markup=False)


@app.command()
def teach(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="What was said.")],
    cause: Annotated[str, typer.Argument(help="Its cause; a wrong one prints the list.")],
    as_json: AsJson = False,
) -> None:
    """Name the cause of a text: it counts more than what every shop begins with."""
    new = desk(ctx).shop().lessons.teach(text, cause, BY)
    if as_json:
        answer({"cause": cause, "new": new})
        return
    screen().print(f"learned: {cause}" if new else f"known already: {cause}", markup=False)


@app.command()
def lessons(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What staff taught, the latest first."""
    found = desk(ctx).shop().lessons.lessons()
    if as_json:
        answer(found)
        return
    for each in found:
        told = f"{each.at:%Y-%m-%d} {each.by}: {each.cause}: {each.text}"
        screen().print(told, markup=False)


@app.command()
def forget(
    ctx: typer.Context,
    lesson: Annotated[str, typer.Argument(metavar="ID", help="As `lessons --json` names it.")],
    as_json: AsJson = False,
) -> None:
    """Take a lesson back."""
    gone = desk(ctx).shop().lessons.forget(lesson)
    if as_json:
        answer({"forgotten": gone})
        return
    screen().print("forgotten" if gone else "there was no such lesson", markup=False)
