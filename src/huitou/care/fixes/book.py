"""Keeping what was mended, whom it concerns, and who was told: each once for each fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select

from huitou.care.fixes.rules import Due, Fix
from huitou.care.fixes.tables import fix, fix_due, fix_told
from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_id
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


def enter(unit: Unit, made: Fix, by: str, now: datetime) -> str:
    """Keep a fix; its id."""
    row = {"id": new_id(), **asdict(made), "by": by, "at": now}
    unit.add(fix, [row])
    body = {name: row[name] for name in ("id", "cause", "product", "store", "step", "owner", "by")}
    body["made_on"] = made.made_on.isoformat()
    tell(unit, [Event("fix.made", f"fix:{row['id']}", now, body)])
    return str(row["id"])


def listed(unit: Unit) -> list[Row]:
    """All fixes, the latest first, with how many were told of each (`told`)."""
    rows = unit.rows(select(fix).order_by(fix.c.made_on.desc(), fix.c.at.desc(), fix.c.id))
    told: dict[str, int] = {}
    for each in unit.rows(select(fix_told.c.fix_id)):
        told[each["fix_id"]] = told.get(each["fix_id"], 0) + 1
    return [{**row, "told": told.get(row["id"], 0)} for row in rows]


def find(unit: Unit, fix_id: str) -> Row:
    """One fix; an error in words for an unknown id."""
    for row in listed(unit):
        if row["id"] == fix_id:
            return row
    raise HuitouError(f"there is no fix {fix_id!r}", to_try="huitou fix list")


def set_due(unit: Unit, people: Mapping[str, Due]) -> int:
    """Keep whom which fix is for, instead of what was kept before; how many there are."""
    unit.execute(delete(fix_due))
    rows = [
        {"person_id": person, "fix_id": due.fix_id, "said": due.said}
        for person, due in sorted(people.items())
    ]
    unit.add(fix_due, rows)
    return len(rows)


def due(unit: Unit, people: Iterable[str] | None = None) -> dict[str, Row]:
    """person -> the fix they are to be told of, under each of their ids.

    The row is the fix, with `said`: whether they had spoken of it themselves. Who was told of it
    under whatever id is not among them.
    """
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(fix, fix_due.c.person_id, fix_due.c.said).join(
        fix_due, fix_due.c.fix_id == fix.c.id
    )
    knows = select(fix_told.c.fix_id, fix_told.c.person_id)
    if among is not None:
        query = query.where(fix_due.c.person_id.in_(known.every(among)))
        knows = knows.where(fix_told.c.person_id.in_(known.every(among)))
    informed = {(row["fix_id"], known.now(row["person_id"])) for row in unit.rows(knows)}
    found = {known.now(row["person_id"]): row for row in unit.rows(query)}
    open_ones = {
        person: row for person, row in found.items() if (row["id"], person) not in informed
    }
    return known.spread(open_ones)


def informed(unit: Unit) -> set[tuple[str, str]]:
    """(fix, person) pairs of those who were told, under each of their ids."""
    known = names(unit)
    return {
        (row["fix_id"], each)
        for row in unit.rows(select(fix_told.c.fix_id, fix_told.c.person_id))
        for each in known.every([row["person_id"]])
    }


def told(unit: Unit, fix_id: str, person_id: str, now: datetime) -> bool:
    """Somebody is told of a fix; False where they were before, under whatever id."""
    known = names(unit, [person_id])
    ids = known.every([person_id])
    before = select(fix_told.c.id).where(fix_told.c.fix_id == fix_id, fix_told.c.person_id.in_(ids))
    if unit.first(before) is not None:
        return False
    person = known.now(person_id)
    added = unit.add_new(fix_told, {"fix_id": fix_id, "person_id": person, "at": now})
    if added:
        body = {"fix_id": fix_id, "person_id": person}
        tell(unit, [Event("fix.told", f"fix.told:{fix_id}:{person}", now, body)])
    return added
