"""One run of a state machine over books: what it did is undone at its end.

Thousands of runs leave nothing behind, and find every check of the whole books quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from huitou.store.books import Books, Unit


class Undone:
    """A transaction that is undone at its end; each step is a savepoint of its own."""

    def __init__(self, books: Books) -> None:
        self._stack = ExitStack()
        self.unit: Unit = self._stack.enter_context(books.rehearsing())

    @contextmanager
    def step(self) -> Iterator[Unit]:
        """One unit of work: kept whole, or, where it raises, not at all."""
        with self.unit.connection.begin_nested():
            yield self.unit
            if self.unit.connection.dialect.name == "postgresql":
                # What a commit would find: movements that nothing sealed.
                self.unit.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
                self.unit.execute(text("SET CONSTRAINTS ALL DEFERRED"))

    def end(self) -> None:
        """Nothing of it was."""
        self._stack.close()
