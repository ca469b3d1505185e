"""`huitou call`: today's calls, clerk by clerk, and what came of each."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen
from huitou.doors.cli.drawing import amount, headed

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.desks.calls.views import CallSheet, ClerkDay

app = typer.Typer(no_args_is_help=True, help="Call those worth a call, and write down what came.")

By = Annotated[str | None, typer.Option(help="Who wrote it down; the name you are signed in by.")]
Call = Annotated[str, typer.Argument(metavar="CALL", help="Its id, from `huitou call list`.")]


@app.command(name="list")
def listing(
    ctx: typer.Context,
    clerk: Annotated[str | None, typer.Option(help="One clerk's calls.")] = None,
    as_json: AsJson = False,
) -> None:
    """Today's calls in order: who was promised one first, then cases, then by expected profit."""
    found = desk(ctx).shop().calls.today(clerk)
    if as_json:
        answer(found)
        return
    out = screen()
    for each in found.complaints:
        number = each.complaint.number
        out.print(f"not called: {each.person_id}, whose complaint {number} comes first")
    for day in found.days:
        _say_day(day, out)


@app.command()
def draw(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring the list up to date: new calls on it, and off it those that may not be made."""
    drawn = desk(ctx).shop().calls.draw()
    if as_json:
        answer(drawn)
        return
    screen().print(f"{drawn.listed} new, {drawn.dropped} dropped, {drawn.moved} given to another.")


@app.command()
def ask(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="ID", help="Member number, phone or e-mail.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Put somebody on the list by hand, due today."""
    call = desk(ctx).shop().calls.ask(who, by or getpass.getuser())
    if as_json:
        answer({"call": call})
        return
    screen().print(f"{who}: call {call}.")


@app.command()
def outcome(
    ctx: typer.Context,
    call: Call,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Without it the codes are listed.")
    ] = "",
    why: Annotated[str | None, typer.Option(help="For answered: a reason.")] = None,
    where_to: Annotated[str | None, typer.Option(help="Where they buy now.")] = None,
    words: Annotated[str | None, typer.Option(help="What they said, in their words.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DAY", help="When to call again.")] = None,
    minutes: Annotated[int, typer.Option(help="How long it took.")] = 0,
    promise: Annotated[float | None, typer.Option(help="Offer promised: 0.1 is 10 % off.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down what came of a call; `silence` is obeyed at once, on every channel."""
    from huitou.care.calls.outcomes import OUTCOMES, Outcome

    if not code:
        for name, sentence in OUTCOMES.items():
            screen().print(f"  {name:14} {sentence}")
        return
    told = Outcome(code, words, minutes, a_day(on), why, where_to)
    done = desk(ctx).shop().calls.write(call, told, by or getpass.getuser(), depth=promise)
    if as_json:
        answer(done)
        return
    out = screen()
    out.print(f"{call}: {done.outcome}.")
    if done.offer:
        out.print(f"  the code to read out: {done.offer}")
    if done.next_day:
        out.print(f"  again on {done.next_day}")


def _say_day(day: ClerkDay, out: Console) -> None:
    later = f" · {day.later} wait for another day" if day.later else ""
    head = f" · {day.planned + day.spent} of {day.minutes} minutes{later}"
    out.print(headed(day.clerk, head))
    for call in day.calls:
        _say(call, out)


def _say(call: CallSheet, out: Console) -> None:
    who = (call.person.name or call.person.key) if call.person else call.person_id
    gain = f" · expected {amount(call.gain.value)}" if call.gain else ""
    out.print(f"  {call.phone}  {who}{gain} · call {call.id}")
    for words in call.happened:
        out.print(f"    {words}")
    out.print(f"    {call.counsel.short}")
