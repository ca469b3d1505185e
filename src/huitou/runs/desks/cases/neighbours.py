"""What other rooms of care know of a person: complaints, happenings, interviews.

A room that a shop's version does not have yet knows nothing; nobody else need ask whether it is
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from huitou.identity import book as identity

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

OVER = ("resolved", "dismissed")
"""States of a complaint that nobody waits for any more."""


@dataclass(frozen=True)
class Complaint:
    """A complaint that waits for an answer."""

    id: str
    number: str
    person_id: str
    kind: str
    owner: str | None
    received_at: datetime


def open_complaints(unit: Unit, people: Iterable[str]) -> dict[str, Complaint]:
    """person -> their open complaint, the oldest, under each of their ids."""
    asked = list(people)
    known = identity.names(unit, asked)
    ids = known.every(asked)
    found: dict[str, Complaint] = {}
    for row in sorted(complaints(unit), key=lambda row: row["received_at"]):
        if row["person_id"] in ids and row["state"] not in OVER:
            found.setdefault(known.now(row["person_id"]), _complaint(row))
    return known.spread(found)


def complaints(unit: Unit) -> list[Row]:
    """Every complaint but those that were dismissed."""
    return _asked("complaints", "told", unit)


def interviews(unit: Unit) -> list[Row]:
    """Every exit interview."""
    return _asked("interviews", "heard", unit)


def happenings(unit: Unit, until: date) -> list[Row]:
    """What befell customers, as far as it was told."""
    return _asked("happenings", "known", unit, until)


def _asked(room: str, question: str, *given: Any) -> list[Row]:
    name = f"huitou.care.{room}.book"
    if find_spec(name) is None:
        return []
    answer = getattr(import_module(name), question, None)
    return list(answer(*given)) if answer is not None else []


def _complaint(row: Mapping[str, Any]) -> Complaint:
    return Complaint(
        id=row.get("id", ""),
        number=row.get("number", ""),
        person_id=row["person_id"],
        kind=row["kind"],
        owner=row.get("owner"),
        received_at=row["received_at"],
    )
