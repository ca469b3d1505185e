"""`huitou run`: the day's work, and what each step of it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, progress, screen

if TYPE_CHECKING:
    from huitou.runs.views import Step


def run(
    ctx: typer.Context,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The last day known; the last in the data."),
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(metavar="DAYS", help="How far ahead 'will they buy?' looks.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The day's work: facts, forecast, plan and proof.

    A killed run goes on where it was.
    """
    shop = desk(ctx).shop()
    with progress() as show:
        ran = shop.run(as_of=a_day(as_of), horizon_days=horizon, progress=show)
    if as_json:
        answer(ran)
        return
    screen().print(f"As of {ran.as_of}:")
    show_steps(ran.steps)


def show_steps(steps: Sequence[Step]) -> None:
    """Seconds, CPU seconds and peak memory by step, and their sum."""
    from rich.table import Table

    table = Table("step")
    for heading in ("rows", "seconds", "CPU s", "peak MB"):
        table.add_column(heading, justify="right")
    for step in steps:
        table.add_row(
            step.name, f"{step.rows:,}", f"{step.seconds:.2f}", f"{step.cpu_seconds:.2f}",
            str(step.peak_megabytes),
        )  # fmt: skip
    table.add_section()
    table.add_row(
        "all", "", f"{sum(step.seconds for step in steps):.2f}",
        f"{sum(step.cpu_seconds for step in steps):.2f}",
        str(max((step.peak_megabytes for step in steps), default=0)),
    )  # fmt: skip
    screen().print(table)
