"""`huitou source`: databases and folders that are asked for what is new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, progress, screen, someone_watches
from huitou.doors.cli.drawing import at, grid
from huitou.doors.cli.files import answered, ask, columns_of, show_preview, text_of
from huitou.ground.errors import BadInput

if TYPE_CHECKING:
    from datetime import tzinfo

    from huitou.runs.desks.fetched import SourceRow, Sources
    from huitou.runs.fetching import Pulled
    from huitou.sources.contract import Declared

app = typer.Typer(
    no_args_is_help=True, help="Databases and folders that are asked for what is new."
)
BY = "command line"
FAILED = 1

Named = Annotated[str, typer.Argument(metavar="NAME", help="Its name or id.")]
OnColumns = Annotated[
    str | None,
    typer.Option(metavar="evolve|freeze|discard", help="When a column is new or gone."),
]
OnTypes = Annotated[
    str | None,
    typer.Option(metavar="evolve|freeze|discard", help="When a value is of another kind."),
]
FreshHours = Annotated[
    int | None, typer.Option(help="Its newest row is expected to be no older than so many hours.")
]


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What you call it.")],
    address: Annotated[
        str,
        typer.Argument(help="postgresql, mysql, mariadb, sqlite, duckdb ://…; or a folder."),
    ],
    query: Annotated[
        str | None, typer.Option(help="One SELECT, or @FILE.sql; of a database.")
    ] = None,
    cursor: Annotated[
        str | None,
        typer.Option(help="A column of the query that only grows: a number, or when it changed."),
    ] = None,
    secret_env: Annotated[
        str | None,
        typer.Option(help="Environment variable with the password: HUITOU_SOURCE_…"),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="M.toml", help="How its rows are read.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=COLUMN", help="What a column means.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Currency of the amounts.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of moments that name none.")] = None,
    on_columns: OnColumns = None,
    on_types: OnTypes = None,
    fresh_hours: FreshHours = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take what was recognised without asking.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a database or a folder from now on; its first rows are looked at as a file's are."""
    from huitou.sources.contract import Declared, Mapping

    sources = desk(ctx).shop().sources
    told = Declared(
        columns=columns_of(column or []),
        mapping=Mapping.from_toml(text_of(mapping)) if mapping else None,
        currency=currency,
        timezone=timezone,
    )
    expected = _expected(on_columns, on_types, fresh_hours)
    if "://" not in address:
        place = str(Path(address).expanduser().absolute())
        made = sources.add_folder(name, place, BY, declared=told, expected=expected)
    else:
        asked = _asked(query, cursor)
        watched = someone_watches() and not (yes or as_json)
        if watched:
            told = _settled(sources, name, address, asked, secret_env, told)
        made = sources.add_database(
            name, address, *asked, BY, secret_env=secret_env, declared=told, expected=expected,
            confirmed=yes or watched,
        )  # fmt: skip
    _say_one(made, as_json, f"try: huitou source pull {made.name}")


def _asked(query: str | None, cursor: str | None) -> tuple[str, str]:
    if query is None or cursor is None:
        raise BadInput(
            "a database is asked by a query and a cursor column",
            to_try='--query "SELECT * FROM orders" --cursor updated_at',
        )
    return text_of(Path(query[1:])) if query.startswith("@") else query, cursor


def _settled(
    sources: Sources,
    name: str,
    address: str,
    asked: tuple[str, str],
    secret_env: str | None,
    told: Declared,
) -> Declared:
    """Ask until nothing is unclear and the rows were confirmed."""
    while True:
        preview = sources.look(name, address, *asked, secret_env=secret_env, declared=told)
        if preview.questions:
            told = answered(told, preview.questions[0], ask(preview.questions[0]))
            continue
        show_preview(preview)
        typer.confirm("Ask it like this from now on?", abort=True)
        return told


