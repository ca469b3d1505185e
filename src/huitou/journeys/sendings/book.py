"""Asking for messages: once for each reason there is to write, however often it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Row, Unit


@dataclass(frozen=True)
class Wish:
    """One message somebody in the house wants to reach a person."""

    origin: str
    """Who asks: journey, ladder, points, referral, surprise, membership, reminder, consent."""
    origin_id: str
    """Which of them, and on what occasion: the same again is the same message."""
    person_id: str
    channel: str
    purpose: str
    """marketing; service (about what they have from us); transactional (they wait for it)."""
    template: str
    """Its name among the templates; the words are found when it leaves."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the template is told besides who the person is."""
    value: int = 0
    """Expected to bring, minor units."""
    not_before: datetime | None = None
    not_after: datetime | None = None

    @property
    def id(self) -> str:
        """The same for the same origin, occasion, person, channel and template."""
        parts = (self.origin, self.origin_id, self.person_id, self.channel, self.template)
        return fingerprint(*parts)


def ask(unit: Unit, wishes: Sequence[Wish], now: datetime) -> int:
    """Write down what shall be said; how many of these were not written before.

    Who is held out must have been left out by the caller, who knows the lot.
    """
    return sum(unit.add_new(sending, _row(wish, now)) for wish in wishes)


def withdraw(unit: Unit, origin: str, origin_id: str, person_id: str, now: datetime) -> int:
    """Take back what has not begun to leave; how many messages."""
    waits = update(sending).where(
        sending.c.origin == origin,
        sending.c.origin_id == origin_id,
        sending.c.person_id.in_(names(unit, [person_id]).every([person_id])),
        sending.c.state == "planned",
    )
    return unit.change(waits.values(state="cancelled", at=now))


def withdraw_all(unit: Unit, person_id: str, now: datetime) -> int:
    """Take back all that has not begun to leave for a person; how many messages."""
    theirs = sending.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    waits = update(sending).where(theirs, sending.c.state.in_(("planned", "claimed")))
    return unit.change(waits.values(state="cancelled", at=now))


def find(unit: Unit, sending_id: str) -> Row | None:
    """One message by its id; None where there is none."""
    return unit.first(select(sending).where(sending.c.id == sending_id))


def counted(unit: Unit) -> dict[tuple[str, str], int]:
    """(channel, state) -> how many messages."""
    query = select(sending.c.channel, sending.c.state, func.count().label("n"))
    rows = unit.rows(query.group_by(sending.c.channel, sending.c.state))
    return {(row["channel"], row["state"]): row["n"] for row in rows}


def to_person(unit: Unit, person_id: str) -> list[Row]:
    """Everything asked for one person under any of their ids, the newest first."""
    theirs = sending.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    return unit.rows(select(sending).where(theirs).order_by(sending.c.written_at.desc()))


def _row(wish: Wish, now: datetime) -> Row:
    return {
        "id": wish.id,
        "origin": wish.origin,
        "origin_id": wish.origin_id,
        "person_id": wish.person_id,
        "arm": "treated",
        "channel": wish.channel,
        "purpose": wish.purpose,
        "template": wish.template,
        "told": dict(wish.told),
        "value": wish.value,
        "not_before": wish.not_before or now,
        "not_after": wish.not_after,
        "state": "planned",
        "attempt": 0,
        "written_at": now,
        "at": now,
    }
