"""`huitou chase`: whom staff do not chase any more, and until when."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.views import ChaseMark

app = typer.Typer(no_args_is_help=True, help="Whom not to chase: for good, or until a date.")

Who = Annotated[str, typer.Argument(help="Member number, phone, e-mail or id.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
Until = Annotated[str | None, typer.Option(metavar="DAY", help="The day to look again.")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Everybody who is not chased; those to look at again come first."""
    found = desk(ctx).shop().chase.listed()
    if as_json:
        answer(found)
        return
    for each in found:
        _say(each)
    if not found:
        screen().print("Nobody is marked.")


@app.command()
def mark(
    ctx: typer.Context,
    who: Who,
    why: Annotated[str, typer.Argument(help="abusive, rival or life_changed.")],
    words: Annotated[str, typer.Argument(help="What happened, in a sentence.")],
    until: Until = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Chase somebody no more: for good (abusive), or until a day. It holds at once."""
    name = by or getpass.getuser()
    found = desk(ctx).shop().chase.mark(who, why, words, name, a_day(until))
    if as_json:
        answer(found)
        return
    _say(found)


@app.command()
def review(
    ctx: typer.Context, who: Who, until: Until = None, by: By = None, as_json: AsJson = False
) -> None:
    """Somebody else looked again: a mark for good stands until another day."""
    found = desk(ctx).shop().chase.review(who, by or getpass.getuser(), a_day(until))
    if as_json:
        answer(found)
        return
    if found is not None:
        _say(found)


@app.command()
def lift(
    ctx: typer.Context,
    who: Who,
    words: Annotated[str, typer.Argument(help="Why it is taken back.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take a mark back; the reason is kept."""
    desk(ctx).shop().chase.lift(who, words, by or getpass.getuser())
    if as_json:
        answer({"who": who, "lifted": True})
        return
    screen().print(f"{who}: may be chased again.")


def _say(each: ChaseMark) -> None:
    length = "for good" if each.never else "for now"
    out = screen()
    out.print(f"{each.name or each.person}: {each.why_words}, {length}", markup=False)
    seen = ", reviewed" if each.reviewed else ""
    out.print(f"  {each.words}", markup=False)
    out.print(f"  since {each.since}{seen}; look again on {each.review_on}")
