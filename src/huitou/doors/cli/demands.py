"""`huitou demand`: what staff may concede, words to refuse with, and exceptions."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.demands import DemandView

app = typer.Typer(no_args_is_help=True, help="What staff may concede, and words to refuse with.")

Demand = Annotated[str, typer.Argument(metavar="ID", help="From `list`.")]
Kind = Annotated[str, typer.Argument(help="From `show`.")]
Told = Annotated[str, typer.Argument(metavar="WORDS", help="What was demanded.")]
Whose = Annotated[str | None, typer.Option(help="Whose it is, where they are known.")]
Minutes = Annotated[int, typer.Option(min=0, max=1440, help="Minutes it took.")]
Why = Annotated[str, typer.Argument(metavar="WHY", help="Why, in a sentence: it is kept.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]


@app.command()
def show(ctx: typer.Context, by: By = None, as_json: AsJson = False) -> None:
    """What you may still concede today, the words to refuse with, and what waits."""
    page = desk(ctx).shop().demands.page(by or getpass.getuser())
    if as_json:
        answer(page)
        return
    out = screen()
    out.print(
        f"A case: {page.per_case.written()}. A day: {page.per_day.written()}."
        f" Left today: {page.left_today.written()}."
    )
    for kind in page.kinds:
        out.print(f"{kind.name}: {kind.title['en']}")
        out.print(f"  “{kind.words['en']}”")
    for each in page.asked:
        _say(each)


@app.command("list")
def list_(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest demands, and what became of each."""
    found = desk(ctx).shop().demands.listed(limit=limit)
    if as_json:
        answer(found)
        return
    for each in found:
        _say(each)
    if not found:
        screen().print("Nothing was demanded yet.")


@app.command()
def concede(
    ctx: typer.Context,
    kind: Kind,
    amount: Annotated[str, typer.Argument(help="In major units: 15 or 12.50.")],
    words: Told,
    customer: Whose = None,
    minutes: Minutes = 0,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Give in: at once within the limits, else somebody else decides."""
    from huitou.doors.cli.plans import to_minor

    shop = desk(ctx).shop()
    told = shop.demands.concede(
        kind, to_minor(amount, shop.settings.money), words, by or getpass.getuser(),
        customer=customer, minutes=minutes,
    )  # fmt: skip
    _answer(told, as_json)


@app.command()
def refuse(
    ctx: typer.Context,
    kind: Kind,
    words: Told,
    customer: Whose = None,
    minutes: Minutes = 0,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down that nothing was given."""
    told = (
        desk(ctx)
        .shop()
        .demands.refuse(kind, words, by or getpass.getuser(), customer=customer, minutes=minutes)
    )
    _answer(told, as_json)


@app.command()
def decide(
    ctx: typer.Context,
    demand: Demand,
    words: Why,
    grant: Annotated[bool, typer.Option("--grant/--refuse", help="Give it, or not.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Somebody else decides what is above the limits."""
    told = desk(ctx).shop().demands.decide(demand, by or getpass.getuser(), words, granted=grant)
    _answer(told, as_json)


def _answer(told: DemandView, as_json: bool) -> None:
    if as_json:
        answer(told)
        return
    _say(told)


def _say(each: DemandView) -> None:
    screen().print(
        f"{each.id}  {each.day} {each.kind} {each.amount.written()}: {each.state_words}"
        f" ({each.by}{', ' + each.decided_by if each.decided_by else ''})"
    )
