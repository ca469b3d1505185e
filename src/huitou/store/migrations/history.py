"""Bringing the books to the newest shape: one linear history, forward only.

A migration is a file `versions/NNNN_what.py`; its revision is its own name, so the newest is
known without reading any. Both databases change their shape inside a transaction: a killed
migration never was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect, text

from huitou.ground.errors import HuitouError

FOLDER = Path(__file__).parent
ONE_AT_A_TIME = 4_702_111_234_474_983_745
"""Number of the PostgreSQL advisory lock; SQLite's write lock already does it."""


def versions() -> list[str]:
    """All revisions, oldest first."""
    return sorted(file.stem for file in (FOLDER / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def bring_to_head(connection: Connection, tables: MetaData) -> None:
    """Run what is missing on `connection`, inside its transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    at, known = current(connection), versions()
    if at is not None and at not in known:
        raise HuitouError(
            f"these books were last written by a newer huitou (revision {at})",
            to_try="the version of huitou that wrote them",
        )
    if at != known[-1]:
        command.upgrade(config(connection, tables), "head")
    _every_table_is_there(connection, tables)


def difference(connection: Connection, tables: MetaData) -> list[Any]:
    """What the chapters' tables have that the history does not make, or the other way round."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": tables}
    )
    return list(compare_metadata(context, tables))


def config(connection: Connection, tables: MetaData) -> Config:
    """Alembic's settings, without a file: where the history is, and on which connection."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes.update(connection=connection, tables=tables)
    return made


def _every_table_is_there(connection: Connection, tables: MetaData) -> None:
    missing = set(tables.tables) - set(inspect(connection).get_table_names())
    if missing:
        names = ", ".join(sorted(missing))
        raise RuntimeError(f"no migration makes {names}: add one in {FOLDER / 'versions'}")
