"""A PostgreSQL of our own: made in a temporary folder, on a socket, gone after the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import create_engine, text

from huitou.ground.ids import new_id
from huitou.store.books import Books

FAST = "-c fsync=off -c full_page_writes=off -c max_connections=100"


@contextmanager
def running(programs: Path, memory: str = "32MB") -> Iterator[str]:
    """The address of a fresh server with so much memory; it never listens on the network."""
    folder = Path(tempfile.mkdtemp(prefix="huitou-pg-", dir="/tmp"))  # sockets need a short path
    try:
        _own(folder)
        data = folder / "data"
        _run(programs / "initdb", "-D", data, "-U", "huitou", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-k {folder} -c listen_addresses='' -c shared_buffers={memory} {FAST}"
        log = folder / "log"
        _run(programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://huitou@/postgres?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        # Half a million small files: nobody waits until the last of them is gone.
        subprocess.Popen(["rm", "-rf", str(folder)], start_new_session=True)


def fresh_database(server: str) -> str:
    """The address of new, empty books on a server, of the newest shape."""
    return _made(server, f"b{new_id()}", f'TEMPLATE "{_ready(server)}"')


def bare_database(server: str) -> str:
    """The address of new books on a server, without any shape."""
    return _made(server, f"b{new_id()}")


@lru_cache(maxsize=4)
def _ready(server: str) -> str:
    """The books that others are copied from, made by the history once a server."""
    from tests.unit.journeys.given import every_table

    books = Books(_made(server, "ready"))
    books.migrate(every_table())
    books.close()
    return "ready"


def _made(server: str, name: str, how: str = "") -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" {how}'))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


def _own(folder: Path) -> None:
    if (user := _user()) is not None:
        shutil.chown(folder, user)


def _run(*command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=_user(), cwd="/", capture_output=True, timeout=60
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())


def _user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as its own user, or as nobody."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
