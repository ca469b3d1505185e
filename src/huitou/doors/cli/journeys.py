"""`huitou journey`: journeys as files; started, paused, stopped, tried on the past."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, progress, screen
from huitou.ground.errors import BadInput

if TYPE_CHECKING:
    from huitou.runs.desks.journeys.views import FlowView, NodeView

app = typer.Typer(no_args_is_help=True, help="Journeys: what is said to whom, when, and then what.")

By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
Name = Annotated[str, typer.Argument(help="As `journey list` names it.")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every journey, and the playbooks to be taken."""
    journeys = desk(ctx).shop().journeys
    found, shipped = journeys.listed(), journeys.playbooks()
    if as_json:
        answer({"journeys": found, "playbooks": shipped})
        return
    out = screen()
    for each in found:
        out.print(
            f"{each.name} ({each.state}, version {each.version}): {each.title};"
            f" {each.inside} inside, {each.came_in} came in so far"
        )
    for book in shipped:
        if not book.taken:
            out.print(f"{book.name} (to take): {book.title}; begins: {book.begins}")


@app.command()
def show(
    ctx: typer.Context,
    name: Name,
    version: Annotated[int | None, typer.Option(help="A number; the one that runs.")] = None,
    text: Annotated[bool, typer.Option("--text", help="As it is written.")] = False,
    as_json: AsJson = False,
) -> None:
    """A journey: its nodes, who stands where, and how people left."""
    found = desk(ctx).shop().journeys.shown(name, version)
    if as_json:
        answer(found)
        return
    if text:
        typer.echo(found.text)
        return
    _draw(found)


@app.command()
def check(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A journey in YAML.")],
    as_json: AsJson = False,
) -> None:
    """Whether a file is a journey; the line of what is wrong where it is none."""
    found = desk(ctx).shop().journeys.drawn(_text(file))
    if as_json:
        answer(found)
        return
    _draw(found)


@app.command()
def add(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A journey in YAML.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Keep a journey as a draft, or as a new version of one that is there."""
    _say(desk(ctx).shop().journeys.keep(_text(file), _who(by)), as_json)


@app.command()
def take(
    ctx: typer.Context,
    playbook: Annotated[str, typer.Argument(help="As `journey list` names it.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take a playbook as a draft of your own."""
    _say(desk(ctx).shop().journeys.take(playbook, _who(by)), as_json)


@app.command()
def start(ctx: typer.Context, name: Name, by: By = None, as_json: AsJson = False) -> None:
    """People come in by the newest version from now on."""
    _say(desk(ctx).shop().journeys.start(name, _who(by)), as_json)


@app.command()
def pause(ctx: typer.Context, name: Name, by: By = None, as_json: AsJson = False) -> None:
    """Nobody comes in and nobody moves until it is started again."""
    _say(desk(ctx).shop().journeys.pause(name, _who(by)), as_json)


@app.command()
def stop(ctx: typer.Context, name: Name, by: By = None, as_json: AsJson = False) -> None:
    """Nobody comes in, whoever is inside leaves, and messages that wait are taken back."""
    _say(desk(ctx).shop().journeys.stop(name, _who(by)), as_json)


@app.command()
def move(ctx: typer.Context, name: Name, by: By = None, as_json: AsJson = False) -> None:
    """Those inside by an older version walk on by the one that runs."""
    moved = desk(ctx).shop().journeys.move_on(name, _who(by))
    if as_json:
        answer({"name": name, "moved": moved})
        return
    screen().print(f"{moved} people walk on by the version that runs.")


@app.command()
def simulate(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A journey, or a file.")],
    weeks: Annotated[int, typer.Option(min=1, max=26, help="How far back.")] = 8,
    as_json: AsJson = False,
) -> None:
    """What it would have done in the last weeks; nothing is kept and nothing is sent."""
    asked = _text(Path(name)) if Path(name).is_file() else name
    journeys = desk(ctx).shop().journeys
    with progress() as tell:
        found = journeys.simulate(asked, weeks, tell)
    if as_json:
        answer(found)
        return
    out = screen()
    out.print(
        f"{found.first_day} to {found.last_day}: {found.came_in} would have come in"
        f" ({', '.join(map(str, found.weekly))} a week), {found.messages} messages;"
        f" {found.held_out} walk silently."
    )
    _draw(found.flow)
    for sentence in found.unknown:
        out.print(f"  ? {sentence}")


@app.command()
def people(
    ctx: typer.Context,
    name: Name,
    node: Annotated[str | None, typer.Option(help="Only those at this node.")] = None,
    after: Annotated[str | None, typer.Option(help="The mark of the last one seen.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Who is inside a journey."""
    found = desk(ctx).shop().journeys.people(name, node=node, after=after, limit=limit)
    if as_json:
        answer(found)
        return
    for each in found:
        until = f"until {each.wake_at:%Y-%m-%d %H:%M}"
        screen().print(f"{each.key or each.person}: {each.node} ({each.arm}), {until}")


@app.command()
def tick(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Do what is due now: the house does it by itself every minute while it is open."""
    done = desk(ctx).shop().journeys.tick()
    if as_json:
        answer(done)
        return
    told = ", ".join(f"{n} {what}" for what, n in done.items())
    screen().print(told or "nothing was due")


def _who(by: str | None) -> str:
    return by or getpass.getuser()


def _text(file: Path) -> str:
    from huitou.journeys.paths.writing import LARGEST

    try:
        if file.stat().st_size > LARGEST:
            raise BadInput("this is larger than any journey", file=str(file))
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as bad:
        raise BadInput("a journey is written in UTF-8", file=str(file)) from bad


def _say(found: FlowView, as_json: bool) -> None:
    if as_json:
        answer(found)
        return
    screen().print(
        f"{found.name}: {found.state}, version {found.number};"
        f" {found.inside} inside, {found.came_in} came in so far."
    )


def _draw(found: FlowView) -> None:
    out = screen()
    out.print(f"{found.name}: {found.title} ({found.state}, version {found.number})")
    out.print(f"  begins: {found.begins}; who: {found.who}; {found.again}")
    for node in found.nodes:
        _draw_node(node)
    for count in (*found.exits, *found.arms):
        out.print(f"  {count.words}: {count.n}")
    for need in found.needs:
        out.print(f"  ! {need}")


def _draw_node(node: NodeView) -> None:
    out = screen()
    named = f"{node.name}: {node.title or node.words}"
    out.print(f"  {named}  [{node.here} here, {node.passed} passed]")
    for way in node.ways:
        out.print(f"      {way.words} > {way.to}" + (f"  ({way.n})" if way.n else ""))
