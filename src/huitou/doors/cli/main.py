"""The command line: its commands in the order of the work, and how errors leave it.

Exit codes: 0 done · 1 a rule said no, or something must come first · 2 nothing could be taken, or
the line was not understood · 3 something was quarantined · 130 stopped by the keyboard.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

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
    connect,
    consents,
    demands,
    demo,
    duplicates,
    effects,
    exodus,
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
    letgo,
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
    sources,
    sticking,
    superusers,
    surprises,
    templates,
    texts,
    what_if,
    winning,
    work,
    working,
)
from huitou.doors.cli.desk import Desk, default_home
from huitou.ground.errors import BadInput, HuitouError, plain

OF_THE_WHOLE: Mapping[str, Any] = {
    "name": "huitou",
    "no_args_is_help": True,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "context_settings": {"max_content_width": 110},
    "help": "Keep customers, notice who is leaving, win back those worth it, and prove it.",
}
app = typer.Typer(**OF_THE_WHOLE)


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


CHAPTERS: Mapping[str, Callable[..., object] | typer.Typer] = {
    # what arrives
    "demo": demo.demo,
    "init": shopkeeping.init,
    "import": files.import_,
    "quarantine": quarantine.app,
    "happened": happenings.happened,
    "spending": winning.app,
    "connect": connect.app,
    "source": sources.app,
    # the day, and what it says
    "run": work.run,
    "facts": answers.facts,
    "winning": winning.winning,
    "exodus": exodus.exodus,
    "what-if": what_if.what_if,
    "person": people.person,
    "why": people.why,
    "next": sticking.next_,
    "report": reports.app,
    "export": people.export,
    # what hurt, and asking the lost
    "complaint": complaints.app,
    "alarm": alarms.app,
    "fix": fixes.app,
    "text": texts.app,
    "case": cases.app,
    "call": calls.app,
    "interview": interviews.app,
    "chase": chase.app,
    "duplicates": duplicates.app,
    "superusers": superusers.app,
    "letgo": letgo.app,
    "demand": demands.app,
    # what to do, and whether it worked
    "plan": plans.app,
    "balance": balance.balance,
    "act": acts.app,
    "effects": effects.effects,
    "proof": answers.proof,
    "harm": harm.app,
    "test": learning.app,
    "replay": learning.replay,
    # what we owe
    "join": join.app,
    "ladder": ladder.app,
    "points": points.app,
    "pack": packs.app,
    "membership": membership.app,
    "offer": offers.app,
    "surprise": surprises.app,
    "referral": referrals.app,
    # what they need next
    "needs": needs.needs,
    "machine": needs.app,
    "guide": guides.app,
    # what we say, and how it leaves
    "journey": journeys.app,
    "consent": consents.app,
    "forget": forgetting.forget,
    "template": templates.app,
    "send": sending.send,
    "sending": sending.app,
    "stop": sending.stop,
    "go": sending.go,
    # keeping the house
    "serve": serving.serve,
    "worker": working.worker,
    "token": serving.tokens,
    "settings": shopkeeping.app,
    "doctor": checkup.doctor,
    "bench": benches.app,
}
"""What is typed after `huitou`, in the order of the story."""

for _name, _chapter in CHAPTERS.items():
    if isinstance(_chapter, typer.Typer):
        app.add_typer(_chapter, name=_name)
    else:
        app.command(name=_name)(_chapter)
sending.app.command("check")(consents.check)
rules.mount(app)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = _command(_chapter_of(given))(args=given, prog_name="huitou", standalone_mode=False)
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


def _chapter_of(given: list[str]) -> str | None:
    """The chapter of a line that begins with its name, after `--home` at most; None: any may be."""
    words = given[2:] if given[:1] == ["--home"] else given
    words = words[1:] if words and words[0].startswith("--home=") else words
    return words[0] if words and words[0] in {*CHAPTERS, *_groups()} else None


def _groups() -> dict[str, Any]:
    return {str(each.name): each for each in app.registered_groups}


@cache
def _command(chapter: str | None) -> Any:
    """What runs a line of one chapter: to put all of them together takes longer than most do."""
    if chapter is None:
        return typer.main.get_command(app)
    alone = typer.Typer(**OF_THE_WHOLE)
    alone.callback()(_home)
    if group := _groups().get(chapter):
        alone.registered_groups.append(group)
    else:
        alone.command(name=chapter)(CHAPTERS[chapter])
    return typer.main.get_command(alone)


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
