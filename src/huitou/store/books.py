"""The books: what was decided, promised, said and settled, in SQLite or PostgreSQL.

    books = Books.in_folder(home)        # <home>/books.db; or Books("postgresql+psycopg://…")
    books.migrate(metadata)
    with books.unit() as unit:           # ONE transaction; it commits when the block ends well
        unit.add(offer, [{"id": …}])

Nothing in the block commits: leave it by an exception and nothing happened. A unit that writes
takes SQLite's write lock at its first statement (`BEGIN IMMEDIATE`), because a transaction that
reads first and asks for the lock later fails when somebody else was quicker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    CursorResult,
    Engine,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError

from huitou.ground.errors import Busy, HuitouError
from huitou.store.columns import metadata

WAIT_SECONDS = 30
"""How long a writer waits for another writer before it says `Busy`."""

CACHE_KIB = 32_000
"""The most that SQLite keeps in memory for one connection."""

ONE_LOOK = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

Row = Mapping[str, Any]


class Unit:
    """One transaction on the books. It cannot commit: the block that opened it does."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.looked_up: dict[Any, dict[object, Any]] = {}
        """By table, what was asked of it once and is asked again by many within this transaction;
        a change through the house's own table empties it."""

    def execute(
        self, statement: Executable, rows: Row | Sequence[Row] | None = None
    ) -> CursorResult[Any]:
        """Run one statement, once or for each of `rows`."""
        self.looked_up.pop(getattr(statement, "table", None), None)
        return self.connection.execute(statement, rows)

    def change(self, statement: Executable) -> int:
        """Run an UPDATE or DELETE; how many rows it changed. Every limit is kept with this."""
        return int(self.execute(statement).rowcount)

    def rows(self, statement: Executable) -> list[Row]:
        """All rows of a query, by column name."""
        return [row._asdict() for row in self.execute(statement)]

    def first(self, statement: Executable) -> Row | None:
        """The first row of a query, or None."""
        row = self.execute(statement).first()
        return None if row is None else row._asdict()

    def value(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement).scalar()

    def column(self, statement: Executable) -> list[Any]:
        """The first column of every row."""
        return list(self.execute(statement).scalars())

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows; a clash of keys is an error."""
        if rows:
            self.execute(table.insert(), list(rows))

    def add_new(self, table: Table, row: Row) -> bool:
        """Insert a row unless its key is taken; whether it was inserted."""
        return self.change(self._insert(table).values(**row).on_conflict_do_nothing()) == 1

    def add_all_new(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert these rows in one go, but those whose key is taken."""
        if rows:
            self.execute(self._insert(table).on_conflict_do_nothing(), list(rows))

    def put(self, table: Table, row: Row) -> None:
        """Insert a row, or overwrite the one that has its primary key."""
        key = [column.name for column in table.primary_key]
        rest = {name: value for name, value in row.items() if name not in key}
        insert = self._insert(table).values(**row)
        self.execute(insert.on_conflict_do_update(index_elements=key, set_=rest))

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        on_sqlite = self.connection.dialect.name == "sqlite"
        return sqlite.insert(table) if on_sqlite else postgresql.insert(table)


class Books:
    """The books of one shop, at a database address."""

    def __init__(self, url: str | URL) -> None:
        self.engine = _engine(_address(url))

    @classmethod
    def in_folder(cls, home: Path) -> Books:
        """The books as a file in the shop's folder, made where there is none."""
        home.mkdir(parents=True, exist_ok=True)
        # Composed, not written: a folder's name may hold what means something in an address.
        return cls(URL.create("sqlite", database=str(home / "books.db")))

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One transaction that may write; committed when the block ends well, else undone."""
        with _said_plainly(), self.engine.begin() as connection:
            yield Unit(connection)

    @contextmanager
    def rehearsing(self) -> Iterator[Unit]:
        """One transaction that may write and is undone at its end, whatever happens."""
        with _said_plainly(), self.engine.connect() as connection:
            try:
                yield Unit(connection)
            finally:
                connection.rollback()

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """One consistent look at the books; it never waits for a writer, and changes nothing."""
        with _said_plainly(), self.engine.connect() as connection:
            connection.execution_options(huitou_reading=True)
            if connection.dialect.name == "postgresql":
                # One look: what a second query sees must fit what the first one saw.
                connection.execute(ONE_LOOK)
            yield Unit(connection)

    def migrate(self, tables: MetaData = metadata) -> None:
        """Bring the books to the newest shape, in one transaction.

        `tables` is what the chapters will use; a table the history does not make is an error.
        """
        from huitou.store.migrations.history import bring_to_head

        with self.unit() as unit:
            bring_to_head(unit.connection, tables)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _address(url: str | URL) -> URL:
    try:
        return make_url(url)
    except ArgumentError as unread:
        raise HuitouError(
            "the address of the books cannot be read",  # not shown: it may hold a password
            to_try="sqlite:///… or postgresql+psycopg://…",
        ) from unread


def _engine(url: URL) -> Engine:
    # Without it an INSERT that met its key would not say so on PostgreSQL.
    counting = {"preserve_rowcount": True}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url, connect_args={"timeout": WAIT_SECONDS}, execution_options=counting
        )
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, execution_options=counting)
    raise HuitouError(
        f"the books cannot live at {url.drivername!r}",
        to_try="sqlite:///… or postgresql+psycopg://…",
    )


def _settle_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun by `_begin_sqlite`, not by the driver's own guess.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL loses acknowledged commits in a power cut; promises and letters may not be lost.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Two megabytes, as shipped, are written and read again several times within one large chunk.
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("huitou_reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except OperationalError as failed:
        if "locked" not in str(failed.orig):
            raise
        raise Busy(
            "another process is writing the books", to_try="the same again in a minute"
        ) from failed
