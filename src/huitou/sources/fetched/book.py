"""Which sources are asked, how far each was read, and which files of folders were taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import new_id
from huitou.ground.words import Sentence
from huitou.sources.fetched.contract import KINDS, SURPRISES, Expected, Source
from huitou.sources.fetched.tables import fetched, fetched_file
from huitou.sources.wire import sentence_from, sentence_to
from huitou.store.books import Row, Unit

_ENV = re.compile(r"HUITOU_SOURCE_[A-Z0-9_]{1,60}")
"""A source is handed no other secret of the house: it would be sent to whatever host is named."""


def variable_of(secret_env: str | None) -> str | None:
    """The variable that holds a source's secret; `Refused` for any that is not a source's."""
    if secret_env is not None and not _ENV.fullmatch(secret_env):
        raise Refused(
            "the secret itself is not kept: name the environment variable that holds it",
            to_try="--secret-env HUITOU_SOURCE_PASSWORD",
        )
    return secret_env


def make(unit: Unit, wanted: Source, by: str, now: datetime) -> Source:
    """A new source under a name that nobody has; what cannot stand is `Refused`."""
    name = " ".join(wanted.name.split())
    if not 0 < len(name) <= 80:
        raise Refused("a source has a name of at most 80 letters")
    if wanted.kind not in KINDS:
        raise Refused(f"there is no kind {wanted.kind!r}", to_try=" or ".join(KINDS))
    variable_of(wanted.secret_env)
    _allowed(wanted.expected)
    made = replace(wanted, id=new_id(), name=name, made_at=now)
    names = ("id", "kind", "name", "address", "secret_env", "query", "cursor", "mapping")
    row = {each: getattr(made, each) for each in names}
    row |= {
        "expected": asdict(made.expected),
        "rows": 0,
        "failed": 0,
        "made_at": now,
        "made_by": by,
    }
    if not unit.add_new(fetched, row):
        raise Refused(f"there is a source called {name!r} already", to_try="another name")
    return made


def _allowed(expected: Expected) -> None:
    for name in ("on_columns", "on_types"):
        told = getattr(expected, name)
        if told not in SURPRISES:
            raise Refused(
                f"--{name.replace('_', '-')} cannot be {told!r}", to_try=" or ".join(SURPRISES)
            )
    if expected.fresh_hours is not None and not 1 <= expected.fresh_hours <= 8784:
        raise Refused("fresh is counted in hours, from one to a year", to_try="--fresh-hours 24")


def change(unit: Unit, name: str, **told: Any) -> Source:
    """Other answers to surprises, or another freshness."""
    one = the(unit, name)
    expected = replace(one.expected, **told)
    _allowed(expected)
    unit.change(_at(one.id).values(expected=asdict(expected)))
    return replace(one, expected=expected)


def end(unit: Unit, name: str, now: datetime) -> Source:
    """Ask it no more; what it brought stays. Its name is free for another."""
    one = the(unit, name)
    unit.change(_at(one.id).values(ended_at=now, name=f"{one.name[:50]} ({one.id})"))
    return replace(one, ended_at=now)


def advance(
    unit: Unit,
    one: Source,
    *,
    position: Any,
    expected: Expected,
    applied: int,
    words: Sentence | None,
    now: datetime,
) -> None:
    """Keep how far it was read, after what was read has been taken in."""
    # The answers to surprises may have been changed meanwhile: what came says nothing of them.
    kept = replace(the(unit, one.id).expected, columns=expected.columns)
    unit.change(
        _at(one.id).values(
            position=position, expected=asdict(kept), rows=fetched.c.rows + applied, last_at=now,
            told=sentence_to(words) if words else None, failed=0,
        )
    )  # fmt: skip


def seen(unit: Unit, one: Source, newest: datetime | None, now: datetime) -> None:
    """It was asked, and all went well."""
    values: dict[str, Any] = {"last_at": now, "failed": 0}
    if newest is not None:
        values["newest"] = newest
    unit.change(_at(one.id).values(**values))


def failed(unit: Unit, one: Source, words: Sentence, now: datetime) -> None:
    """It was asked, and something went wrong; how far it was read stays as it was."""
    unit.change(_at(one.id).values(last_at=now, told=sentence_to(words), failed=1))


def keep_file(unit: Unit, one: Source, row: Row) -> None:
    """A file was taken, or set aside with its `reason`; taken again it overwrites that."""
    unit.put(fetched_file, {"fetched_id": one.id, **row})


def contents(unit: Unit, one: Source, *, again: bool) -> Collection[str]:
    """Contents that are not taken any more; `again` gives those that were set aside a chance."""
    query = select(fetched_file.c.content).where(fetched_file.c.fetched_id == one.id)
    if again:
        query = query.where(fetched_file.c.reason.is_(None))
    return {row["content"] for row in unit.rows(query)}


def marks(unit: Unit, one: Source, *, again: bool) -> Collection[tuple[str, int, int]]:
    """(name, size, changed) of files whose content is known: they need not be read to see it."""
    table = fetched_file
    query = select(table.c.name, table.c.size, table.c.changed).where(table.c.fetched_id == one.id)
    if again:
        query = query.where(table.c.reason.is_(None))
    return {(row["name"], row["size"], row["changed"]) for row in unit.rows(query)}


def files(unit: Unit, one: Source, limit: int) -> list[Row]:
    """The files of a folder, the latest first."""
    table = fetched_file
    query = select(table).where(table.c.fetched_id == one.id)
    return unit.rows(query.order_by(table.c.at.desc(), table.c.name).limit(limit))


def set_aside(unit: Unit) -> Mapping[str, int]:
    """Source -> how many of its files were set aside."""
    table = fetched_file
    query = select(table.c.fetched_id, func.count().label("n")).where(table.c.reason.is_not(None))
    return {row["fetched_id"]: row["n"] for row in unit.rows(query.group_by(table.c.fetched_id))}


def every(unit: Unit, *, ended: bool = False) -> list[Source]:
    """All sources that are asked, the oldest first; `ended`: with those that are not any more."""
    query = select(fetched).order_by(fetched.c.made_at, fetched.c.name)
    if not ended:
        query = query.where(fetched.c.ended_at.is_(None))
    return [_read(row) for row in unit.rows(query)]


def the(unit: Unit, name: str) -> Source:
    """One source that is asked, by its name or id."""
    found = next((each for each in every(unit) if name in (each.id, each.name)), None)
    if found is None:
        raise HuitouError(f"there is no source {name!r}", to_try="huitou source list")
    return found


def _at(source: str) -> Any:
    return update(fetched).where(fetched.c.id == source)


def _read(row: Row) -> Source:
    names = (
        "id", "kind", "name", "address", "mapping", "query", "cursor", "secret_env", "position",
        "last_at", "newest", "rows", "made_at", "ended_at",
    )  # fmt: skip
    return Source(
        **{name: row[name] for name in names},
        expected=Expected(**row["expected"]),
        told=sentence_from(row["told"]) if row["told"] else None,
        failed=bool(row["failed"]),
    )
