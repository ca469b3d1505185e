"""What a column of the books can hold, on either database, and where tables register."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Index, Integer, MetaData, Text, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from huitou.ground.money import LARGEST

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, or later migrations could not change it."""

metadata = MetaData(naming_convention=NAMING)
"""All tables of the books; each chapter's `tables.py` adds its own."""


class Instant(TypeDecorator[datetime]):
    """A moment: aware and in UTC on both sides, whichever database keeps it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse moments without a zone; SQLite keeps the UTC reading."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; the books keep aware moments only")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[int]):
    """Money in minor units: a whole number below ten trillion (TRUST I-1), never a float."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Refuse what is not a whole number: SQLite would quietly keep a float."""
        if value is None:
            return None
        if type(value) is not int or abs(value) > LARGEST:
            raise ValueError(f"{value!r} is not an amount in minor units")
        return value


class Json(TypeDecorator[Any]):
    """A JSON value, with its keys in order so that equal values are equal bytes."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`jsonb` on PostgreSQL, text on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB())
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """NaN and infinity are refused here: JSON has no word for them."""
        if value is None:
            return None
        written = as_json(value)
        return json.loads(written) if dialect.name == "postgresql" else written

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value as Python has it."""
        return json.loads(value) if isinstance(value, str) and dialect.name == "sqlite" else value


def as_json(value: Any) -> str:
    """A value as JSON text: keys in order, no NaN, Chinese as Chinese."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def index_where(name: str, where: str, *columns: Column[Any], unique: bool = False) -> Index:
    """An index of those rows alone for which `where` is true, on either database."""
    meant = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=meant, postgresql_where=meant)


Serial = BigInteger().with_variant(Integer, "sqlite")
"""A number the database counts up by itself; SQLite does so only for its own INTEGER."""
