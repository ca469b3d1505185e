"""The complaint that somebody waits with, as whoever calls them or has their case sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import OPEN
from huitou.identity import book as identity

if TYPE_CHECKING:
    from huitou.store.books import Unit


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
    for row in complaints.told(unit):
        if row["person_id"] in ids and row["state"] in OPEN:
            found.setdefault(known.now(row["person_id"]), _complaint(row))
    return known.spread(found)


def _complaint(row: Mapping[str, Any]) -> Complaint:
    return Complaint(
        id=row["id"],
        number=row["number"],
        person_id=row["person_id"],
        kind=row["kind"],
        owner=row["owner"],
        received_at=row["received_at"],
    )
