"""`huitou report`: the five questions, the week's and the month's report, and sending it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, screen
from huitou.doors.cli.drawing import grid
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.shop import Shop
    from huitou.runs.told import SentReport

app = typer.Typer(
    invoke_without_command=True,
    help="The five questions; with --week or --month the report to the owner; send posts it.",
)


@app.callback()
def report(
    ctx: typer.Context,
    week: Annotated[bool, typer.Option("--week", help="The week, against the one before.")] = False,
    month: Annotated[
        bool, typer.Option("--month", help="The month, against the one before.")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Its last day; that of the latest run."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="en, zh-Hans or zh-Hant.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Two sheets of A4.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="One page of HTML.")] = None,
    as_json: AsJson = False,
) -> None:
    """The five questions.

    How many customers did I lose? Which? Why? Where did they go? How do I get them back?
    """
    if ctx.invoked_subcommand is not None:
        return
    shop = desk(ctx).shop()
    if not (week or month or pdf or html or until):
        _five(shop, as_json)
        return
    if week and month:
        raise HuitouError("a report is on a week or on a month", to_try="huitou report --month")
    _told(shop, "month" if month else "week", until, language, pdf, html, as_json)


def _five(shop: Shop, as_json: bool) -> None:
    from huitou.doors.cli.answers import say_all, show_answers

    if not as_json and (too_few := shop.too_few()) is not None:
        say_all(shop.metrics(), as_json=False)
        screen().print(f"\n{too_few} These facts need none.")
        return
    found = shop.answers()
    if as_json:
        from huitou.runs.written import answers_in_short

        answer(answers_in_short(found))
        return
    show_answers(found, screen())


def _told(
    shop: Shop,
    period: str,
    until: str | None,
    language: str | None,
    pdf: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    from huitou.runs.report.letter import as_html
    from huitou.runs.report.worded import lines

    reports, day = shop.reports, a_day(until)
    told = reports.worded(period, day, language)
    written = []
    if pdf is not None:
        pdf.write_bytes(reports.pdf(period, day, language))
        written.append(str(pdf))
    if html is not None:
        html.write_text(as_html(told), encoding="utf-8")
        written.append(str(html))
    if as_json:
        answer({**told, "written": written})
    elif written:
        screen().print("\n".join(written))
    else:
        screen().print("\n".join(lines(told)))


@app.command()
def send(
    ctx: typer.Context,
    now: Annotated[
        bool, typer.Option("--now", help="Whatever the day; nobody gets the same one twice.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send the report to `report_to` if it is due: once to each, however often this is asked."""
    shop = desk(ctx).shop()
    if not shop.settings.report_recipients:
        raise HuitouError(
            "nobody is named to send it to", to_try="huitou settings set report_to you@example.com"
        )
    reports = shop.reports
    found = reports.send_now() if now else reports.send_due()
    if as_json:
        answer(found)
    elif not found:
        screen().print("Nothing is due, or everybody has it already.")
    else:
        _say_sent(found)


@app.command()
def sent(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What became of the reports that were sent."""
    found = desk(ctx).shop().reports.sent()
    if as_json:
        answer(found)
    elif not found:
        screen().print("No report was sent yet.")
    else:
        _say_sent(found)


def _say_sent(found: tuple[SentReport, ...]) -> None:
    rows = (
        {
            "report": each.period,
            "until": each.until,
            "to": each.recipient,
            "state": each.state,
            "at": each.at,
            "why": each.reason or "",
        }
        for each in found
    )
    screen().print(grid(rows))
