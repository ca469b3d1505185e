"""`huitou letgo`: customers who cost more than they bring; a human looks and decides."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.letting_go.views import LetGoView, ProposedView

app = typer.Typer(
    no_args_is_help=True, help="Customers who cost more than they bring: a human decides."
)

Who = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Member number, phone, e-mail or id.")]
Step = Annotated[str, typer.Argument(metavar="ID", help="From `list`.")]
Why = Annotated[str, typer.Argument(metavar="WHY", help="Why, in a sentence: it is kept.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Whom a human should look at, what was decided, and whether it paid."""
    page = desk(ctx).shop().letting_go.page()
    if as_json:
        answer(page)
        return
    out = screen()
    out.print(f"Of {page.looked_at} customers {len(page.proposed)} are to be looked at.")
    for each in page.proposed:
        _say_proposed(each)
    for decided in (*page.appealed, *page.waiting, *page.standing, *page.control):
        _say_decided(decided)
    for words in page.paid.words:
        out.print(str(words))


@app.command()
def case(
    ctx: typer.Context,
    who: Who,
    letter_in: Annotated[str | None, typer.Option(help="Language of the letter.")] = None,
    as_json: AsJson = False,
) -> None:
    """One of them: the evidence, the orders behind it, and the letter as it would be written."""
    found = desk(ctx).shop().letting_go.case(who, letter_in)
    if as_json:
        answer(found)
        return
    out = screen()
    _say_proposed(found.proposed)
    for line in found.lines:
        back = f", came back ({line.fault or line.reason or 'no reason'})" if line.came_back else ""
        out.print(f"  {line.day}  {line.order}  {line.what}  {line.amount.written()}{back}")
    out.print(found.letters[found.proposed.step])


@app.command()
def decide(
    ctx: typer.Context,
    who: Who,
    step: Annotated[str, typer.Argument(help="no_offers, stricter or closed.")],
    words: Why,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Its last day.")] = None,
    letter_in: Annotated[str | None, typer.Option(help="Language of the letter.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Decide a step for somebody who is proposed; some are left as they are, by lot."""
    told = (
        desk(ctx)
        .shop()
        .letting_go.decide(
            who, step, words, by or getpass.getuser(), until=a_day(until), language=letter_in
        )
    )
    _answer(told, as_json)


@app.command()
def agree(ctx: typer.Context, step: Step, by: By = None, as_json: AsJson = False) -> None:
    """A second person agrees that somebody is closed."""
    _answer(desk(ctx).shop().letting_go.agree(step, by or getpass.getuser()), as_json)


@app.command()
def refuse(
    ctx: typer.Context, step: Step, words: Why, by: By = None, as_json: AsJson = False
) -> None:
    """A second person does not agree: nothing is done."""
    _answer(desk(ctx).shop().letting_go.refuse(step, by or getpass.getuser(), words), as_json)


@app.command()
def lift(
    ctx: typer.Context, step: Step, words: Why, by: By = None, as_json: AsJson = False
) -> None:
    """Take a step back; it ends at once."""
    _answer(desk(ctx).shop().letting_go.lift(step, by or getpass.getuser(), words), as_json)


@app.command()
def appeal(
    ctx: typer.Context, step: Step, words: Why, by: By = None, as_json: AsJson = False
) -> None:
    """Write down what a customer says against a step."""
    _answer(desk(ctx).shop().letting_go.appeal(step, words, by or getpass.getuser()), as_json)


@app.command("answer")
def answer_(
    ctx: typer.Context,
    step: Step,
    words: Why,
    grant: Annotated[bool, typer.Option("--grant/--stands", help="Lift it, or it stands.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Answer an objection: lifted, or it stands because somebody else looked again."""
    told = desk(ctx).shop().letting_go.answer(step, by or getpass.getuser(), words, granted=grant)
    _answer(told, as_json)


@app.command()
def letter(ctx: typer.Context, step: Step, as_json: AsJson = False) -> None:
    """The letter as it is printed, with the link by which its reader objects."""
    told = desk(ctx).shop().letting_go.letter(step)
    if as_json:
        answer({"letter": told})
        return
    screen().print(told)


@app.command()
def notice(ctx: typer.Context, who: Who, as_json: AsJson = False) -> None:
    """What a clerk needs to know of who stands there."""
    found = desk(ctx).shop().letting_go.notice(who)
    if as_json:
        answer(found)
        return
    told = f"{found.step_words} until {found.until}: {found.notice}" if found else "Nothing holds."
    screen().print(told)


def _answer(told: LetGoView, as_json: bool) -> None:
    if as_json:
        answer(told)
        return
    _say_decided(told)


def _say_proposed(each: ProposedView) -> None:
    out, net = screen(), each.net
    titles = ", ".join(str(title) for title in each.titles)
    out.print(
        f"{each.name}: {titles}; {net.value.written()}"
        f" ({net.low.written()} to {net.high.written()}); would be: {each.step_words}"
    )
    for words in each.evidence:
        out.print(f"  {words}")


def _say_decided(each: LetGoView) -> None:
    out = screen()
    out.print(
        f"{each.id}  {each.name}: {each.step_words}, until {each.until}: {each.state_words}"
        f" ({each.by}{', ' + each.second_by if each.second_by else ''})"
    )
    for word in each.said:
        out.print(f"  {word.kind}: {word.words} ({word.by})")
