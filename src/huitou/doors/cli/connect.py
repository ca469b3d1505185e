"""`huitou connect`: shops, sites and apps that tell us by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import at, grid

if TYPE_CHECKING:
    from datetime import tzinfo

    from huitou.runs.desks.connections import ConnectionRow

app = typer.Typer(no_args_is_help=True, help="Shops, sites and apps that tell by themselves.")
BY = "command line"

Named = Annotated[str, typer.Argument(metavar="NAME", help="Its name or id.")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What is connected, when each was heard last, and how much it told."""
    shop = desk(ctx).shop()
    desk_of = shop.connections
    found = desk_of.listed()
    if as_json:
        answer({"connections": found, "waiting": desk_of.waiting()})
        return
    screen().print(grid(_row(each, shop.settings.zone) for each in found))


def _row(each: ConnectionRow, zone: tzinfo) -> dict[str, object]:
    return {
        "name": each.name, "kind": each.kind, "id": each.id,
        "last heard": at(each.last, zone), "visits": each.visits,
        "orders": each.orders, "people": each.people, "rejected": each.rejected,
        "ended": each.ended_at and each.ended_at.date(),
    }  # fmt: skip


@app.command()
def new(
    ctx: typer.Context,
    kind: Annotated[
        str, typer.Argument(help="server, browser, shopify, woocommerce, stripe or youzan.")
    ],
    name: Annotated[str, typer.Argument(help="What you call it.")],
    source: Annotated[
        str | None,
        typer.Option(help="Two connections of one shop share its order numbers: the same word."),
    ] = None,
    secret_env: Annotated[
        str | None,
        typer.Option(help="Environment variable that holds the secret of a shop that signs."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Connect one: a write key for servers and pages, an address for shops that sign."""
    shop = desk(ctx).shop()
    made = shop.connections.make(kind, name, BY, source=source, secret_env=secret_env)
    if as_json:
        answer(made)
        return
    if made.write_key:
        screen().print(f"{made.write_key}\nKept nowhere in this form: write it down now.")
    else:
        root = (shop.settings.public_url or "https://YOUR-ADDRESS").rstrip("/")
        screen().print(f"Let it send to {root}{made.connection.address}")
        screen().print(f"Its secret is read from ${secret_env}, where `huitou serve` runs.")


@app.command()
def end(ctx: typer.Context, name: Named, as_json: AsJson = False) -> None:
    """End a connection at once; what it told stays."""
    ended = desk(ctx).shop().connections.end(name)
    if as_json:
        answer(ended)
    else:
        screen().print(f"{ended.name} is no longer heard.")


@app.command()
def rejected(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=200, help="The latest so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What was told and could not be taken, with the reason."""
    shop = desk(ctx).shop()
    found = shop.connections.rejected(limit)
    if as_json:
        answer(found)
        return
    rows = ({"when": at(row.received, shop.settings.zone), "by": row.connection,
             "what": row.name, "why": row.reason} for row in found)  # fmt: skip
    screen().print(grid(rows))


@app.command()
def take(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Take in what waits, now; the worker does it every few seconds."""
    taken = desk(ctx).shop().connections.listen()
    if as_json:
        answer({"requests": taken})
    else:
        screen().print(f"{taken} requests were taken in.")
