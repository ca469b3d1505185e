"""`huitou quarantine`: the rows that wait to be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, progress, screen
from huitou.doors.cli.drawing import grid
from huitou.doors.cli.files import SOMETHING_QUARANTINED

ALL = 1_000_000

app = typer.Typer(no_args_is_help=True, help="Rows that could not be taken: list, export, mend.")


@app.command(name="list")
def listing(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(metavar="N", help="How many rows; 0 for all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """The rows that wait, each with file, row, column, value, reason and what to try."""
    rows = desk(ctx).shop().quarantined(limit=limit or ALL)
    if as_json:
        answer(rows)
        return
    if not rows:
        screen().print("Nothing waits in quarantine.")
        return
    screen().print(
        grid(
            {
                "file": row.file,
                "row": str(row.row),
                "column": row.column,
                "value": row.value,
                "reason": row.reason,
                "try": row.to_try,
            }
            for row in rows
        )
    )


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write them as CSV: the columns they came with, and the reason beside each."""
    written = desk(ctx).shop().export_quarantine(file)
    if as_json:
        answer({"files": written})
        return
    if not written:
        screen().print("Nothing waits in quarantine.")
    for each in written:
        screen().print(f"{each}: mend the rows in it, then: huitou quarantine mend {each}")


@app.command()
def mend(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The exported CSV file, mended.")],
    as_json: AsJson = False,
) -> None:
    """Take mended rows in again; what is still wrong stays in quarantine."""
    with progress() as show:
        show(f"taking in {file.name}", None)
        taken = desk(ctx).shop().mend(file)
    if as_json:
        answer(taken)
    else:
        screen().print(f"{taken.applied:,} mended, {taken.quarantined:,} still waiting")
    raise typer.Exit(SOMETHING_QUARANTINED if taken.quarantined else 0)
