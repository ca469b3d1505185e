"""What every command has at hand: the shop's folder, how to answer, and how to report progress."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.ground.progress import Progress
    from huitou.runs.shop import Shop


AS_WRITTEN: Mapping[str, Any] = {"markup": False, "emoji": False, "highlight": False}
"""A product called `[/b]` or `:tada:` is shown so: what files say commands no terminal."""

PAGE_WIDTH = 110
"""Letters in a line where nobody's terminal says otherwise."""

AsJson = Annotated[
    bool, typer.Option("--json", help="Answer with exactly one JSON value on stdout.")
]
"""The option every command has."""


@dataclass(frozen=True)
class Desk:
    """One call of the command line."""

    home: Path

    def shop(self) -> Shop:
        """The shop in the folder; the folder is made where there is none."""
        import huitou

        return huitou.open(self.home)


def default_home() -> Path:
    """`$HUITOU_HOME`, or `./huitou-data`."""
    return Path(os.environ.get("HUITOU_HOME") or "huitou-data")


def desk(ctx: typer.Context) -> Desk:
    """The desk of this call."""
    found = ctx.find_root().obj
    return found if isinstance(found, Desk) else Desk(default_home())


def answer(value: Any) -> None:
    """Print `value` as the one JSON value of this call."""
    from huitou.runs.written import written

    typer.echo(json.dumps(written(value), ensure_ascii=False, allow_nan=False))


def screen() -> Console:
    """Where answers for people go."""
    from rich.console import Console

    # A file or a pipe has no width of its own: a page's worth, the same on every machine.
    width = None if sys.stdout.isatty() else PAGE_WIDTH
    return Console(**AS_WRITTEN, width=width)


def aside() -> Console:
    """Where progress and remarks go: stderr."""
    from rich.console import Console

    return Console(**AS_WRITTEN, stderr=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr while work goes on; plain lines where nobody watches."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=aside(), transient=True) as bar:
        task = bar.add_task("…", total=None)

        def show(step: str, share: float | None = None) -> None:
            done = None if share is None else share * 100
            bar.update(task, description=step, total=None if done is None else 100, completed=done)

        yield show


def a_day(text: str | None) -> date | None:
    """`2011-06-09` as a date; a plain sentence for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HuitouError(f"{text!r} is not a day", to_try="year, month, day: 2011-06-09") from None


def someone_watches() -> bool:
    """Whether a person sits at the terminal and can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _lines() -> Progress:
    said: list[str] = []

    def show(step: str, share: float | None = None) -> None:
        if said[-1:] != [step]:
            said.append(step)
            typer.echo(f"{step} …", err=True)

    return show
