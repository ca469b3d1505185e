"""`huitou ladder`: who stands where, the rules, and what is handed over at the till."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.ladder.views import StandView

app = typer.Typer(
    no_args_is_help=True, help="From a taste to the inner circle: steps, privileges, rules."
)

By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
Who = Annotated[str, typer.Argument(help="Card number, phone, e-mail, member number or id.")]
Language = Annotated[str, typer.Option(help="Language of the steps' names: en, zh-Hans, zh-Hant.")]


@app.command()
def show(ctx: typer.Context, language: Language = "en", as_json: AsJson = False) -> None:
    """The whole ladder: people on each step, climbs and falls, privileges delivered."""
    found = desk(ctx).shop().ladder.drawn(language)
    if as_json:
        answer(found)
        return
    out = screen()
    out.print(f"The ladder is {'on' if found.on else 'off'}; what counts: {found.window}")
    for step in reversed(found.steps):
        out.print(f"  {step.claim} ({step.name}): {step.people:,}")
        for each in step.privileges:
            out.print(f"    {each.claim}: given {each.times} times to {each.people} of {each.may}")
    out.print(f"{found.members:,} have a card; {found.falling:,} were told that their step ends")
    for month in found.months:
        if month.climbed or month.fell:
            out.print(f"  {month.month}: {month.climbed} climbed, {month.fell} fell")
    for line in found.thresholds:
        out.print(f"  {line.words}")


@app.command()
def person(
    ctx: typer.Context, who: Who, language: Language = "en", as_json: AsJson = False
) -> None:
    """Where somebody stands, what is missing to the next step, what they may be given."""
    _say(desk(ctx).shop().ladder.person(who, language), as_json=as_json)


@app.command()
def deliver(
    ctx: typer.Context,
    who: Who,
    privilege: Annotated[str, typer.Argument(help="As `ladder person` names it.")],
    by: By = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Hand a privilege over, once for its period."""
    ladder = desk(ctx).shop().ladder
    found = ladder.person(who, language)
    given = ladder.deliver(found.person_id, privilege, by or getpass.getuser(), language)
    _say(given, as_json=as_json)


@app.command(name="take-back")
def take_back(
    ctx: typer.Context,
    delivery: Annotated[int, typer.Argument(help="Its number, as `ladder person --json` shows.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take a delivery back that was a slip of the finger."""
    desk(ctx).shop().ladder.take_back(delivery, by or getpass.getuser())
    if as_json:
        answer({"delivery": delivery, "taken_back": True})
        return
    screen().print(f"delivery {delivery} is taken back: it may be handed over again")


@app.command(name="set")
def set_(
    ctx: typer.Context,
    who: Who,
    step: Annotated[str, typer.Argument(help="As `ladder show` names it.")],
    why: Annotated[str, typer.Option(help="The reason; it is kept.")] = "",
    by: By = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Put somebody on a step by hand; rules go on from there."""
    ladder = desk(ctx).shop().ladder
    _say(ladder.put(who, step, why, by or getpass.getuser(), language), as_json=as_json)


def _say(found: StandView, *, as_json: bool) -> None:
    if as_json:
        answer(found)
        return
    out = screen()
    out.print(f"{found.name}: {found.claim}, step {found.place} of {found.of}")
    if found.number:
        out.print(f"  card {found.number}{'' if found.confirmed else ', not seen by staff yet'}")
    if found.falls_on:
        out.print(f"  kept until {found.falls_on}, unless it is earned again")
    if found.next is not None:
        every = "; ".join(str(each) for each in found.next.every)
        some = " or ".join(str(each) for each in found.next.any)
        missing = "; ".join(each for each in (every, some) if each)
        out.print(f"  {found.next.share:.0%} of the way to {found.next.claim}: {missing}")
    for each in found.privileges:
        had = "to deliver" if each.is_open else f"given by {each.given_by} on {each.given_on}"
        out.print(f"  {each.name}: {each.claim} ({each.often}): {had}")
    for words in found.say:
        out.print(f"  say: {words}")
