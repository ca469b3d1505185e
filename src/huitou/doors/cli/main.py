"""The command line: its commands in the order of the work, and how errors leave it.

Exit codes: 0 done · 1 a rule said no, or something must come first · 2 nothing could be taken, or
the line was not understood · 3 something was quarantined · 130 stopped by the keyboard.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from huitou.doors.cli import (
    acts,
    alarms,
    answers,
    balance,
    benches,
    calls,
    cases,
    chase,
    checkup,
    complaints,
    consents,
    demo,
    effects,
    files,
    fixes,
    forgetting,
    guides,
    happenings,
    harm,
    interviews,
    join,
    journeys,
    ladder,
    learning,
    membership,
    needs,
    offers,
    packs,
    people,
    plans,
    points,
    quarantine,
    referrals,
    reports,
    rules,
    sending,
    serving,
    shopkeeping,
    sticking,
    surprises,
    templates,
    texts,
    work,
    working,
)
from huitou.doors.cli.desk import Desk, default_home
from huitou.ground.errors import BadInput, HuitouError, plain

app = typer.Typer(
    name="huitou",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 110},
    help="Keep customers, notice who is leaving, win back those worth it, and prove it.",
)


@app.callback()
def _home(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="D",
            help="The shop's folder; made where there is none. $HUITOU_HOME, or ./huitou-data.",
            show_default=False,
        ),
    ] = None,
) -> None:
    ctx.obj = Desk(home or default_home())


for _command in (
    demo.demo,
    shopkeeping.init,
    files.import_,
    work.run,
    answers.facts,
    people.person,
    people.why,
):
    app.command(name=_command.__name__.rstrip("_"))(_command)
app.add_typer(reports.app, name="report")
app.add_typer(plans.app, name="plan")
app.command(name="balance")(balance.balance)
app.command(name="proof")(answers.proof)
app.add_typer(harm.app, name="harm")
app.command(name="effects")(effects.effects)
app.add_typer(learning.app, name="test")
app.command(name="replay")(learning.replay)
app.add_typer(cases.app, name="case")
app.add_typer(complaints.app, name="complaint")
app.add_typer(interviews.app, name="interview")
app.command(name="happened")(happenings.happened)
app.add_typer(journeys.app, name="journey")
app.add_typer(alarms.app, name="alarm")
app.add_typer(calls.app, name="call")
app.add_typer(ladder.app, name="ladder")
app.add_typer(join.app, name="join")
app.add_typer(offers.app, name="offer")
app.add_typer(points.app, name="points")
app.add_typer(packs.app, name="pack")
app.add_typer(surprises.app, name="surprise")
app.add_typer(referrals.app, name="referral")
app.add_typer(texts.app, name="text")
app.add_typer(fixes.app, name="fix")
app.add_typer(membership.app, name="membership")
app.command(name="next")(sticking.next_)
app.command(name="needs")(needs.needs)
app.add_typer(needs.app, name="machine")
app.add_typer(guides.app, name="guide")
app.add_typer(acts.app, name="act")
app.add_typer(chase.app, name="chase")
app.add_typer(consents.app, name="consent")
app.command(name="forget")(forgetting.forget)
app.command(name="send")(sending.send)
app.add_typer(sending.app, name="sending")
app.add_typer(templates.app, name="template")
app.command(name="stop")(sending.stop)
app.command(name="go")(sending.go)
sending.app.command("check")(consents.check)
app.add_typer(quarantine.app, name="quarantine")
app.command(name="serve")(serving.serve)
app.command(name="worker")(working.worker)
app.add_typer(serving.tokens, name="token")
app.add_typer(shopkeeping.app, name="settings")
app.command(name="doctor")(checkup.doctor)
app.command(name="export")(people.export)
app.add_typer(benches.app, name="bench")
rules.mount(app)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(args=given, prog_name="huitou", standalone_mode=False)
    except HuitouError as error:
        code = _tell(error, as_json="--json" in given)
    except OSError as error:
        if not _is_named(error, given):
            raise
        code = _tell(_of_the_disk(error), as_json="--json" in given)
    except typer.Abort:
        typer.echo("stopped", err=True)
        code = 130
    except Exception as error:
        code = _tell_usage(error, as_json="--json" in given)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(error: HuitouError, *, as_json: bool) -> int:
    typer.echo(f"huitou: {error}", err=True)
    if as_json:
        typer.echo(json.dumps({"error": plain(error)}, ensure_ascii=False))
    return error.exit_code


def _is_named(error: OSError, given: list[str]) -> bool:
    # Only what stood on the line is the user's to mend; any other file is ours, and a bug.
    name = str(error.filename or "")
    return bool(name) and any(word.endswith(name) for word in given)


def _of_the_disk(error: OSError) -> BadInput:
    why = str(error.strerror or type(error).__name__)
    return BadInput(
        f"the file cannot be used: {why.lower()}",
        file=str(error.filename),
        to_try="another file, in a folder that exists",
    )


def _tell_usage(error: Exception, *, as_json: bool) -> int:
    # The terminal package has its own tree for a line that was not understood; others are bugs.
    shown = getattr(error, "format_message", None)
    if shown is None:
        raise error
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(shown())
        return 0
    typer.echo(f"huitou: {shown()}\n  try: huitou --help", err=True)
    if as_json:
        typer.echo(json.dumps({"error": {"kind": "Usage", "sentence": shown()}}))
    return int(getattr(error, "exit_code", 2))
