"""What is due: parcels that become theirs, parcels that end unspent, and those that will soon.

Both go through all that is due at once, a few thousand parcels at a time, one movement for each
person and kind. What is done twice finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from huitou.ground.ids import fingerprint
from huitou.loyalty.points import legs
from huitou.loyalty.points.book import in_turn
from huitou.loyalty.points.legs import Leg, Movement
from huitou.loyalty.points.posting.book import MANY, lock_many, mark, post
from huitou.loyalty.points.tables import parcel
from huitou.store.books import Row, Unit

Groups = dict[tuple[str, str], list[Row]]


def clear(unit: Unit, now: datetime, *, limit: int = MANY) -> int:
    """What waited until goods could no longer go back becomes theirs; how many parcels.

    What a person owes is paid out of it first. At most `limit` in one call.
    """
    waits = (parcel.c.cleared.is_(False), parcel.c.clears_at <= now)
    spent = update(parcel).where(*waits, parcel.c.rest == 0)
    unit.change(spent.values(cleared=True))
    groups, purses = _due(unit, waits, limit)
    movements = [
        _cleared(person, kind, rows, purses[person, kind]["debt"], now)
        for (person, kind), rows in groups.items()
    ]
    post(unit, movements)
    return sum(map(len, groups.values()))


def expire(unit: Unit, now: datetime, *, limit: int = MANY) -> int:
    """What was not spent in its time ends; how many parcels. It moves, and is never deleted."""
    groups, _ = _due(unit, (parcel.c.expires_at <= now,), limit)
    post(unit, [_ended(*whose, rows, now) for whose, rows in groups.items()])
    return sum(map(len, groups.values()))


def ending(unit: Unit, kind: str, after: datetime, until: datetime) -> list[Row]:
    """What ends within a time: person_id, expires_at and `rest`, one row for each moment."""
    soon = (
        select(parcel.c.person_id, parcel.c.expires_at, func.sum(parcel.c.rest).label("rest"))
        .where(parcel.c.kind == kind, parcel.c.rest > 0, parcel.c.cleared)
        .where(parcel.c.expires_at > after, parcel.c.expires_at <= until)
        .group_by(parcel.c.person_id, parcel.c.expires_at)
        .order_by(parcel.c.expires_at, parcel.c.person_id)
    )
    return [{**row, "rest": int(row["rest"])} for row in unit.rows(soon)]


def _due(
    unit: Unit, which: Sequence[ColumnElement[bool]], limit: int
) -> tuple[Groups, dict[tuple[str, str], Row]]:
    """Parcels with something left, by person and kind, whose purses are held."""
    asked = select(parcel).where(*which, parcel.c.rest > 0)
    first = unit.rows(asked.order_by(parcel.c.person_id, parcel.c.kind).limit(limit))
    purses = lock_many(unit, {(row["person_id"], row["kind"]) for row in first})
    # Again, now that nobody else can change them: some may have been spent meanwhile.
    again = unit.rows(asked.where(parcel.c.id.in_([row["id"] for row in first])))
    return _grouped(again), purses


def _grouped(rows: Iterable[Row]) -> Groups:
    groups: Groups = {}
    for row in sorted(rows, key=in_turn):
        groups.setdefault((row["person_id"], row["kind"]), []).append(row)
    return groups


def _cleared(person: str, kind: str, rows: Sequence[Row], debt: int, now: datetime) -> Movement:
    moved: list[Leg] = []
    for row in rows:
        rest = row["rest"]
        moved.append(Leg("pending", -rest, person, row["id"]))
        moved.append(Leg("available", rest, person, row["id"]))
        paid = min(debt, rest)
        moved.extend(legs.pay(row["id"], person, paid))
        debt -= paid
    ids = [row["id"] for row in rows]
    return _one("clear", person, kind, ids, tuple(moved), now, clears=tuple(ids))


def _ended(person: str, kind: str, rows: Sequence[Row], now: datetime) -> Movement:
    parts = [
        ("available" if row["cleared"] else "pending", person, row["id"], row["rest"])
        for row in rows
    ]
    ids = [row["id"] for row in rows]
    return _one("expire", person, kind, ids, legs.leave(parts, "expired"), now)


def _one(
    verb: str,
    person: str,
    kind: str,
    ids: Sequence[str],
    moved: tuple[Leg, ...],
    now: datetime,
    *,
    clears: tuple[str, ...] = (),
) -> Movement:
    # A parcel clears once and ends once, so the parcels name the movement.
    key = f"{verb}:{kind}:{fingerprint(person, *ids)[:40]}"
    return Movement(key, verb, kind, person, moved, now, mark(verb, kind, 0, *ids), clears=clears)
