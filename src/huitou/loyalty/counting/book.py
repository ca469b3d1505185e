"""How often one person has had something within a period, kept by the statement that counts it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, func, select, update

from huitou.identity.tables import person_alias
from huitou.store.books import Unit


@dataclass(frozen=True)
class Counted:
    """A table of counts: `person_id`, the period, and `n`."""

    table: Table
    period: str
    """The column that names the period."""

    def one_more(self, unit: Unit, person_id: str, period: str | int, most: int) -> bool:
        """Count one more where that is within `most`, under all ids of the person; whether so."""
        unit.add_new(self.table, {"person_id": person_id, self.period: period, "n": 0})
        other = self.table.alias()
        old = select(person_alias.c.person_id).where(person_alias.c.survivor == person_id)
        before = select(func.coalesce(func.sum(other.c.n), 0)).where(
            other.c.person_id.in_(old), other.c[self.period] == period
        )
        mine, n = self._mine(person_id, period), self.table.c.n
        fits = update(self.table).where(*mine, n + before.scalar_subquery() < most)
        return unit.change(fits.values(n=n + 1)) == 1

    def one_back(self, unit: Unit, person_id: str, period: str | int) -> None:
        """It was not had after all."""
        mine = update(self.table).where(*self._mine(person_id, period))
        unit.change(mine.values(n=self.table.c.n - 1))

    def _mine(self, person_id: str, period: str | int) -> tuple[ColumnElement[bool], ...]:
        return (self.table.c.person_id == person_id, self.table.c[self.period] == period)
