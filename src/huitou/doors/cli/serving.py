"""`huitou serve` and `token`: the console and the API, and who may come in."""

from __future__ import annotations

import os
import socket
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import grid, headed
from huitou.doors.cli.working import beside
from huitou.ground.errors import Refused

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.doors.book import Staff
    from huitou.runs.shop import Shop

HOST = "127.0.0.1"
PORT = 8080
TRIES = 20
LOCAL = ("127.0.0.1", "localhost", "::1")

tokens = typer.Typer(no_args_is_help=True, help="Tokens for the HTTP API: new, list, revoke.")


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="Where it listens; elsewhere use TLS.")] = HOST,
    port: Annotated[int | None, typer.Option(help="Its port; the next free one from 8080.")] = None,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="A worker beside it does the chores.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """The console and the API of this shop, and a worker beside them.

    The first start prints a link that works once.
    """
    shop = desk(ctx).shop()
    free = free_port(host, port or PORT, fixed=port is not None)
    if as_json:
        answer({"address": address(host, free), "first_link": first_link(shop, host, free)})
    else:
        _say_address(shop, host, free, screen())
    with beside(shop.home) if with_worker else nullcontext():
        _listen(shop, host, free)


def open_doors(shop: Shop, host: str, port: int, *, fixed: bool, out: Console) -> None:
    """Say the address, then serve until stopped."""
    free = free_port(host, port, fixed=fixed)
    _say_address(shop, host, free, out)
    with beside(shop.home):
        _listen(shop, host, free)


def free_port(host: str, first: int, *, fixed: bool) -> int:
    """`first`, or where it was not asked for by name the next port that nobody listens on."""
    for port in range(first, first + (1 if fixed else TRIES)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as knock:
            knock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                knock.bind((host, port))
            except OSError:
                continue
            return port
    raise Refused(f"port {first} is taken", to_try=f"--port {first + 1}")


def address(host: str, port: int) -> str:
    """The address to open in a browser."""
    named = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
    return f"http://{named}:{port}/"


def first_link(shop: Shop, host: str, port: int) -> str | None:
    """A link that lets the first user in, once; None where there are users."""
    staff = the_staff(shop)
    if not staff.is_empty():
        return None
    return f"{address(host, port)}welcome/{staff.invite('owner', shop.clock.now())}"


def the_staff(shop: Shop) -> Staff:
    """Who may come in, as the shop's books know."""
    from huitou.doors.book import Staff

    return Staff(shop.books)


def _say_address(shop: Shop, host: str, port: int, out: Console) -> None:
    out.print("\nThe console: ", headed(address(host, port)), sep="")
    if link := first_link(shop, host, port):
        out.print("First start; this link lets one person in, once, within a day:")
        out.print(f"  {link}", soft_wrap=True)
    if host not in LOCAL:
        out.print("It can be reached from other machines: put TLS before it.")
    out.print("Stop with Ctrl-C.")


def _listen(shop: Shop, host: str, port: int) -> None:
    import uvicorn

    # The doors do not know each other: uvicorn is told the name of the web door and opens it.
    os.environ["HUITOU_HOME"] = str(shop.home)
    uvicorn.run("huitou.doors.web:open_web", factory=True, host=host, port=port,
                log_level="warning", access_log=False, server_header=False,
                forwarded_allow_ips=shop.settings.trusted_proxies)  # fmt: skip


@tokens.command(name="new")
def issue(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for: till, spreadsheet, …")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read, import, plan; read alone where none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A new token; its secret is shown this once."""
    from huitou.doors.scopes import checked

    shop = desk(ctx).shop()
    scopes = checked(scope or ["read"])
    secret = the_staff(shop).issue_token(name, scopes, shop.clock.now())
    if as_json:
        answer({"name": name, "scopes": scopes, "token": secret})
    else:
        screen().print(f"{secret}\nKept nowhere in this form: write it down now.")


@tokens.command(name="list")
def listing(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The tokens in use, without their secrets."""
    found = the_staff(desk(ctx).shop()).tokens()
    if as_json:
        answer(found)
        return
    rows = ({"id": t.id, "name": t.name, "may": ", ".join(t.scopes), "made": t.made_at.date(),
             "last used": t.used_at and t.used_at.date()} for t in found)  # fmt: skip
    screen().print(grid(rows))


@tokens.command()
def revoke(
    ctx: typer.Context,
    token: Annotated[str, typer.Argument(metavar="ID", help="From `huitou token list`.")],
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    shop = desk(ctx).shop()
    the_staff(shop).revoke(token, shop.clock.now())
    if as_json:
        answer({"revoked": token})
    else:
        screen().print(f"{token} no longer opens anything.")
