"""Fresh books without their whole history each time: it makes them once, then they are copied.

Hundreds of tests want empty books, and each migration costs them anew. Where no file is yet, one is
copied; where an empty one is, it gets the statements that made the newest shape. What migrations do
is tried in `tests/contract/test_books.py` and `test_outbox.py`, which ask `FROM_HISTORY` itself.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, text

from huitou.store.books import Books
from huitou.store.columns import metadata
from huitou.store.migrations import history

FROM_HISTORY = history.bring_to_head
MADE = """
    SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid
"""


@contextmanager
def copied() -> Iterator[None]:
    """While it holds, empty SQLite books get their shape by copying it."""
    migrate = Books.migrate

    def bring(connection: Connection, tables: MetaData) -> None:
        if connection.dialect.name == "sqlite" and _is_empty(connection):
            for statement in _shape():
                connection.exec_driver_sql(statement)
        FROM_HISTORY(connection, tables)

    def copy_first(books: Books, tables: MetaData = metadata) -> None:
        file = books.engine.url.database
        # Whoever asks for the history gets it, and other tables than the house's have no copy.
        usual = history.bring_to_head is bring and tables is metadata
        if usual and file and _is_no_file(books, Path(file)):
            shutil.copyfile(_file(), file)
        migrate(books, tables)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(history, "bring_to_head", bring)
        patched.setattr(Books, "migrate", copy_first)
        yield


def _is_no_file(books: Books, file: Path) -> bool:
    return books.engine.dialect.name == "sqlite" and file.parent.is_dir() and not file.exists()


@lru_cache(maxsize=1)
def _file() -> Path:
    """Empty books of the newest shape, as a file that is gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="huitou-books-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    books = Books(f"sqlite:///{folder / 'made.db'}")
    with books.unit() as unit:
        for statement in _shape():
            unit.connection.exec_driver_sql(statement)
    books.close()
    return folder / "made.db"


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
