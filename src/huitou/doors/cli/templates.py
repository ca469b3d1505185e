"""`huitou template`: the texts of messages, yours and the house's."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.sending.views import CheckView

app = typer.Typer(no_args_is_help=True, help="The texts of messages, yours and the house's.")

Name = Annotated[str, typer.Argument(help="As `template list` names it.")]
Channel = Annotated[str, typer.Option(help="email, sms, wecom, wechat, paper or call")]
Language = Annotated[str, typer.Option(help="en, zh-Hans or zh-Hant")]
Names = Annotated[
    str, typer.Option(help="What it may name besides what all may: `points, ends_on`.")
]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every text in use; version 0 is the house's own."""
    found = desk(ctx).shop().templates.listed()
    if as_json:
        answer(found)
        return
    for each in found:
        which = f"{each.name} {each.channel} {each.language}"
        screen().print(f"{which:48}v{each.version}  {each.subject}", markup=False)


@app.command()
def show(
    ctx: typer.Context,
    name: Name,
    channel: Channel = "email",
    language: Language = "en",
    version: Annotated[int | None, typer.Option(help="Another than the one in use.")] = None,
    as_json: AsJson = False,
) -> None:
    """One text as it is written."""
    found = desk(ctx).shop().templates.show(name, channel, language, version)
    if as_json:
        answer(found)
        return
    typer.echo(f"{found.subject}\n\n{found.body}")


@app.command()
def edit(
    ctx: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(help="The text: paragraphs, or a whole MJML document.")],
    subject: Annotated[str, typer.Option(help="Its subject, where the channel has one.")] = "",
    channel: Channel = "email",
    language: Language = "en",
    names: Names = "",
    by: Annotated[str | None, typer.Option(help="Who says so; you.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a new version; refused where it names what nobody will fill."""
    saved = desk(ctx).shop().templates.save(
        name, channel, language, subject, file.read_text(encoding="utf-8"),
        by or getpass.getuser(), _split(names),
    )  # fmt: skip
    if as_json:
        answer(saved)
        return
    screen().print(f"{name} {channel} {language}: version {saved.version}", markup=False)


@app.command()
def check(
    ctx: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(help="The text.")],
    subject: Annotated[str, typer.Option(help="Its subject.")] = "",
    channel: Channel = "email",
    language: Language = "en",
    names: Names = "",
    as_json: AsJson = False,
) -> None:
    """Read a text through: whether it can be used, and what it names that nobody will fill."""
    from huitou.channels.templates.shipped import Text, text

    known = text(name, channel, language)
    told = _split(names) or (known.names if known else ())
    body = file.read_text(encoding="utf-8")
    found = desk(ctx).shop().templates.check(Text(name, channel, language, 0, subject, body, told))
    if as_json:
        answer(found)
    else:
        _say(found)
    raise typer.Exit(0 if found.fits else 1)


@app.command()
def preview(
    ctx: typer.Context,
    name: Name,
    channel: Channel = "email",
    language: Language = "en",
    person: Annotated[str, typer.Option(help="A customer, by id or key; an example without.")] = "",
    html: Annotated[Path | None, typer.Option(help="Write the mail's HTML to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """A text as one person would get it."""
    shop = desk(ctx).shop()
    who = shop.person(person).row.id if person else ""
    view = shop.templates.preview(name, channel, language, who)
    if html is not None:
        html.write_text(view.html, encoding="utf-8")
    if as_json:
        answer(view)
        return
    head = f"To: {view.to}\n{view.subject}\n\n" if view.subject else f"To: {view.to}\n\n"
    typer.echo(head + view.text)


def _split(names: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in names.split(",") if each.strip())


def _say(found: CheckView) -> None:
    if found.fits:
        cost = f"; {found.segments} short messages as it stands" if found.segments else ""
        screen().print(f"It can be used{cost}.", markup=False)
    elif found.words:
        screen().print(found.words, markup=False)
    else:
        screen().print(f"Nobody will fill {', '.join(found.unknown)}.", markup=False)