def _expected(on_columns: str | None, on_types: str | None, fresh_hours: int | None) -> Any:
    from huitou.sources.fetched.contract import Expected

    told: dict[str, Any] = {
        "on_columns": on_columns, "on_types": on_types, "fresh_hours": fresh_hours
    }  # fmt: skip
    return Expected(**{name: value for name, value in told.items() if value is not None})


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What is asked, when it was last, and what went wrong."""
    shop = desk(ctx).shop()
    found = shop.sources.listed()
    if as_json:
        answer(found)
        return
    screen().print(grid(_row(each, shop.settings.zone) for each in found))
    for each in found:
        if each.told is not None:
            screen().print(f"! {each.name}: {each.told}")


def _row(each: SourceRow, zone: tzinfo) -> dict[str, object]:
    return {
        "name": each.name, "kind": each.kind, "address": each.address,
        "last asked": at(each.last_at, zone), "newest row": at(each.newest, zone),
        "rows": each.rows,
        "state": "failed" if each.failed else "stale" if each.is_stale else "",
        "set aside": each.set_aside or "",
    }  # fmt: skip


@app.command()
def test(ctx: typer.Context, name: Named, as_json: AsJson = False) -> None:
    """Try whether it answers, and show how its first rows would be read; nothing is taken in."""
    from huitou.sources.contract import Preview

    found = desk(ctx).shop().sources.test(name)
    if not isinstance(found, Preview):
        if as_json:
            answer({"files": found})
        else:
            screen().print("\n".join(found) or "No file lies there.")
    elif as_json:
        answer({"columns": found.columns, "rows": found.shown, "warnings": found.warnings})
    else:
        show_preview(found)


@app.command()
def pull(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One source; all where none.")] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="From its first row on; what is known changes nothing.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Try files that were set aside once more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask now, and take in what is new; every run and the worker do it by themselves."""
    sources = desk(ctx).shop().sources
    with progress() as show:
        if name is None:
            found = list(sources.pull_all(show))
        else:
            found = [sources.pull(name, anew=anew, again=again, tell=show)]
    if as_json:
        answer(found)
    else:
        for each in found:
            _say_pulled(each)
    if any(each.failed for each in found):
        raise typer.Exit(FAILED)


def _say_pulled(each: Pulled) -> None:
    rows = "1 row" if each.rows == 1 else f"{each.rows:,} rows"
    screen().print(
        f"{each.name}: {rows}: {each.applied:,} applied, {each.unchanged:,} unchanged, "
        f"{each.quarantined:,} quarantined"
        + (f"; {each.set_aside} of {each.files} files set aside" if each.set_aside else "")
    )
    for sentence in each.told:
        screen().print(f"  ! {sentence}")


@app.command()
def files(ctx: typer.Context, name: Named, as_json: AsJson = False) -> None:
    """The files of a folder: what became of each, or why it was set aside."""
    shop = desk(ctx).shop()
    found = shop.sources.files(name)
    if as_json:
        answer(found)
        return
    rows = ({"file": row.name, "when": at(row.at, shop.settings.zone), "rows": row.rows,
             "applied": row.applied, "quarantined": row.quarantined, "set aside": row.reason}
            for row in found)  # fmt: skip
    screen().print(grid(rows))


@app.command()
def change(
    ctx: typer.Context,
    name: Named,
    on_columns: OnColumns = None,
    on_types: OnTypes = None,
    fresh_hours: FreshHours = None,
    as_json: AsJson = False,
) -> None:
    """Other answers to surprises, or another freshness."""
    told = {"on_columns": on_columns, "on_types": on_types, "fresh_hours": fresh_hours}
    given = {each: value for each, value in told.items() if value is not None}
    if not given:
        raise BadInput(
            "what should change?", to_try=f"huitou source change {name} --on-types evolve"
        )
    _say_one(desk(ctx).shop().sources.change(name, **given), as_json, "")


@app.command()
def remove(ctx: typer.Context, name: Named, as_json: AsJson = False) -> None:
    """Ask it no more; what it brought stays."""
    removed = desk(ctx).shop().sources.remove(name)
    if as_json:
        answer(removed)
    else:
        screen().print(f"{removed.name} is asked no more; what it brought stays.")


def _say_one(row: SourceRow, as_json: bool, more: str) -> None:
    if as_json:
        answer(row)
        return
    screen().print(
        f"{row.name}: columns {row.on_columns}, types {row.on_types}"
        + (f", fresh within {row.fresh_hours} hours" if row.fresh_hours else "")
    )
    if more:
        screen().print(f"  {more}")
