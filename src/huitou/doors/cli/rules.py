"""`huitou GROUP rules`: the rules of every room, shown, tried, kept and switched in one way."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.rulebook.desk import Rulebook
    from huitou.runs.desks.rulebook.rooms import Room

Given = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Other rules, in TOML; without them they are shown."),
]
Written = Annotated[
    Path | None,
    typer.Option("--write", "--file", "--set", metavar="FILE", help="The same, by name."),
]
Try = Annotated[bool, typer.Option("--try", help="Say what would come of them; keep nothing.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]


def mount(root: typer.Typer) -> None:
    """Give every room of rules its command, in the group where the room has the others."""
    from huitou.runs.desks.rulebook.rooms import ROOMS

    groups = {str(each.name): each.typer_instance for each in root.registered_groups}
    for room in ROOMS.values():
        name, command = room.command.split()
        group = groups.get(name)
        if group is None:
            group = typer.Typer(no_args_is_help=True, help=f"{room.title}.")
            root.add_typer(group, name=name)
        group.command(command, help=f"{str(room.about).rstrip('.')}.")(_command(room))


def _command(room: Room) -> Callable[..., None]:
    """The command of a room; one without a switch hides what it would refuse."""

    def rules(
        ctx: typer.Context,
        given: Given = None,
        written: Written = None,
        on: bool | None = None,
        tried: Try = False,
        by: By = None,
        as_json: AsJson = False,
    ) -> None:
        book, file = desk(ctx).shop().rules(room.name), given or written
        told = file.read_text(encoding="utf-8") if file is not None else None
        if on is not None:
            told = book.turned(book.text if told is None else told, on)
        if tried:
            _try(book, told, as_json=as_json)
            return
        if told is not None:
            book.write(told, by or getpass.getuser())
        _show(book, as_json=as_json)

    switch = typer.Option("--on/--off", help="Switch it on or off.", hidden=not room.has_switch)
    rules.__annotations__["on"] = Annotated[bool | None, switch]
    return rules


def _try(book: Rulebook, told: str | None, *, as_json: bool) -> None:
    found = book.tried(book.text if told is None else told)
    if as_json:
        answer(found)
        return
    for line in found.lines:
        screen().print(line)


def _show(book: Rulebook, *, as_json: bool) -> None:
    if as_json:
        answer(book.whole())
        return
    found = book.view()
    if found.wrong is not None:
        typer.echo(f"huitou: {found.wrong}", err=True)
    # As it is written: a screen would break its lines, and it could not be kept as a file.
    typer.echo(found.text)
