"""`huitou case`: whom of the lost to ask, what they said, and who wants to be left alone."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import amount, grid, headed, share

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.desks.cases.views import CaseFile
    from huitou.runs.views import CaseView

app = typer.Typer(no_args_is_help=True, help="Ask the lost, write down what they say, obey it.")

Who = Annotated[str, typer.Argument(metavar="ID", help="Member number, phone, e-mail or id.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="Its id, from `huitou case list`.")]
By = Annotated[str | None, typer.Option(help="Who wrote it down; the name you are signed in by.")]
On = Annotated[str, typer.Option("--channel", help="any, paper, email or call.")]


@app.command(name="list")
def listing(
    ctx: typer.Context,
    status: Annotated[str, typer.Option(help="open, answered, returned or closed.")] = "open",
    limit: Annotated[int, typer.Option(metavar="N", help="How many, the worthiest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Lost customers worth asking, what is suspected, and what to ask."""
    found = desk(ctx).shop().cases(status, limit)
    if as_json:
        answer(found)
        return
    out = screen()
    if not found:
        out.print(f"There is no case that is {status}.")
    for case in found:
        _say(case, out)


@app.command(name="answer")
def answered(
    ctx: typer.Context,
    case: Case,
    why: Annotated[str, typer.Option(help="The reason; without it the reasons are listed.")] = "",
    where_to: Annotated[str | None, typer.Option(help="Where they buy now.")] = None,
    words: Annotated[str | None, typer.Option(help="What they said, in their words.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down what a customer said; `leave_me_alone` is obeyed at once, on every channel."""
    if not why:
        _say_reasons(screen())
        return
    shop = desk(ctx).shop()
    shop.answer_case(case, why, where_to=where_to, words=words, by=by or getpass.getuser())
    if as_json:
        answer({"case": case, "why": why, "where_to": where_to})
        return
    screen().print(f"{case}: written down.")


@app.command(name="open")
def opened(ctx: typer.Context, who: Who, by: By = None, as_json: AsJson = False) -> None:
    """Open a case by hand; the one that is followed already is the one that is meant."""
    case = desk(ctx).shop().casefiles.open(who, by or getpass.getuser())
    if as_json:
        answer({"case": case})
        return
    screen().print(f"{who}: case {case}.")


@app.command()
def show(ctx: typer.Context, case: Case, as_json: AsJson = False) -> None:
    """One case, whole: worth, last seen, suspects, what was done, what it cost and brought."""
    file = desk(ctx).shop().casefiles.file(case)
    if as_json:
        answer(file)
        return
    _say_file(file, screen())


@app.command()
def assign(
    ctx: typer.Context,
    case: Case,
    owner: Annotated[str, typer.Argument(metavar="NAME", help="Who is put on it.")],
    as_json: AsJson = False,
) -> None:
    """Put somebody on a case; their call to the customer is on the list at once."""
    shop = desk(ctx).shop()
    shop.casefiles.assign(case, owner)
    shop.calls.draw()
    if as_json:
        answer({"case": case, "owner": owner})
        return
    screen().print(f"{case}: {owner} is on it.")


@app.command()
def note(
    ctx: typer.Context,
    case: Case,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="One or two sentences.")] = "",
    kind: Annotated[str, typer.Option(help="call, message, found, done, lesson or note.")] = "note",
    cause: Annotated[str | None, typer.Option(help="For found and lesson: a reason.")] = None,
    minutes: Annotated[int, typer.Option(help="Staff time it took.")] = 0,
    cost: Annotated[str, typer.Option(help="Money beside it, in major units.")] = "0",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write a line into a file; a cause that was found is evidence like an answer."""
    from huitou.care.casefiles.notes import Note

    shop = desk(ctx).shop()
    line = Note(kind, words, minutes, _minor(cost, shop.settings.money), cause)
    new = shop.casefiles.write(case, line, by or getpass.getuser())
    if as_json:
        answer({"case": case, "new": new})
        return
    screen().print(f"{case}: written down." if new else f"{case}: it was written down already.")


@app.command()
def close(
    ctx: typer.Context,
    case: Case,
    words: Annotated[str, typer.Argument(metavar="WHY", help="Why it is not followed on.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """End a case that is not followed any further."""
    desk(ctx).shop().casefiles.close(case, words, by or getpass.getuser())
    if as_json:
        answer({"case": case, "status": "closed"})
        return
    screen().print(f"{case}: closed.")


@app.command()
def lessons(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What cases have taught, by cause, to be told to everybody."""
    found = desk(ctx).shop().casefiles.lessons()
    if as_json:
        answer(found)
        return
    out = screen()
    if not found:
        out.print("There is no lesson yet.")
    for group in found:
        out.print(headed(str(group.words), ""))
        for lesson in group.lessons:
            out.print(f"  {lesson.words} ({lesson.by})")


@app.command()
def silence(
    ctx: typer.Context,
    who: Who,
    channel: On = "any",
    lift: Annotated[bool, typer.Option("--lift", help="They asked to hear from us again.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Never write to or call this customer again; it holds until it is lifted."""
    shop, name = desk(ctx).shop(), by or getpass.getuser()
    told = shop.speak_again if lift else shop.leave_alone
    told(who, by=name, channel=channel)
    state = "spoken_to" if lift else "silent"
    if as_json:
        answer({"who": who, "channel": channel, "state": state})
        return
    screen().print(f"{who}: {'may be spoken to again' if lift else 'left alone'}.")


@app.command()
def doubt(
    ctx: typer.Context,
    decision: Annotated[
        str | None, typer.Argument(metavar="[LETTER]", help="A letter that was found out about.")
    ] = None,
    arrived: Annotated[
        bool | None, typer.Option("--arrived/--lost", help="What was found out.")
    ] = None,
    channel: Annotated[str, typer.Option(help="The channel it went by.")] = "email",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Letters of which nobody knows whether they arrived; none of them is ever sent again."""
    shop = desk(ctx).shop()
    if decision is not None and arrived is not None:
        shop.settle_doubt(decision, channel, arrived=arrived, by=by or getpass.getuser())
    found = shop.in_doubt()
    if as_json:
        answer(found)
        return
    if not found:
        screen().print("No letter is in doubt.")
        return
    screen().print(
        grid(
            {"letter": each.decision, "by": each.channel, "to": each.person, "since": each.at}
            for each in found
        )
    )


def _say(case: CaseView, out: Console) -> None:
    who = case.person.key if case.person else "no longer among the customers"
    out.print(headed(who, f" · {amount(case.worth)} if they stayed · case {case.id}"))
    for words, chance in case.suspects:
        out.print(f"  suspected: {words} ({share(chance)})")
    for sentence in case.ask:
        out.print(f"  ask: {sentence}")
    for why, *more in case.said:
        told = "; ".join([str(why), *(part for part in more if part)])
        out.print(f"  said: {told}")


def _say_file(file: CaseFile, out: Console) -> None:
    line = file.line
    who = line.person.key if line.person else "no longer among the customers"
    out.print(headed(who, f" · {line.status} · {line.owner or 'nobody'} is on it"))
    worth = file.worth
    out.print(
        f"  worth {amount(worth.value)} if they stayed"
        f" ({amount(worth.low)} to {amount(worth.high)}, {worth.level:.0%})"
    )
    if file.days_silent is not None and line.person is not None:
        out.print(f"  last seen {line.person.last_day}, {file.days_silent} days ago")
    for each in line.suspects:
        evidence = " ".join(str(words) for words in each.evidence)
        out.print(f"  suspected: {each.words} ({share(each.share)}) {evidence}".rstrip())
    out.print(f"  guide: {file.counsel.short}")
    for told in file.said:
        out.print(f"  said: {told.why}")
    for note in file.notes:
        out.print(f"  {note.kind}: {note.words} ({note.by})")
    brought = line.brought
    out.print(
        f"  cost {amount(line.spent.total)} so far, {line.spent.minutes} minutes;"
        f" brought {amount(brought.profit)} of profit since"
    )


def _minor(text: str, currency: str) -> int:
    from decimal import Decimal, InvalidOperation

    from huitou.ground.errors import BadInput
    from huitou.ground.money import to_minor

    try:
        return to_minor(Decimal(text), currency)
    except InvalidOperation as bad:
        raise BadInput(f"{text!r} is no amount", to_try="--cost 12.50") from bad


def _say_reasons(out: Console) -> None:
    from huitou.care.reasons import WHYS

    out.print("--why is one of:")
    for code, sentence in WHYS.items():
        out.print(f"  {code:16} {sentence}")
