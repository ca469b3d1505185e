"""`huitou send`, `sending`, `stop` and `go`: what waits, what left, what is in doubt."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huitou.runs.desks.sending.views import SendingRow, SentView

app = typer.Typer(
    no_args_is_help=True, help="Messages of the outbox: what waits, left, or is unclear."
)

By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
Which = Annotated[
    str, typer.Argument(metavar="ID", help="As `sending list` names it, or its start.")
]

EVERY_SECONDS = 2.0


def send(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="What is due now, and no more.")] = False,
    channel: Annotated[
        list[str] | None, typer.Option(help="email, sms, …; all, where none is given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hand over what is due, until stopped by the keyboard; with --once what is due now."""
    sending = desk(ctx).shop().sending
    while True:
        sent = sending.send(channel or ())
        if once or as_json:
            break
        _say_sent([each for each in sent if each.handed])
        if sending.stopped().stopped:
            screen().print("Sending is stopped; `huitou go` lets it go on.")
            return
        time.sleep(EVERY_SECONDS)
    if as_json:
        answer(sent)
        return
    _say_sent(sent)


def stop(
    ctx: typer.Context,
    why: Annotated[str, typer.Argument(help="In a few words, for whoever asks.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Nothing more leaves, at once, by any worker; what is on the wire this moment still arrives.

    Works without the web: a file STOP in the shop's folder stops as well.
    """
    told = desk(ctx).shop().sending.stop(by or getpass.getuser(), why)
    if as_json:
        answer(told)
        return
    screen().print("Sending is stopped; `huitou go` lets it go on.")


def go(ctx: typer.Context, by: By = None, as_json: AsJson = False) -> None:
    """Sending goes on."""
    told = desk(ctx).shop().sending.go(by or getpass.getuser())
    if as_json:
        answer(told)
        return
    screen().print("Sending goes on.")


@app.command()
def channels(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every way out: whether it is set up, what it lacks, what became of its messages."""
    found = desk(ctx).shop().sending.channels()
    if as_json:
        answer(found)
        return
    for each in found:
        lacks = f"; lacks {', '.join(each.missing)}" if each.missing else ""
        counts = ", ".join(f"{state} {n:,}" for state, n in sorted(each.counts.items()))
        screen().print(f"{each.channel} by {each.way}, {each.rate:g} a second{lacks}", markup=False)
        if counts:
            screen().print(f"  {counts}", markup=False)
        if each.rests_until is not None:
            screen().print(f"  rests until {each.rests_until}: {each.why}", markup=False)


@app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(help="planned, accepted, in_doubt, …")] = None,
    channel: Annotated[str | None, typer.Option(help="email, sms, …")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Messages, the latest change first."""
    _say(desk(ctx).shop().sending.listed(state, channel, limit=limit), as_json)


@app.command()
def doubt(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Messages of which nobody knows whether they arrived; none of them is ever sent again."""
    _say(desk(ctx).shop().sending.doubts(), as_json)


@app.command()
def settle(
    ctx: typer.Context,
    which: Which,
    arrived: Annotated[bool, typer.Option("--arrived/--lost", help="What you found out.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say what became of a message in doubt."""
    row = desk(ctx).shop().sending.settle(which, arrived=arrived, by=by or getpass.getuser())
    if as_json:
        answer(row)
        return
    screen().print(f"{row.id[:12]}: {row.state}", markup=False)


@app.command()
def test(
    ctx: typer.Context,
    to: Annotated[str, typer.Argument(help="Your own address or number.")],
    name: Annotated[
        str, typer.Option("--template", help="As `template list` names it.")
    ] = "letter",
    channel: Annotated[str, typer.Option(help="email, sms, …")] = "email",
    language: Annotated[str, typer.Option(help="en, zh-Hans or zh-Hant")] = "en",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Send one text to somebody of the house."""
    made = desk(ctx).shop().templates.test(name, channel, language, to, by or getpass.getuser())
    if as_json:
        answer(made)
        return
    screen().print(f"{made.to}: {made.end} at {made.stage} {made.reason or ''}", markup=False)


@app.command()
def bounces(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Letters that came back (.eml); else the mailbox.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read undelivered mail and complaints: dead addresses are barred, complaints end the mail."""
    sending = desk(ctx).shop().sending
    told = sending.read_bounces([file.read_bytes() for file in files] if files else None)
    if as_json:
        answer(told)
        return
    screen().print(", ".join(f"{name} {n:,}" for name, n in told.items()), markup=False)


@app.command()
def unbar(
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(help="email, sms …")],
    address: Annotated[str, typer.Argument(help="The address that was barred.")],
    why: Annotated[str, typer.Option(help="Why it may be written to again; it is kept.")],
    by: Annotated[str | None, typer.Option(help="Who says so; you, where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let an address that was barred take messages again."""
    desk(ctx).shop().sending.unbar(channel, address, why, by or getpass.getuser())
    if as_json:
        answer({"channel": channel, "address": address, "unbarred": True})
        return
    screen().print(f"{address} takes messages again.", markup=False)


def _say(rows: Sequence[SendingRow], as_json: bool) -> None:
    if as_json:
        answer(rows)
        return
    for row in rows:
        head = f"{row.id[:12]}  {row.at:%Y-%m-%d %H:%M}  {row.channel:8}{row.state:13}"
        why = f"  {row.reason}" if row.reason else ""
        screen().print(f"{head}{row.template}{why}", markup=False)


def _say_sent(sent: Sequence[SentView]) -> None:
    for each in sent:
        if each.missing:
            screen().print(f"{each.channel}: not set up ({', '.join(each.missing)})", markup=False)
            continue
        ends = ", ".join(f"{end} {n:,}" for end, n in sorted(each.ends.items()))
        told = "stopped" if each.stopped else ends or "nothing is due"
        screen().print(f"{each.channel}: {told}", markup=False)
