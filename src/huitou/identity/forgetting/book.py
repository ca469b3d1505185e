"""Taking somebody out of the books: every table, every column of text.

    done = forget(unit, held, ids, keys, salt, by="mei", now=now)

Their rows get names that nobody knows: one at random for each id they went by, so that counts,
balances and entries stay what they were, and that of the forgetting for what they agreed to. What
is said about them in words is blanked first (`personal`); then every text in every table is
searched for their ids and contacts. A table that would not let go of one refuses, and nothing is
forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    MetaData,
    String,
    Table,
    Text,
    case,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    update,
)

from huitou.ground.ids import new_id
from huitou.identity.book import names
from huitou.identity.forgetting.personal import (
    A_NAME,
    UNSAID,
    Held,
    Personal,
    contacts_of,
    typed,
)
from huitou.identity.forgetting.tables import forgetting, forgotten_key
from huitou.store import outbox
from huitou.store.books import Unit
from huitou.store.columns import as_json

OURS = {forgetting.name, forgotten_key.name}


@dataclass(frozen=True)
class Forgotten:
    """One person that was forgotten: the name it goes by, and how much said something of them."""

    id: str
    rows: int


def forget(
    unit: Unit,
    held: Held,
    people: Iterable[str],
    keys: Sequence[str],
    salt: str,
    by: str,
    now: datetime,
) -> Forgotten:
    """Take these ids of one person, and their keys (`phone:…`, `email:…`), out of every table.

    Ids they were known by before go with them. Raises what the books raise where a table holds on.
    """
    asked = list(people)
    ids = sorted(names(unit, asked).every(asked))
    leaving = _Leaving(_as_they_stand(unit), held, ids, contacts_of(keys))
    done = new_id()
    unit.add(forgetting, [{"id": done, "by": by, "at": now, "open": True}])
    for key in keys:
        unit.add_new(forgotten_key, {"mark": mark(salt, key), "forgetting_id": done})
    outbox.blot(unit, [*ids, *leaving.contacts])
    rows = sum(_blank(unit, leaving, name) for name in held.children_first())
    rows += sum(_prove(unit, leaving, name, done) for name in held.proofs)
    # A name for each id: rows of one table that stand under two of them stay two.
    changes = {each: new_id() for each in ids} | dict.fromkeys(leaving.contacts, "")
    tables = leaving.tables
    rows += sum(_rename(unit, tables[name], changes) for name in sorted(tables.keys() - OURS))
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


# -- inside


@dataclass(frozen=True)
class _Leaving:
    """Whoever leaves, and all tables they may stand in."""

    tables: Mapping[str, Table]
    held: Held
    ids: Sequence[str]
    contacts: Sequence[str]

    def theirs(self, name: str) -> ColumnElement[bool]:
        """The rows of a table that are theirs."""
        table, told = self.tables[name], self.held.of(name)
        found: list[ColumnElement[bool]] = [table.c[name].in_(self.ids) for name in told.who]
        found += [table.c[column].in_(self.contacts) for column in told.contacts]
        found += [
            _words(table.c[column]).contains(each, autoescape=True)
            for column in told.words
            for each in typed(self.contacts)
        ]
        if told.under is not None:
            own, above, key = told.under
            parent = select(self.tables[above].c[key]).where(self.theirs(above))
            found.append(table.c[own].in_(parent))
        return or_(false(), *found)


def _as_they_stand(unit: Unit) -> Mapping[str, Table]:
    """Every table there is, as the database itself has it: none can be left out."""
    found = MetaData()
    found.reflect(unit.connection)
    return found.tables


def _blank(unit: Unit, leaving: _Leaving, name: str) -> int:
    table, told, theirs = leaving.tables[name], leaving.held.of(name), leaving.theirs(name)
    if told.gone:
        return unit.change(delete(table).where(theirs))
    if A_NAME in told.blank.values():
        return _blank_each(unit, table, told, theirs)
    values = {column: _kept(table.c[column], to) for column, to in told.blank.items()}
    return unit.change(update(table).where(theirs).values(**values)) if values else 0


def _blank_each(unit: Unit, table: Table, told: Personal, theirs: ColumnElement[bool]) -> int:
    """One by one: each row gets names of its own."""
    (key,) = table.primary_key.columns
    rows = unit.rows(select(key).where(theirs))
    for row in rows:
        values = {column: _kept(table.c[column], to) for column, to in told.blank.items()}
        unit.change(update(table).where(key == row[key.name]).values(**values))
    return len(rows)


def _kept(column: Column[Any], to: Any) -> Any:
    """A value as the column keeps it: JSON is text on SQLite, and a name has a longest length."""
    if to is UNSAID:
        return case((column.is_not(None), ""))
    if to is A_NAME:
        return new_id()[: getattr(column.type, "length", None)]
    return as_json(to) if isinstance(to, (dict, list)) and not _is_json(column) else to


def _prove(unit: Unit, leaving: _Leaving, name: str, under: str) -> int:
    table, columns = leaving.tables[name], leaving.held.proofs[name]
    theirs = {column: table.c[column].in_(leaving.ids) for column in columns}
    named = {
        column: case((is_theirs, under), else_=table.c[column])
        for column, is_theirs in theirs.items()
    }
    return unit.change(update(table).where(or_(*theirs.values())).values(**named))


def _rename(unit: Unit, table: Table, changes: Mapping[str, str]) -> int:
    """Put another text in the place of each of these, wherever it stands in a table."""
    columns = [each for each in table.columns if isinstance(each.type, String) or _is_json(each)]
    if not columns:
        return 0
    holds = or_(*(_words(each).contains(part, autoescape=True) for each in columns
                  for part in sorted(changes)))  # fmt: skip
    values = {each.name: _changed(each, changes) for each in columns}
    return unit.change(update(table).where(holds).values(**values))


def _changed(column: Column[Any], changes: Mapping[str, str]) -> ColumnElement[Any]:
    words = _words(column)
    for part, into in sorted(changes.items()):
        words = func.replace(words, part, into, type_=Text)
    return cast(words, column.type) if _is_json(column) else words


def _words(column: Column[Any]) -> ColumnElement[Any]:
    return cast(column, Text) if _is_json(column) else column


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)
