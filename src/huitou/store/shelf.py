"""The shelf: what the console lists and searches, rebuilt by runs and never a source.

One SQLite file with the sort and search indexes of a table of people. It is built beside the old
one and swapped in whole, so a page is drawn from one run or the other, never from both.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from huitou.ground.errors import HuitouError


@dataclass(frozen=True)
class Layout:
    """How a table stands on the shelf. Names are columns; only these can be asked for."""

    key: str
    """Unique column: the last word in every order, so that equals fall the same way every time."""
    finds: tuple[str, ...]
    """Columns by which one row is found."""
    filters: tuple[str, ...]
    """Columns that can be asked to equal a value."""
    sorts: Mapping[str, bool]
    """Columns to sort by -> whether the largest comes first."""
    search: tuple[str, ...]
    """Text columns that are searched."""


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
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        fresh.replace(self.file)

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
        clauses, values = self._clauses(where or {}, search)
        with self._opened() as database:
            total = database.execute(
                f"SELECT count(*) FROM shelf{_where(clauses)}", values
            ).fetchone()[0]
            if after is not None:
                clauses, values = self._beyond(clauses, values, sort, after)
            direction = "DESC" if self.layout.sorts[sort] else "ASC"
            found = database.execute(
                f"SELECT * FROM shelf{_where(clauses)} "
                f'ORDER BY "{sort}" {direction}, "{self.layout.key}" LIMIT ?',
                [*values, limit + 1],
            ).fetchall()
        rows = tuple(dict(row) for row in found[:limit])
        more = len(found) > limit
        return Shown(rows, self._mark(rows[-1], sort) if more else None, total)

    def find(self, name: str) -> Mapping[str, Any] | None:
        """The row with this value in one of the layout's `finds`, the first of them first."""
        with self._opened() as database:
            for column in self.layout.finds:
                there = f'SELECT * FROM shelf WHERE "{column}" = ? ORDER BY "{self.layout.key}"'
                row = database.execute(f"{there} LIMIT 1", [name]).fetchone()
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
        key = self.layout.key
        database.execute(f'CREATE UNIQUE INDEX by_key ON shelf ("{key}")')
        for sort, largest_first in self.layout.sorts.items():
            direction = "DESC" if largest_first else "ASC"
            database.execute(f'CREATE INDEX "by_{sort}" ON shelf ("{sort}" {direction}, "{key}")')
            for column in self.layout.filters:
                database.execute(
                    f'CREATE INDEX "by_{column}_{sort}" '
                    f'ON shelf ("{column}", "{sort}" {direction}, "{key}")'
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
        values: list[Any] = list(where.values())
        if len(search) >= 3:  # a trigram index finds three letters or more
            clauses.append("rowid IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append('"' + search.replace('"', '""') + '"')
        elif search:
            begins = [f"\"{column}\" LIKE ? ESCAPE '\\'" for column in self.layout.search]
            clauses.append(f"({' OR '.join(begins)})")
            values.extend([_escaped(search) + "%"] * len(begins))
        return clauses, values

    def _beyond(
        self, clauses: Sequence[str], values: Sequence[Any], sort: str, after: str
    ) -> tuple[list[str], list[Any]]:
        last, key = _read_mark(after)
        further = "<" if self.layout.sorts[sort] else ">"
        clause = f'("{sort}" {further} ? OR ("{sort}" = ? AND "{self.layout.key}" > ?))'
        return [*clauses, clause], [*values, last, last, key]

    def _mark(self, row: Mapping[str, Any], sort: str) -> str:
        written = json.dumps([row[sort], row[self.layout.key]])
        return base64.urlsafe_b64encode(written.encode()).decode()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            yield database


def _where(clauses: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(clauses)}" if clauses else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _read_mark(after: str) -> tuple[Any, str]:
    try:
        last, key = json.loads(base64.urlsafe_b64decode(after.encode()))
    except ValueError as bad:
        raise HuitouError("this is not the mark of a page") from bad
    if not isinstance(key, str) or not isinstance(last, int | float | str):
        raise HuitouError("this is not the mark of a page")
    return last, key
