"""`huitou interview`: ask the newly lost why, once; write down what they say."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import grid, headed, share

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.desks.interviews.desk import InterviewView

app = typer.Typer(no_args_is_help=True, help="Ask those who left why, once; obey what they say.")

Id = Annotated[str, typer.Argument(metavar="ID", help="From `huitou interview list`.")]
By = Annotated[str | None, typer.Option(help="Who wrote it down; the name you are signed in by.")]


@app.command(name="list")
def listing(
    ctx: typer.Context,
    state: Annotated[str, typer.Option(help="asked, answered, over or all.")] = "asked",
    limit: Annotated[int, typer.Option(metavar="N", help="How many, the latest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Who was asked why they left, by which way, and what they said."""
    shelf = desk(ctx).shop().interviews
    found = shelf.listed(None if state == "all" else state, limit)
    if as_json:
        answer(found)
        return
    out, tally = screen(), shelf.tally()
    out.print(
        f"{tally.asked:,} asked, {tally.answered:,} answered; "
        "those who answer are not all who leave."
    )
    out.print(grid(_line(each) for each in found))


@app.command(name="answer")
def answered(
    ctx: typer.Context,
    interview: Id,
    why: Annotated[str, typer.Option(help="The reason, as `huitou case answer` lists them.")],
    where_to: Annotated[str | None, typer.Option(help="Where they buy now.")] = None,
    words: Annotated[str | None, typer.Option(help="What they said, in their words.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down an answer from the phone or from paper; says what fits and may be promised."""
    shelf, name = desk(ctx).shop().interviews, by or getpass.getuser()
    heard = shelf.record(interview, why, where_to=where_to, words=words, by=name)
    if as_json:
        answer(heard)
        return
    _say_remedy(heard, screen())


@app.command(name="ask")
def ask(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="Member number, phone, e-mail or id.")],
    trigger: Annotated[str, typer.Option(help="cancelled or unsubscribed.")] = "cancelled",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """A link to the two questions for somebody who cancels; the same again gives the same link."""
    link = desk(ctx).shop().interviews.ask(who, trigger, by or getpass.getuser())
    if as_json:
        answer(link)
        return
    screen().print(link.link, soft_wrap=True)


@app.command(name="print")
def sheets(
    ctx: typer.Context,
    to: Annotated[Path, typer.Option(metavar="FILE", help="Where the sheets go.")] = Path(
        "interviews.html"
    ),
    interview: Annotated[str | None, typer.Option("--id", help="Only this interview.")] = None,
    as_json: AsJson = False,
) -> None:
    """The two questions on paper, one sheet for each who is asked on paper, to print."""
    content = desk(ctx).shop().interviews.sheets(interview)
    to.write_bytes(content)
    if as_json:
        answer({"file": str(to), "bytes": len(content)})
        return
    screen().print(f"{to}: open it in a browser and print it.")


@app.command(name="send")
def send(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Send the e-mails that ask, each at most once, whatever is killed when."""
    ended = desk(ctx).shop().interviews.send()
    if as_json:
        answer(ended)
        return
    told = ", ".join(f"{n:,} {state}" for state, n in ended.items())
    screen().print(told or "No e-mail waits to be sent.")


@app.command(name="doubt")
def doubt(
    ctx: typer.Context,
    interview: Id,
    arrived: Annotated[bool, typer.Option("--arrived/--lost", help="What was found out.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Somebody found out whether an e-mail that was in doubt arrived; it is never sent again."""
    shelf = desk(ctx).shop().interviews
    shelf.settle_doubt(interview, arrived=arrived, by=by or getpass.getuser())
    if as_json:
        answer({"interview": interview, "arrived": arrived})
        return
    screen().print(f"{interview}: written down.")


@app.command(name="import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: id, why, where_to, words.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take in answers typed from paper; each interview keeps its first answer."""
    told = desk(ctx).shop().interviews.take(file, by or getpass.getuser())
    if as_json:
        answer(told)
    else:
        screen().print(f"{told.kept:,} kept, {told.known:,} answered before.")
        for line, sentence in told.refused:
            screen().print(f"line {line}: {sentence}")
    if told.refused:
        raise typer.Exit(3)


def _line(each: InterviewView) -> dict[str, object]:
    return {
        "interview": each.id,
        "customer": each.person.key if each.person else "",
        "left": each.departed_on,
        "by": each.channel,
        "e-mail": each.mail,
        "chance to be asked": share(each.propensity),
        "said": str(each.said) if each.said else "",
        "where to": each.where_to,
    }


def _say_remedy(heard: InterviewView, out: Console) -> None:
    out.print(headed(f"{heard.id}: written down."))
    if heard.remedy is None:
        return
    out.print(f"  {heard.remedy.staff}")
    out.print(f"  {heard.remedy.money}")
    if heard.remedy.offer is not None:
        offer = heard.remedy.offer
        out.print(f"  code {offer.code}, until {offer.last_day}, {offer.most.written()} at most")
