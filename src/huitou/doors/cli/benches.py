"""`huitou bench`: what was promised, measured on this machine, beside another way of doing it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson
from huitou.ground.errors import NotYet

app = typer.Typer(no_args_is_help=True, help="Measure what the product promises.")


@app.callback()
def _bench() -> None:
    """Figures for reading; the exit code is 1 where a bar does not hold."""


Rooms = Annotated[list[str] | None, typer.Argument(metavar="[ROOM]…", help="Some of it alone.")]
Full = Annotated[bool, typer.Option("--full", help="What takes longer, too.")]


@app.command()
def care(rooms: Rooms = None, as_json: AsJson = False) -> None:
    """Texts, causes, alarms, fixes, harm; 10,000 complaints while the nightly run works."""
    _measure("care", rooms or [], as_json)


@app.command()
def decisions(rooms: Rooms = None, full: Full = False, as_json: AsJson = False) -> None:
    """Plans for ten million people within budget and hours, and how near the best they come."""
    _measure("decisions", rooms or [], as_json, full=full)


@app.command()
def exodus(rooms: Rooms = None, full: Full = False, as_json: AsJson = False) -> None:
    """Exoduses planted in public shops: how many are found, and alarms in a hundred quiet weeks."""
    _measure("exodus", rooms or [], as_json, full=full)


@app.command()
def facts(rooms: Rooms = None, as_json: AsJson = False) -> None:
    """Ten million customers: every metric anew, one more day, earlier evenings; a million lines."""
    _measure("facts", rooms or [], as_json)


@app.command()
def identity(rooms: Rooms = None, as_json: AsJson = False) -> None:
    """How surely one customer is known as one: febrl's four sets, and a Chinese one."""
    _measure("identity", rooms or [], as_json)


@app.command()
def models(rooms: Rooms = None, full: Full = False, as_json: AsJson = False) -> None:
    """Forecasts: published anchors, a thousand small shops, seconds of fits and scores; peers."""
    _measure("models", rooms or [], as_json, full=full)


@app.command()
def sending(rooms: Rooms = None, as_json: AsJson = False) -> None:
    """A hundred thousand mails through twenty kills: how fast, none lost, none twice."""
    _measure("sending", rooms or [], as_json)


@app.command()
def sources(rooms: Rooms = None, as_json: AsJson = False) -> None:
    """Events a second from sites and servers, on the disk before they are answered; kills."""
    _measure("sources", rooms or [], as_json)


def _measure(chapter: str, rooms: list[str], as_json: bool, *, full: bool = False) -> None:
    import huitou

    checkout = Path(huitou.__file__).resolve().parents[2]
    if not (checkout / "tools" / "benching.py").exists():
        raise NotYet(
            "the benches come with the source, not with the package",
            to_try="the same in a clone of the project",
        )
    said = [word for word, wanted in (("--json", as_json), ("--full", full)) if wanted]
    call = [sys.executable, "-m", "tools.benching", chapter, *rooms, *said]
    told = subprocess.run(call, cwd=checkout, check=False)
    raise typer.Exit(told.returncode)
