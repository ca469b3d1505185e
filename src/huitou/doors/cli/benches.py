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


@app.command()
def care(
    rooms: Annotated[
        list[str] | None, typer.Argument(metavar="[ROOM]…", help="texts, causes, alarms, …")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Texts, causes, alarms, fixes, harm, and 10,000 complaints while the nightly run works."""
    code = _measure("tools.bench_care", [*(rooms or []), *(["--json"] if as_json else [])])
    raise typer.Exit(code)


def _measure(bench: str, arguments: list[str]) -> int:
    import huitou

    checkout = Path(huitou.__file__).resolve().parents[2]
    if not (checkout / "tools" / "bench_care").is_dir():
        raise NotYet(
            "the benches come with the source, not with the package",
            to_try="the same in a clone of the project",
        )
    told = subprocess.run([sys.executable, "-m", bench, *arguments], cwd=checkout, check=False)
    return told.returncode
