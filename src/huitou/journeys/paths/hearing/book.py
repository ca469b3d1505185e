"""What happened to people, as far as journeys ask: taken from the outbox, or told.

note(unit, events, now)       something happened; the same key again is the same event
listen(unit, wanted, now)     what the outbox tells that was not heard yet
tell_days / days_of(unit, …)  days of people that others know: birthdays, renewals
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from huitou.identity.book import names
from huitou.journeys.paths.journey import EVENTS
from huitou.journeys.paths.tables import heard, path_day, path_mark
from huitou.store.books import Row, Unit
from huitou.store.outbox import outbox

SETTLED = timedelta(minutes=10)
"""What was written so long ago is surely committed: numbers may become visible out of order."""
CATCH_UP = timedelta(days=2)
"""Older events let nobody in: after a long time out, no storm of what is stale."""
KEPT = timedelta(days=400)
MOST = 20_000
OUTBOX = "outbox"


@dataclass(frozen=True)
class Noted:
    """Something that happened to a person."""

    key: str
    person_id: str
    name: str
    at: datetime
    told: Mapping[str, Any] = field(default_factory=dict)


def note(unit: Unit, events: Sequence[Noted], now: datetime) -> None:
    """Keep what happened; what was noted before stays as it was."""
    if not events:
        return
    on_sqlite = unit.connection.dialect.name == "sqlite"
    put: Any = sqlite.insert(heard) if on_sqlite else postgresql.insert(heard)
    rows = [
        {
            "key": one.key[:160],
            "person_id": one.person_id,
            "name": one.name,
            "at": one.at,
            "noted_at": now,
            "told": dict(one.told),
            "is_new": True,
        }
        for one in events
    ]
    unit.execute(put.on_conflict_do_nothing(), rows)


def listen(unit: Unit, wanted: set[str], alarms: set[str], now: datetime) -> list[Noted]:
    """What the outbox tells since the mark, of the events journeys ask for; nothing is changed.

    The first time nothing is heard of what was before.
    """
    mark = unit.value(select(path_mark.c.number).where(path_mark.c.name == OUTBOX))
    if mark is None:
        return []
    named: dict[str, list[str]] = {}
    for name in wanted:
        for kind in EVENTS[name][0] if name in EVENTS else (name,):
            named.setdefault(kind, []).append(name)
    kinds: list[Any] = [outbox.c.kind.in_(list(named))]
    if alarms:
        kinds.append(outbox.c.kind == "alarm.rung")
    query = select(outbox).where(outbox.c.id > mark, or_(*kinds))
    known = names(unit)
    found = []
    for row in unit.rows(query.order_by(outbox.c.id).limit(MOST)):
        person = row["body"].get("person_id")
        if not person:
            continue
        events = list(named.get(row["kind"], ()))
        if row["kind"] == "alarm.rung" and row["body"].get("rule") in alarms:
            events.append(f"alarm:{row['body']['rule']}")
        told = {name: value for name, value in row["body"].items() if name != "person_id"}
        found += [
            Noted(f"{name}:{row['key']}", known.now(person), name, row["at"], told)
            for name in events
        ]
    return found


def mark_read(unit: Unit, now: datetime) -> None:
    """The mark goes to the last event that surely has none before it that is not seen yet."""
    mark = unit.value(select(path_mark.c.number).where(path_mark.c.name == OUTBOX))
    if mark is None:
        last = unit.value(select(func.max(outbox.c.id))) or 0
        unit.add_new(path_mark, {"name": OUTBOX, "number": last, "at": now})
        return
    settled = select(func.max(outbox.c.id)).where(
        outbox.c.id > mark, outbox.c.id <= mark + MOST, outbox.c.at < now - SETTLED
    )
    if (last := unit.value(settled)) is not None:
        unit.put(path_mark, {"name": OUTBOX, "number": last, "at": now})


def forget_old(unit: Unit, now: datetime) -> int:
    """Let go of what happened long ago."""
    return unit.change(delete(heard).where(heard.c.at < now - KEPT))


def tell_days(
    unit: Unit, kind: str, days: Mapping[str, tuple[date, Mapping[str, Any]]], now: datetime
) -> None:
    """Whose day of a kind is near, and what is told of it; nobody else's day of that kind is.

    `days`: person -> their day. The newest word on it counts, so that a renewal or a service that
    was made meanwhile leaves nothing behind.
    """
    unit.change(delete(path_day).where(path_day.c.kind == kind))
    known = names(unit)
    mine: dict[str, Row] = {}
    for person, (day, told) in sorted(days.items(), key=lambda each: (each[1][0], each[0])):
        holder = known.now(person)
        row = {"person_id": holder, "kind": kind, "day": day, "told": dict(told), "at": now}
        mine.setdefault(holder, row)
    unit.add(path_day, list(mine.values()))


def days_of(unit: Unit, kind: str) -> list[Row]:
    """person_id, day and what is told of it, of everybody whose day of this kind is known."""
    return unit.rows(select(path_day).where(path_day.c.kind == kind).order_by(path_day.c.person_id))
