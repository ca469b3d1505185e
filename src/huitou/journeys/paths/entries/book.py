"""Letting people in: each once for one occasion, by the rules of the journey, in their arm.

know(unit, facts)                   what is known of the people inside, as of the last day
enter(unit, running, comers, now)   those who may come in do; how many
follow(unit, now)                   who turned out to be somebody else walks on as one
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from huitou.identity.tables import person_alias
from huitou.journeys.paths.journey import Again
from huitou.journeys.paths.moves.book import Running
from huitou.journeys.paths.tables import goes_by, heard, path_day, path_person, position, step_taken
from huitou.journeys.paths.walk import enter as begin
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Unit
from huitou.store.columns import Instant, Json

_here = MetaData()
comer = Table(
    "path_comer",
    _here,
    Column("person_id", String(64), primary_key=True),
    Column("entry", String(16), primary_key=True),
    Column("arm", String(10), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("told", Json, nullable=False),
    Column("rank", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Comer:
    """Somebody who has a reason to come in."""

    person_id: str
    entry: str
    """The occasion, at most 16 letters: the same again is the same walk."""
    hold_key: str
    held: bool
    as_of: datetime
    """What was known of them reached to here."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What their messages may say of the occasion."""


def know(unit: Unit, facts: Sequence[Mapping[str, Any]]) -> None:
    """Keep what is known of people; what was known before is overwritten."""
    if not facts:
        return
    on_sqlite = unit.connection.dialect.name == "sqlite"
    put: Any = sqlite.insert(path_person) if on_sqlite else postgresql.insert(path_person)
    rest = [column.name for column in path_person.c if column.name != "person_id"]
    put = put.on_conflict_do_update(
        index_elements=["person_id"], set_={name: put.excluded[name] for name in rest}
    )
    unit.execute(put, [{name: row.get(name) for name in ("person_id", *rest)} for row in facts])


def enter(
    unit: Unit,
    running: Running,
    comers: Sequence[Comer],
    now: datetime,
    *,
    day_began: datetime | None = None,
) -> int:
    """Let those in who may: nobody twice for one occasion, nobody who is inside, nobody too soon.

    The first of `comers` come first where only so many may come in a day, which began at
    `day_began`.
    """
    journey, salt = running.walking.journey, running.walking.salt
    room = _room(unit, running, day_began or now)
    if not comers or room == 0:
        return 0
    unit.execute(CreateTable(comer, if_not_exists=True))
    unit.execute(delete(comer))
    told: dict[tuple[str, str], Mapping[str, Any]] = {}
    for rank, one in enumerate(comers):
        row = {"person_id": one.person_id, "entry": one.entry, "as_of": one.as_of, "rank": rank}
        arm = journey.arm(salt, one.hold_key, held=one.held)
        told.setdefault((one.person_id, one.entry), {**row, "arm": arm, "told": dict(one.told)})
    unit.execute(insert(comer), list(told.values()))
    first = begin(running.walking, "treated", now, now)
    values: dict[str, Any] = {
        "journey": literal(running.journey_id, Integer),
        "person_id": comer.c.person_id,
        "entry": comer.c.entry,
        "who": comer.c.person_id,
        "version": literal(running.id, Integer),
        "arm": comer.c.arm,
        "node": literal(first.node, String),
        "since": literal(now, Instant()),
        "wake_at": literal(first.wake_at, Instant()),
        "as_of": comer.c.as_of,
        "entered_at": literal(now, Instant()),
        "steps": literal(0, Integer),
        "told": comer.c.told,
    }
    may = select(*values.values()).where(_may(running, now)).order_by(comer.c.rank)
    if room is not None:
        may = may.limit(room)
    on_sqlite = unit.connection.dialect.name == "sqlite"
    made: Any = sqlite.insert(position) if on_sqlite else postgresql.insert(position)
    return unit.change(made.from_select(list(values), may).on_conflict_do_nothing())


def _room(unit: Unit, running: Running, day_began: datetime) -> int | None:
    most = running.walking.journey.most_a_day
    if most is None:
        return None
    today = (position.c.journey == running.journey_id) & (position.c.entered_at >= day_began)
    came = unit.value(select(func.count()).select_from(position).where(today)) or 0
    return max(0, most - int(came))


