"""`huitou guide`: pages and videos of products, behind QR codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

app = typer.Typer(no_args_is_help=True, help="Guides to products, and who opened them.")
BY = "command line"


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """All guides, and how often each was opened within four weeks."""
    found = desk(ctx).shop().guides.listed()
    if as_json:
        answer(found)
        return
    for each in found:
        titles = ", ".join(each.titles.values())
        screen().print(
            f"/p/g/{each.slug}  {titles} [{each.product}]: {each.opens} opens, helped {each.helped}"
        )


@app.command()
def add(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(help="How its address ends: small letters, digits, -.")],
    product: Annotated[str, typer.Argument(help="Number or name of the product.")],
    title: Annotated[list[str], typer.Option(help="`en|Descale it`; once a language.")],
    steps: Annotated[
        list[str] | None, typer.Option(help="`en|FILE` with one step a line; once a language.")
    ] = None,
    video: Annotated[str | None, typer.Option(help="Address of a video: https://…")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a guide, anew or in the place of the one with its slug."""
    from huitou.care.guides.pages import Guide, Said, steps_of

    files = dict(_pair(each) for each in steps or ())
    told = {
        tag: Said(
            words,
            steps_of(Path(files[tag]).read_text(encoding="utf-8")) if tag in files else (),
        )
        for tag, words in map(_pair, title)
    }
    made = desk(ctx).shop().guides.keep(Guide(slug, product, told, video), BY)
    if as_json:
        answer(made)
        return
    screen().print(f"kept: /p/g/{made.slug}")


@app.command()
def remove(ctx: typer.Context, slug: str, as_json: AsJson = False) -> None:
    """Take a guide away."""
    desk(ctx).shop().guides.remove(slug)
    if as_json:
        answer({"removed": slug})
        return
    screen().print("removed")


def _pair(told: str) -> tuple[str, str]:
    tag, _, words = told.partition("|")
    return tag, words
