"""From rows of the books to what the doors draw: one complaint, its thread, its time left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from huitou.care.complaints import rules
from huitou.care.complaints.rules import KINDS, STATES
from huitou.care.reasons import WHYS
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.runs.desks.complaints.views import ComplaintRow, EntryView, FileView
from huitou.runs.people import person_row

if TYPE_CHECKING:
    from huitou.runs.views import PersonRow
    from huitou.runs.wiring import House
    from huitou.store.books import Row

BEGINNING = 160
"""Letters of a complaint that a list shows."""


def standing(house: House, settings: Settings, person_id: str | None) -> PersonRow | None:
    """The customer as the last run knew them; None for nobody, or before the first run."""
    if person_id is None or settings.currency is None or not house.shelf.file.exists():
        return None
    found = house.shelf.find(person_id)
    return person_row(found, settings.currency) if found else None


def drawn(house: House, settings: Settings, row: Row, now: datetime) -> ComplaintRow:
    """One line of the list."""
    hours = hours_left(row, now)
    return ComplaintRow(
        **{name: row[name] for name in _SAME},
        kind_words=KINDS[row["kind"]],
        state_words=STATES[row["state"]],
        beginning=" ".join(row["words"].split())[:BEGINNING],
        person=standing(house, settings, row["person_id"]),
        hours_left=hours,
        left=None if hours is None else left(hours),
        overdue=rules.overdue(row["state"], row["due_at"], now),
        late_days=late_days(row),
    )


def hours_left(row: Row, now: datetime) -> float | None:
    """Until an answer is due; None while nobody waits."""
    if row["state"] not in rules.WAITING:
        return None
    return float((row["due_at"] - now).total_seconds() / 3600)


def late_days(row: Row) -> float | None:
    """By how many days the first answer was late."""
    if row["answered_at"] is None or row["answered_at"] <= row["due_at"]:
        return None
    return float((row["answered_at"] - row["due_at"]).total_seconds() / 86400)


def left(hours: float) -> Sentence:
    """Time left or passed, in the unit that people say it in."""
    late, size = hours < 0, abs(hours)
    if size < 1:
        return said("late since just now") if late else said("less than an hour left")
    if size < 2:
        return said("more than an hour late") if late else said("more than an hour left")
    if size < 48:
        n = int(size)
        return said("{n} hours late", n=n) if late else said("{n} hours left", n=n)
    n = int(size // 24)
    return said("{n} days late", n=n) if late else said("{n} days left", n=n)


def entry_view(row: Row, currency: str | None) -> EntryView:
    """One thing that was said or done."""
    kind, amount = row["kind"], row["amount"]
    return EntryView(
        kind=kind,
        by=row["by"],
        words=row["words"],
        told=rules.spoken(row["words"]) if kind == "state" else (),
        at=row["at"],
        amount=Money(amount, currency) if amount is not None and currency else None,
    )


def file_views(rows: Sequence[Row]) -> tuple[FileView, ...]:
    """What is still there of what was attached."""
    return tuple(
        FileView(row["id"], row["name"], row["media"], row["size"]) for row in rows if row["sha256"]
    )


def cause_words(code: str | None) -> Sentence | None:
    """What a complaint was sorted to, in words."""
    return WHYS.get(code) if code else None


_SAME = (
    *("id", "number", "kind", "state", "channel", "name", "person_id", "owner", "product"),
    *("store", "order_id", "received_at", "due_at", "answered_at"),
)
