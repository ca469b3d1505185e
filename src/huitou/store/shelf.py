"""The shelf: what the console lists and searches, rebuilt by runs and never a source.

One SQLite file with the sort and search indexes of a table of people. It is built beside the old
one and swapped in whole, so a page is drawn from one run or the other, never from both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from huitou.ground import marks
from huitou.ground.durable import put_in_place
from huitou.ground.errors import HuitouError


@dataclass(frozen=True)
class Layout:
    """How a table stands on the shelf. Names are columns; only these can be asked for."""

    key: str
    """Unique column: the last word in every order, and all that the mark of a page tells."""
    finds: tuple[str, ...]
    """Columns by which one row is found."""
    filters: tuple[str, ...]
    """Columns that can be asked to equal a value."""
    sorts: Mapping[str, bool]
    """Columns to sort by -> whether the largest comes first."""
    search: tuple[str, ...]
    """Text columns that are searched."""
    ties: tuple[str, ...] = ()
    """Text columns that part equals before the key does; rows may share them."""

    @property
    def last_words(self) -> tuple[str, ...]:
        """What follows the sort in every order: the ties, then the key. No two rows share it."""
        return (*self.ties, self.key)


@dataclass(frozen=True)
class Shown:
    """One page: rows as mappings, the mark of the next page, and how many rows match in all."""

    rows: tuple[Mapping[str, Any], ...]
    after: str | None
    total: int


class Shelf:
    """A table laid out for reading in pages. `file` is replaced whole by `rebuild`."""

    def __init__(self, file: Path, layout: Layout) -> None:
        self.file = file
        self.layout = layout

    def rebuild(self, table: pa.Table) -> None:
        """Lay out a new table and put it in the place of the old one."""
        fresh = self.file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(fresh)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            self._fill(database, table)
            self._index(database)
            database.commit()
        put_in_place(fresh, self.file)

    def page(
        self,
        *,
        where: Mapping[str, str] | None = None,
        search: str = "",
        sort: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Shown:
        """The rows after the mark `after`, in the order of `sort`, at most `limit` of them."""
        sort = sort or next(iter(self.layout.sorts))
        self._check(where or {}, sort)
        last = marks.read(after) if after is not None else None
        clauses, values = self._clauses(where or {}, _sound(search))
        with self._opened() as database:
            total = database.execute(
                f"SELECT count(*) FROM shelf{_where(clauses)}", values
            ).fetchone()[0]
            if last is not None:
                clauses, values = self._beyond(clauses, values, sort, *last)
            direction = "DESC" if self.layout.sorts[sort] else "ASC"
            found = database.execute(
                f"SELECT * FROM shelf{_where(clauses)} "
                f'ORDER BY "{sort}" {direction}, {_named(self.layout.last_words)} LIMIT ?',
                [*values, limit + 1],
            ).fetchall()
        rows = tuple(dict(row) for row in found[:limit])
        more = len(found) > limit
        following = marks.mark(rows[-1][sort], rows[-1][self.layout.key]) if more else None
        return Shown(rows, following, total)

    def find(self, name: str) -> Mapping[str, Any] | None:
        """The row with this value in one of the layout's `finds`, the first of them first."""
        with self._opened() as database:
            for column in self.layout.finds:
                there = f'SELECT * FROM shelf WHERE "{column}" = ?'
                first = f"{there} ORDER BY {_named(self.layout.last_words)} LIMIT 1"
                row = database.execute(first, [_sound(name)]).fetchone()
                if row is not None:
                    return dict(row)
        return None

    def _fill(self, database: sqlite3.Connection, table: pa.Table) -> None:
        names = ", ".join(f'"{name}"' for name in table.column_names)
        places = ", ".join("?" for _ in table.column_names)
        database.execute(f"CREATE TABLE shelf ({names})")
        for batch in table.to_batches(max_chunksize=20_000):
            columns = [column.to_pylist() for column in batch.columns]
            database.executemany(f"INSERT INTO shelf VALUES ({places})", zip(*columns, strict=True))

    def _index(self, database: sqlite3.Connection) -> None:
        database.execute(f'CREATE UNIQUE INDEX by_key ON shelf ("{self.layout.key}")')
        last = _named(self.layout.last_words)
        for sort, largest_first in self.layout.sorts.items():
            direction = "DESC" if largest_first else "ASC"
            database.execute(f'CREATE INDEX "by_{sort}" ON shelf ("{sort}" {direction}, {last})')
            for column in self.layout.filters:
                database.execute(
                    f'CREATE INDEX "by_{column}_{sort}" '
                    f'ON shelf ("{column}", "{sort}" {direction}, {last})'
                )
        columns = ", ".join(f'"{name}"' for name in self.layout.search)
        database.execute(
            f"CREATE VIRTUAL TABLE words USING fts5({columns}, content=shelf, tokenize=trigram)"
        )
        database.execute("INSERT INTO words(words) VALUES ('rebuild')")
        for column in {*self.layout.finds, *self.layout.search}:
            database.execute(f'CREATE INDEX "of_{column}" ON shelf ("{column}")')

    def _check(self, where: Mapping[str, str], sort: str) -> None:
        if sort not in self.layout.sorts:
            raise HuitouError(
                f"there is no order by {sort!r}", to_try=f"one of: {', '.join(self.layout.sorts)}"
            )
        for column in where:
            if column not in self.layout.filters:
                raise HuitouError(f"there is no filter {column!r}")

    def _clauses(self, where: Mapping[str, str], search: str) -> tuple[list[str], list[Any]]:
        clauses = [f'"{column}" = ?' for column in where]
        values: list[Any] = [_sound(value) for value in where.values()]
        if len(search) >= 3:  # a trigram index finds three letters or more
            clauses.append("rowid IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append('"' + search.replace('"', '""') + '"')
        elif search:
            begins = [f"\"{column}\" LIKE ? ESCAPE '\\'" for column in self.layout.search]
            clauses.append(f"({' OR '.join(begins)})")
            values.extend([_escaped(search) + "%"] * len(begins))
        return clauses, values

    def _beyond(
        self,
        clauses: Sequence[str],
        values: Sequence[Any],
        sort: str,
        last: marks.Value,
        key: str,
    ) -> tuple[list[str], list[Any]]:
        """The same clauses, only for rows after the one with this value and key.

        Its ties are looked up by the key. Where it is no longer there, rows equal to it come again:
        better twice than never.
        """
        further = "<" if self.layout.sorts[sort] else ">"
        its = [
            f'coalesce((SELECT "{tie}" FROM shelf WHERE "{self.layout.key}" = ?), \'\')'
            for tie in self.layout.ties
        ]
        beyond = f"({_named(self.layout.last_words)}) > ({', '.join([*its, '?'])})"
        clause = f'("{sort}" {further} ? OR ("{sort}" = ? AND {beyond}))'
        return [*clauses, clause], [*values, last, last, *[key] * (len(its) + 1)]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        address = self.file.resolve().as_uri() + "?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.row_factory = sqlite3.Row
            yield database


def _where(clauses: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(clauses)}" if clauses else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _sound(text: str) -> str:
    """The text with other letters for what SQLite cannot be asked for: NUL and half letters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
