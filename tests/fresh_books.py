"""Fresh books without their whole history each time: it makes them once, then they are copied.

Hundreds of tests want empty books, and each migration costs them anew. What migrations do is tried
in `tests/contract/test_books.py` and `test_outbox.py`, which ask `FROM_HISTORY` itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, text

from huitou.store.books import Books
from huitou.store.migrations import history

FROM_HISTORY = history.bring_to_head
MADE = """
    SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid
"""


@contextmanager
def copied() -> Iterator[None]:
    """While it holds, empty SQLite books get their shape by copying it."""

    def bring(connection: Connection, tables: MetaData) -> None:
        if connection.dialect.name == "sqlite" and _is_empty(connection):
            for statement in _shape():
                connection.exec_driver_sql(statement)
        FROM_HISTORY(connection, tables)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(history, "bring_to_head", bring)
        yield


def _is_empty(connection: Connection) -> bool:
    return connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


@lru_cache(maxsize=1)
def _shape() -> tuple[str, ...]:
    """What makes the newest shape, in the order in which the history made it."""
    with tempfile.TemporaryDirectory() as folder:
        books = Books.in_folder(Path(folder))
        with books.unit() as unit:
            history.command.upgrade(history.config(unit.connection, MetaData()), "head")
            shape = tuple(unit.connection.execute(text(MADE)).scalars())
        books.close()
    return (*shape, f"INSERT INTO alembic_version VALUES ('{history.versions()[-1]}')")