def _may(running: Running, now: datetime) -> Any:
    again: Again = running.walking.journey.again
    theirs = and_(position.c.journey == running.journey_id, goes_by(comer.c.person_id))
    same = position.c.entry == comer.c.entry
    if again.kind == "each":
        return not_(exists().where(theirs, same))
    if again.kind == "never":
        return not_(exists().where(theirs))
    inside = position.c.left_at.is_(None)
    if again.kind == "always":
        return not_(exists().where(theirs, or_(inside, same)))
    recent = position.c.entered_at > now - timedelta(days=again.days)
    return not_(exists().where(theirs, or_(inside, recent, same)))


def follow(unit: Unit, now: datetime) -> int:
    """Who turned out to be somebody else walks on under the id used now; how many walks.

    Of two walks of one person in one journey the older goes on; the other leaves, and its messages
    that wait are taken back.
    """
    given_up = exists().where(person_alias.c.person_id == position.c.who)
    survivor = (
        select(person_alias.c.survivor)
        .where(person_alias.c.person_id == position.c.who)
        .scalar_subquery()
    )
    moved = unit.change(update(position).where(given_up).values(who=survivor))
    if moved:
        _one_walk_each(unit, now)
    _rename(unit, heard)
    _hand_over_days(unit)
    return moved


def _one_walk_each(unit: Unit, now: datetime) -> None:
    inside = position.c.left_at.is_(None)
    twice = (
        select(position.c.journey, position.c.who)
        .where(inside)
        .group_by(position.c.journey, position.c.who)
        .having(func.count(func.distinct(position.c.person_id)) > 1)
    )
    for pair in unit.rows(twice):
        theirs = and_(position.c.journey == pair["journey"], goes_by(pair["who"]), inside)
        rows = unit.rows(
            select(position).where(theirs).order_by(position.c.entered_at, position.c.person_id)
        )
        stays = rows[0]["person_id"]
        for row in rows:
            if row["person_id"] != stays:
                _leave_merged(unit, row, now)


def _leave_merged(unit: Unit, row: Mapping[str, Any], now: datetime) -> None:
    mine = and_(
        position.c.journey == row["journey"],
        position.c.person_id == row["person_id"],
        position.c.entry == row["entry"],
        position.c.left_at.is_(None),
    )
    gone = {"left_because": "merged", "left_at": now, "since": now}
    unit.change(update(position).where(mine).values(**gone, steps=position.c.steps + 1))
    step = {"journey": row["journey"], "person_id": row["person_id"], "entry": row["entry"]}
    step |= {"number": row["steps"] + 1, "version": row["version"], "node": row["node"]}
    step |= {"way": "merged", "arm": row["arm"], "message": None, "at": now}
    unit.add(step_taken, [step])
    messages = select(step_taken.c.message).where(
        step_taken.c.journey == row["journey"],
        step_taken.c.person_id == row["person_id"],
        step_taken.c.entry == row["entry"],
        step_taken.c.message.is_not(None),
    )
    waits = sending.c.id.in_(messages) & (sending.c.state == "planned")
    unit.change(update(sending).where(waits).values(state="cancelled", at=now))


def _rename(unit: Unit, table: Table) -> None:
    survivor = (
        select(person_alias.c.survivor)
        .where(person_alias.c.person_id == table.c.person_id)
        .scalar_subquery()
    )
    given_up = exists().where(person_alias.c.person_id == table.c.person_id)
    unit.change(update(table).where(given_up).values(person_id=survivor))


def _hand_over_days(unit: Unit) -> None:
    """Days of an id that was given up: the survivor's own day of the kind goes before."""
    rows = unit.rows(
        select(path_day, person_alias.c.survivor).join(
            person_alias, person_alias.c.person_id == path_day.c.person_id
        )
    )
    for row in rows:
        told = {"person_id": row["survivor"], "kind": row["kind"], "day": row["day"]}
        unit.add_new(path_day, {**told, "told": row["told"], "at": row["at"]})
        mine = (path_day.c.person_id == row["person_id"]) & (path_day.c.kind == row["kind"])
        unit.change(delete(path_day).where(mine))


def inside(unit: Unit) -> list[str]:
    """People who are inside something, by the id used now, in order."""
    query = select(position.c.who).where(position.c.left_at.is_(None))
    return unit.column(query.distinct().order_by(position.c.who))


def oldest(unit: Unit) -> datetime | None:
    """What was known at the entry of whoever has been inside longest; None: nobody is inside."""
    query = select(func.min(position.c.as_of)).where(position.c.left_at.is_(None))
    found: datetime | None = unit.value(query)
    return found
