"""Keeping caps: a reservation is made in the statement that counts, or it is not made.

    take(unit, asks, now)   ->  {id: None where it goes, else the moment to look again, or NEVER}
    release(unit, id)       what surely never left counts no more; what is in doubt stays counted

Whoever asks first has the slot, so asks come in the order of their worth. On PostgreSQL two who
count at once would both see a free slot: so each first takes the person's turn (one row), and the
second waits until the first has committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, select, update

from huitou.ground.channels import ANY
from huitou.identity.book import Names, names
from huitou.journeys.caps.limits import Ask, Cap
from huitou.journeys.caps.tables import cap_kept, cap_turn
from huitou.store.books import Unit

NEVER = datetime.max.replace(tzinfo=UTC)


def take(unit: Unit, asks: Sequence[Ask], now: datetime) -> dict[str, datetime | None]:
    """Reserve for each, in their order: None where it may go; else when to look again."""
    capped = [ask for ask in asks if ask.caps]
    known = names(unit, [ask.person_id for ask in capped])
    _take_turns(unit, {known.now(ask.person_id) for ask in capped})
    return {ask.id: _take(unit, ask, known, now) if ask.caps else None for ask in asks}


def release(unit: Unit, message_id: str) -> bool:
    """What surely never left counts no more; whether anything was kept for it."""
    mine = (cap_kept.c.id == message_id) & (cap_kept.c.state == "kept")
    return unit.change(update(cap_kept).where(mine).values(state="released")) == 1


def kept(unit: Unit, people: Iterable[str]) -> list[Any]:
    """What counts for these people under any of their ids, the oldest first."""
    asked = list(people)
    theirs = cap_kept.c.person_id.in_(sorted(names(unit, asked).every(asked)))
    query = select(cap_kept).where(theirs, cap_kept.c.state == "kept")
    return unit.rows(query.order_by(cap_kept.c.at, cap_kept.c.id))


def _take_turns(unit: Unit, people: Iterable[str]) -> None:
    # In one order, whoever takes them: nobody waits for who waits for them.
    for person in sorted(people):
        unit.add_new(cap_turn, {"person_id": person, "n": 0})
        mine = update(cap_turn).where(cap_turn.c.person_id == person)
        unit.change(mine.values(n=cap_turn.c.n + 1))


def _take(unit: Unit, ask: Ask, known: Names, now: datetime) -> datetime | None:
    ids = sorted(known.every([ask.person_id]))
    free = and_(*(_count(ask, cap, ids, now) < cap.most for cap in ask.caps))
    again = update(cap_kept).where(cap_kept.c.id == ask.id, free)
    if unit.change(again.values(state="kept", at=now)) == 1 or _first(unit, ask, free, now):
        return None
    release(unit, ask.id)
    return max(_frees(unit, ask, cap, ids, now) for cap in ask.caps)


def _first(unit: Unit, ask: Ask, free: ColumnElement[bool], now: datetime) -> bool:
    row = {
        "id": ask.id,
        "person_id": ask.person_id,
        "channel": ask.channel,
        "purpose": ask.purpose,
        "value": ask.value,
        "at": now,
        "state": "kept",
    }
    taken = select(cap_kept.c.id).where(cap_kept.c.id == ask.id).exists()
    values = [literal(value, cap_kept.c[name].type) for name, value in row.items()]
    fresh = select(*values).where(~taken, free)
    return unit.change(insert(cap_kept).from_select(list(row), fresh)) == 1


def _count(ask: Ask, cap: Cap, ids: Sequence[str], now: datetime) -> ColumnElement[int]:
    others = _others(ask, cap, ids, now)
    return select(func.count()).select_from(cap_kept).where(others).scalar_subquery()


def _others(ask: Ask, cap: Cap, ids: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Which reservations share a window with one made now; also those a clock set back left ahead.

    A window holds its end and not its beginning: (t - days, t].
    """
    long = timedelta(days=cap.days)
    at = cap_kept.c.at
    shared = (
        (at >= ask.day[0]) & (at < ask.day[1])
        if cap.by_day
        else (at > now - long) & (at < now + long)
    )
    mine = [
        cap_kept.c.person_id.in_(ids),
        cap_kept.c.state == "kept",
        cap_kept.c.id != ask.id,
        cap_kept.c.purpose.in_(cap.purposes),
        shared,
    ]
    if cap.channel != ANY:
        mine.append(cap_kept.c.channel == cap.channel)
    return and_(*mine)


def _frees(unit: Unit, ask: Ask, cap: Cap, ids: Sequence[str], now: datetime) -> datetime:
    """When this cap lets one more through; now where it does not bind."""
    if cap.most == 0:
        return NEVER
    query: Select[Any] = select(cap_kept.c.at).where(_others(ask, cap, ids, now))
    rows = unit.rows(query.order_by(cap_kept.c.at.desc()))
    if len(rows) < cap.most:
        return now
    if cap.by_day:
        return ask.day[1]
    oldest: datetime = rows[cap.most - 1]["at"]
    return oldest + timedelta(days=cap.days)
