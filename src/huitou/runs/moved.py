"""Why somebody is at risk: the facts that moved their chance, read from an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.words import Sentence
from huitou.models.moved import MOST, MOVED, effect_of, words_of
from huitou.runs.suspicion import rows_of
from huitou.runs.views import MovedBy, PersonRow

if TYPE_CHECKING:
    from huitou.store.lake import Edition

TABLE = "moved"


def facts_of(edition: Edition, people: Iterable[str]) -> dict[str, tuple[MovedBy, ...]]:
    """person -> the facts that moved their chance, the strongest first; only those at risk."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows_of(edition, TABLE, sorted(set(people))):
        found.setdefault(row["person_id"], []).append(row)
    return {
        person: tuple(map(_moved_by, sorted(rows, key=lambda row: row["place"])))
        for person, rows in found.items()
    }


def with_facts(edition: Edition, rows: Sequence[PersonRow]) -> tuple[PersonRow, ...]:
    """Rows of customers, those at risk with what moved their chance."""
    known = facts_of(edition, [row.id for row in rows])
    return tuple(replace(row, moved=known.get(row.id, ())) for row in rows)


class Teller:
    """The same in words alone, for one after the other; the table is read when first asked."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def of(self, person: str) -> tuple[Sentence, ...]:
        """What moved their chance, the strongest first; nothing of those who are not at risk."""
        at = self._place.get(person)
        if at is None:
            return ()
        rows = self._table.slice(at, MOST).to_pylist()
        return tuple(words_of(row) for row in rows if row["person_id"] == person)

    @cached_property
    def _table(self) -> pa.Table:
        return self._edition.table(TABLE) if self._edition.has(TABLE) else MOVED.empty_table()

    @cached_property
    def _place(self) -> dict[str, int]:
        """person -> the first of their rows, which stand together in order."""
        first = pc.equal(self._table["place"], 0)
        return dict(
            zip(
                self._table.filter(first)["person_id"].to_pylist(),
                pc.indices_nonzero(first).to_pylist(),
                strict=True,
            )
        )


def _moved_by(row: Mapping[str, Any]) -> MovedBy:
    return MovedBy(row["fact"], words_of(row), effect_of(row), row["p_usual"], row["shift"])
