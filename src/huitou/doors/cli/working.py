"""`huitou worker`: the chores of the house, done in the background; `serve` starts one."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, aside, desk, screen
from huitou.doors.cli.drawing import grid
from huitou.ground.errors import Busy

if TYPE_CHECKING:
    from huitou.runs.schedule.foreman import Fired
    from huitou.runs.shop import Shop

LOCK = "worker.lock"
QUIET = ("not_due", "taken")


def worker(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, and end: for a cron of your own.")
    ] = False,
    attached: Annotated[bool, typer.Option("--attached", hidden=True)] = False,
    as_json: AsJson = False,
) -> None:
    """Do what is due: the day's work, journeys, letters, reports.

    `huitou serve` starts one. With the books in PostgreSQL ($HUITOU_BOOKS) any number may be at
    work; with books in a file there is one.
    """
    shop = desk(ctx).shop()
    with alone(shop):
        if once:
            _once(shop, as_json=as_json)
        else:
            _work(shop, attached=attached)


@contextmanager
def alone(shop: Shop) -> Iterator[None]:
    """The one worker of books in a file; `Busy` says who is. Books in PostgreSQL have many."""
    if shop.books.engine.dialect.name != "sqlite":
        yield
        return
    with (shop.home / LOCK).open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            held.seek(0)
            raise Busy(f"{held.read().strip()} is the worker of this shop") from taken
        held.truncate(0)
        held.write(f"process {os.getpid()}")
        held.flush()
        yield


@contextmanager
def beside(home: Path) -> Iterator[None]:
    """A worker of its own process while the block lasts; it ends with this process, however.

    Its standard input is a pipe held here: when it closes, the worker puts down its tools.
    """
    line = [sys.executable, "-m", "huitou", "--home", str(home), "worker", "--attached"]
    process = subprocess.Popen(line, stdin=subprocess.PIPE)
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait()


def _once(shop: Shop, *, as_json: bool) -> None:
    from huitou.doors.cli.desk import answer

    fired = shop.foreman().look_at_all()
    if as_json:
        answer([vars(one) for one in fired])
        return
    rows = [
        {"chore": one.chore, "state": one.state, "what": _did(one) or one.reason or ""}
        for one in fired
    ]
    screen().print(grid(rows))


def _work(shop: Shop, *, attached: bool) -> None:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: over.set())
    if attached:
        # Ctrl-C reaches the whole group: whoever holds the pipe says when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_listen_for_the_end, args=(over,), daemon=True).start()
    out = aside()

    def tell(fired: Fired) -> None:
        if fired.state not in QUIET and (fired.did or fired.reason):
            out.print(f"{fired.chore}: {_did(fired) or fired.reason}")

    with shop.foreman(tell=tell).at_work():
        if not attached:
            out.print("The worker is at work. Stop with Ctrl-C.")
        try:
            over.wait()
        except KeyboardInterrupt:
            out.print("Ending what is begun.")


def _listen_for_the_end(over: threading.Event) -> None:
    while sys.stdin.buffer.read(1):
        pass
    over.set()


def _did(fired: Fired) -> str:
    return ", ".join(f"{n} {what}" for what, n in fired.did.items())
