"""Taking somebody out of the books: every table, every column of text.

    done = forget(unit, ids, keys, names, salt, by="mei", now=now)

Their rows get a name that nobody knows: one at random for all they did, so that counts, balances
and entries stay what they were, and that of the forgetting for what they agreed to. What is said
about them in words is blanked first (`personal`); then every text in every table is searched for
their ids and contacts. A table that would not let go of one refuses, and nothing is forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    Text,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from huitou.ground.ids import new_id
from huitou.identity.book import names
from huitou.identity.forgetting.personal import A_NAME, PERSONAL, PROOFS, Personal
from huitou.identity.forgetting.tables import forgetting, forgotten_key
from huitou.store.books import Unit
from huitou.store.columns import Json, metadata

SHORTEST = 6
"""A contact shorter than this could be found in words that mean something else."""
OURS = {forgetting.name, forgotten_key.name}


@dataclass(frozen=True)
class Forgotten:
    """One person that was forgotten: the name it goes by, and how many rows lost something."""

    id: str
    rows: int


def forget(
    unit: Unit, people: Iterable[str], keys: Sequence[str], salt: str, by: str, now: datetime
) -> Forgotten:
    """Take these ids of one person, and their keys (`phone:…`, `email:…`), out of every table.

    Ids they were known by before go with them. Raises what the books raise where a table holds on.
    """
    asked = list(people)
    ids = sorted(names(unit, asked).every(asked))
    contacts = sorted({value for key in keys if (value := key.partition(":")[2])})
    done = new_id()
    unit.add(forgetting, [{"id": done, "by": by, "at": now, "open": True}])
    for key in keys:
        unit.add_new(forgotten_key, {"mark": mark(salt, key), "forgetting_id": done})
    rows = sum(_blank(unit, table, ids, contacts) for table in _children_first())
    rows += sum(_prove(unit, name, columns, ids, done) for name, columns in PROOFS.items())
    changes = dict.fromkeys(ids, new_id()) | {
        each: "" for each in _long(contacts)
    }
    rows += sum(_rename(unit, table, changes) for table in metadata.sorted_tables)
    unit.change(update(forgetting).where(forgetting.c.id == done).values(open=False))
    return Forgotten(done, rows)


def mark(salt: str, key: str) -> str:
    """The keyed hash by which a key that was forgotten is known again."""
    return hmac.new(salt.encode(), f"forgotten|{key}".encode(), hashlib.sha256).hexdigest()


def known(unit: Unit, keys: Iterable[str], salt: str) -> Mapping[str, str]:
    """Those of these keys that belonged to somebody who was forgotten -> the forgetting."""
    if unit.first(select(forgotten_key.c.mark).limit(1)) is None:
        return {}
    marks = {mark(salt, key): key for key in keys}
    rows = unit.rows(select(forgotten_key))
    return {marks[r["mark"]]: r["forgetting_id"] for r in rows if r["mark"] in marks}


def since(unit: Unit, limit: int = 100) -> list[Mapping[str, Any]]:
    """When somebody was forgotten, the latest first: id, by, at."""
    told = select(forgetting.c.id, forgetting.c.by, forgetting.c.at)
    return unit.rows(told.order_by(forgetting.c.at.desc()).limit(limit))


def texts(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold text, as words or as JSON."""
    return [each for each in table.columns if isinstance(_kept_as(each), (String, Json))]


# -- inside


def _kept_as(column: Column[Any]) -> TypeEngine[Any]:
    """What a column keeps its values as; JSON stands for itself, it is text only on SQLite."""
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, TypeDecorator) and not isinstance(kind, Json):
        return kind.impl_instance
    return kind


def _children_first() -> Iterator[Table]:
    """Tables that hang on others before those: they are found through what is not blanked yet."""
    parents = {told.under[1] for told in PERSONAL.values() if told.under is not None}
    chosen = sorted(PERSONAL, key=lambda name: (name in parents, name))
    return (metadata.tables[name] for name in chosen)


def _theirs(table: Table, ids: Sequence[str], contacts: Sequence[str]) -> ColumnElement[bool]:
    told = PERSONAL.get(table.name, Personal())
    found = [table.c[name].in_(ids) for name in told.who]
    found += [table.c[name].in_(contacts) for name in told.contacts]
    if told.under is not None:
        own, name, key = told.under
        parent = metadata.tables[name]
        found.append(table.c[own].in_(select(parent.c[key]).where(_theirs(parent, ids, contacts))))
    return or_(false(), *found)


def _blank(unit: Unit, table: Table, ids: Sequence[str], contacts: Sequence[str]) -> int:
    told, theirs = PERSONAL[table.name], _theirs(table, ids, contacts)
    if told.gone:
        return unit.change(delete(table).where(theirs))
    if A_NAME in told.blank.values():
        return _blank_each(unit, table, told, theirs)
    return unit.change(update(table).where(theirs).values(**told.blank)) if told.blank else 0


def _blank_each(unit: Unit, table: Table, told: Personal, theirs: ColumnElement[bool]) -> int:
    """One by one: each row gets names of its own."""
    (key,) = table.primary_key.columns
    rows = unit.rows(select(key).where(theirs))
    for row in rows:
        values = {
            name: new_id()[: getattr(table.c[name].type, "length", None)] if to is A_NAME else to
            for name, to in told.blank.items()
        }
        unit.change(update(table).where(key == row[key.name]).values(**values))
    return len(rows)


def _prove(unit: Unit, name: str, columns: Sequence[str], ids: Sequence[str], under: str) -> int:
    table = metadata.tables[name]
    rows = 0
    for column in columns:
        theirs = table.c[column].in_(ids)
        rows = max(rows, unit.change(update(table).where(theirs).values({column: under})))
    return rows


def _rename(unit: Unit, table: Table, changes: Mapping[str, str]) -> int:
    """Put another text in the place of each of these, wherever it stands in a table."""
    columns = texts(table) if table.name not in OURS else []
    if not columns:
        return 0
    holds = or_(*(_holds(each, changes.keys()) for each in columns))
    values = {each.name: _changed(each, changes) for each in columns}
    return unit.change(update(table).where(holds).values(**values))


def _holds(column: Column[Any], parts: Set[str]) -> ColumnElement[bool]:
    words = cast(column, Text) if isinstance(column.type, Json) else column
    return or_(false(), *(words.contains(part, autoescape=True) for part in sorted(parts)))


def _changed(column: Column[Any], changes: Mapping[str, str]) -> ColumnElement[Any]:
    is_json = isinstance(column.type, Json)
    words: ColumnElement[Any] = cast(column, Text) if is_json else column
    for part, into in sorted(changes.items()):
        words = func.replace(words, part, into, type_=Text)
    return cast(words, Json) if is_json else words


def _long(contacts: Iterable[str]) -> list[str]:
    return [each for each in contacts if len(each) >= SHORTEST]
