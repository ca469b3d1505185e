"""So much for each person in a month or a year, under all their ids: kept by one statement.

A table of counts has `person_id`, a period, and `n`; of two at once, one is the last that fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ColumnElement, Table, and_, func, select, update

from huitou.identity.tables import person_alias

if TYPE_CHECKING:
    from huitou.store.books import Unit


def one_more(unit: Unit, period: Column[Any], person: str, when: Any, most: int) -> bool:
    """Count one more for a person, where fewer than `most` were; whether it was counted.

    `period` is the column of the table of counts that says which month or year it was.
    """
    counts = _table(period)
    unit.add_new(counts, {"person_id": person, period.name: when, "n": 0})
    other = counts.alias()
    old = select(person_alias.c.person_id).where(person_alias.c.survivor == person)
    before = select(func.coalesce(func.sum(other.c.n), 0)).where(
        other.c.person_id.in_(old), other.c[period.name] == when
    )
    fits = counts.c.n + before.scalar_subquery() < most
    mine = update(counts).where(_theirs(period, person, when), fits)
    return unit.change(mine.values(n=counts.c.n + 1)) == 1


def one_less(unit: Unit, period: Column[Any], person: str, when: Any) -> None:
    """Take one back that was counted."""
    counts = _table(period)
    mine = update(counts).where(_theirs(period, person, when))
    unit.change(mine.values(n=counts.c.n - 1))


def _theirs(period: Column[Any], person: str, when: Any) -> ColumnElement[bool]:
    return and_(period.table.c.person_id == person, period == when)


def _table(period: Column[Any]) -> Table:
    assert isinstance(period.table, Table)
    return period.table
