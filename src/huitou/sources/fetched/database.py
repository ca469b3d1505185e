"""Asking a database, which is never written to: PostgreSQL, MySQL and MariaDB, SQLite, DuckDB.

    with opened(address, secret) as asked:
        for portion in asked.portions(query, cursor, after=position): …

The query is a part of a larger one (`SELECT … FROM (query) WHERE cursor >= position ORDER BY
cursor`), the session may only read, and a password never stands in an address, a message or a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import duckdb
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from huitou.ground.errors import BadInput, HuitouError

PORTION = 50_000
"""Rows after which a portion ends, as soon as the cursor moves on."""
SAMPLE = 500
"""Rows that are looked at before a source is added."""
PATIENCE = 20
"""Seconds to wait for a connection; an answer may take thirty times as long."""

_DRIVERS = {
    "postgresql": ("postgresql+psycopg", "psycopg", "pip install 'huitou[postgres]'"),
    "postgres": ("postgresql+psycopg", "psycopg", "pip install 'huitou[postgres]'"),
    "mysql": ("mysql+pymysql", "pymysql", "pip install 'huitou[mysql]'"),
    "mariadb": ("mariadb+pymysql", "pymysql", "pip install 'huitou[mysql]'"),
    "sqlite": ("sqlite", "sqlite3", ""),
    "duckdb": ("duckdb", "duckdb", ""),
}
"""What stands before :// -> SQLAlchemy's name of it, the package that speaks it, how to get it."""

_READ_ONLY = {
    "postgresql": (
        "SET default_transaction_read_only = on",
        f"SET statement_timeout = {PATIENCE * 30 * 1000}",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY",),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY",),
    "sqlite": ("PRAGMA query_only = ON",),
}
_DIALECTS: dict[str, type[Dialect]] = {
    "postgresql": postgresql.dialect,
    "mysql": mysql.dialect,
    "mariadb": mysql.dialect,
    "sqlite": sqlite.dialect,
    "duckdb": postgresql.dialect,  # names are quoted alike
}


