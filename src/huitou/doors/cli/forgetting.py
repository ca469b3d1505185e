"""`huitou forget`: somebody asked to be forgotten."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.ground.errors import BadInput


def forget(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="Member number, phone, e-mail or id.")],
    yes: Annotated[bool, typer.Option("--yes", help="For good: it cannot be taken back.")] = False,
    by: Annotated[str | None, typer.Option(help="Who does it; you, where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Forget somebody for good: no row says any more who they were; sums and sales stay."""
    if not yes:
        raise BadInput(
            "forgetting somebody cannot be taken back", to_try=f"huitou forget {who} --yes"
        )
    done = desk(ctx).shop().forgetting.forget(who, by or getpass.getuser())
    if as_json:
        answer(done)
        return
    screen().print(
        f"Forgotten: {done.rows} rows, {done.lines} lines of orders, {done.files} files say nothing"
        f" of them any more. What they agreed to is kept as {done.id}. Then: huitou run",
        markup=False,
    )