@dataclass(frozen=True)
class Portion:
    """Some rows in the order of their cursor, and the cursor of the last that has one."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    last: Any


class Answers(Protocol):
    """A session that may only read."""

    def ask(self, query: str, after: Any) -> tuple[Sequence[str], Iterator[tuple[Any, ...]]]:
        """Names of the columns, and the rows one by one; `:after` stands in the query."""
        ...


@dataclass(frozen=True)
class Asked:
    """A database that was opened."""

    answers: Answers
    backend: str

    def portions(
        self, query: str, cursor: str, after: Any, size: int | None = None
    ) -> Iterator[Portion]:
        """All rows from the cursor `after` on, that one again included; None: from the first.

        A portion ends where the cursor moves on, so rows of one cursor are never parted.
        """
        names, rows = self.answers.ask(written(self.backend, query, cursor, after), after)
        columns = tuple(names)
        if cursor not in columns:
            raise BadInput(
                f"the query brings no column {cursor!r}",
                column=cursor,
                to_try=f"--cursor {columns[0]} (or {', '.join(columns[1:])})",
            )
        at, most = columns.index(cursor), size or PORTION
        held: list[tuple[Any, ...]] = []
        for row in rows:
            if len(held) >= most and row[at] != held[-1][at]:
                yield Portion(columns, held, _last(held, at))
                held = []
            held.append(row)
        yield Portion(columns, held, _last(held, at))


def _last(rows: Sequence[tuple[Any, ...]], at: int) -> Any:
    return next((row[at] for row in reversed(rows) if row[at] is not None), None)


def written(backend: str, query: str, cursor: str, after: Any) -> str:
    """The whole question, in the words of one database."""
    inner = checked(query)
    name = _DIALECTS[backend]().identifier_preparer.quote_identifier(cursor)
    where = "" if after is None else f"WHERE asked.{name} >= :after "
    if backend != "duckdb":  # only `:after` is a place for a value
        inner = inner.replace(":", "\\:")
    return f"SELECT * FROM (\n{inner}\n) AS asked {where}ORDER BY asked.{name}"


def checked(query: str) -> str:
    """A single SELECT; `BadInput` for anything else."""
    plain = query.strip().rstrip(";").strip()
    first = plain.split(None, 1)[0].upper() if plain else ""
    if first not in ("SELECT", "WITH", "FROM", "TABLE") or ";" in plain:
        raise BadInput(
            "a source is asked by one SELECT and nothing else",
            value=plain[:80],
            to_try='--query "SELECT * FROM orders"',
        )
    return plain


def address_of(told: str) -> URL:
    """The address, if it can stand: a database we know, and no password in it."""
    try:
        url = make_url(told.strip())
    except ArgumentError as bad:
        raise BadInput(
            "this is no address of a database", to_try="postgresql://reader@host/shop"
        ) from bad
    if url.drivername.split("+")[0] not in _DRIVERS:
        raise BadInput(
            f"databases of the kind {url.drivername!r} are not known",
            to_try="postgresql, mysql, mariadb, sqlite or duckdb, then ://",
        )
    if url.password is not None or "password" in {name.lower() for name in url.query}:
        raise BadInput(
            "an address holds no password: it would be kept and shown",
            to_try="the address without it, and --secret-env HUITOU_SOURCE_PASSWORD",
        )
    return url


def backend_of(url: URL) -> str:
    """postgresql, mysql, mariadb, sqlite or duckdb."""
    name = url.drivername.split("+")[0]
    return "postgresql" if name == "postgres" else name


@contextmanager
def opened(told: str, secret: str | None) -> Iterator[Asked]:
    """A session that may only read, ended with the block.

    Raises `BadInput` for an address that cannot stand, `HuitouError` for a database that does not
    answer; neither holds the secret.
    """
    url, backend = address_of(told), backend_of(address_of(told))
    try:
        if backend == "duckdb":
            with _duckdb(url) as answers:
                yield Asked(answers, backend)
            return
        engine = _engine(url, backend, secret)
        try:
            yield Asked(_Spoken(engine), backend)
        finally:
            engine.dispose()
    except (SQLAlchemyError, duckdb.Error, OSError) as failed:
        raise HuitouError(
            f"the database does not answer: {_plainly(failed, secret)}",
            to_try="huitou source test NAME",
        ) from None  # what it came from may hold the secret


def _plainly(failed: Exception, secret: str | None) -> str:
    """The first line of what a driver says, without the secret."""
    said = str(getattr(failed, "orig", None) or failed).strip() or type(failed).__name__
    if secret:
        said = said.replace(secret, "…")
    return said.splitlines()[0][:300]


def _engine(url: URL, backend: str, secret: str | None) -> Engine:
    name, package, to_get = _DRIVERS[url.drivername.split("+")[0]]
    full = url.set(drivername=name, password=secret)
    more: dict[str, Any] = {"connect_timeout": PATIENCE}
    if backend == "sqlite":
        only = {"mode": "ro", "uri": "true"}
        full, more = URL.create("sqlite", database=f"file:{quote(_file(url))}", query=only), {}
    if backend in ("mysql", "mariadb"):
        more |= {"read_timeout": PATIENCE * 30, "charset": "utf8mb4"}
    try:
        engine = create_engine(full, connect_args=more, poolclass=NullPool)
    except (ModuleNotFoundError, NoSuchModuleError) as missing:
        raise HuitouError(f"{package} is needed for {backend}", to_try=to_get) from missing
    event.listen(engine, "connect", lambda raw, _record: _hold(raw, backend))
    return engine


def _hold(raw: Any, backend: str) -> None:
    """Only reading, before the first question."""
    cursor = raw.cursor()
    for statement in _READ_ONLY[backend]:
        cursor.execute(statement)
    cursor.close()
    raw.commit()


@dataclass(frozen=True)
class _Spoken:
    """Answers by way of SQLAlchemy, row by row from the server."""

    engine: Engine

    def ask(self, query: str, after: Any) -> tuple[Sequence[str], Iterator[tuple[Any, ...]]]:
        connection = self.engine.connect().execution_options(
            stream_results=True, max_row_buffer=5_000
        )
        told = {} if after is None else {"after": after}
        found = connection.execute(text(query), told)

        def rows() -> Iterator[tuple[Any, ...]]:
            try:
                for row in found:
                    yield tuple(row)
            finally:
                connection.close()

        return list(found.keys()), rows()


@dataclass(frozen=True)
class _Duck:
    connection: duckdb.DuckDBPyConnection

    def ask(self, query: str, after: Any) -> tuple[Sequence[str], Iterator[tuple[Any, ...]]]:
        told = {} if after is None else {"after": after}
        found = self.connection.execute(query.replace(":after", "$after"), told)
        names = [column[0] for column in found.description or ()]

        def rows() -> Iterator[tuple[Any, ...]]:
            while some := found.fetchmany(5_000):
                yield from some

        return names, rows()


@contextmanager
def _duckdb(url: URL) -> Iterator[_Duck]:
    connection = duckdb.connect(_file(url), read_only=True)
    try:
        # A query could read other files of this machine, or write them, by COPY.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield _Duck(connection)
    finally:
        connection.close()


def _file(url: URL) -> str:
    if not url.database:
        raise BadInput("which file?", to_try=f"{url.drivername}:////var/lib/shop/orders.db")
    return url.database
