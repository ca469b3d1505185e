"""What journeys do by themselves: each minute, and with each new day.

Everything here is safe to do twice and to be killed in: what is entered, moved and asked has a key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.money import digits
from huitou.ground.settings import Settings
from huitou.journeys.paths import book
from huitou.journeys.paths.entries import book as entries
from huitou.journeys.paths.filters import Asked
from huitou.journeys.paths.hearing import book as hearing
from huitou.journeys.paths.hearing.book import Noted
from huitou.journeys.paths.journey import Journey
from huitou.journeys.paths.moves import book as moves
from huitou.journeys.paths.moves.book import Running
from huitou.journeys.paths.walk import Walking
from huitou.runs.walking import entering, giving, knowing
from huitou.runs.walking.rooms import House

if TYPE_CHECKING:
    from huitou.store.books import Unit
    from huitou.store.lake import Edition

Rest = Callable[[float], None]


AT_ONCE = 5_000
"""People let in by one transaction."""
ROUNDS = 3
"""Times that what was heard is looked at in one minute."""


def tick(house: House, settings: Settings, rest: Rest = time.sleep) -> dict[str, int]:
    """What is due now: events heard, people let in by them, waits that are over."""
    now = house.clock.now()
    running = _running(house, settings)
    if not running:
        return {}
    done = {"came in": _hear(house, settings, running, now)}
    with house.books.unit() as unit:
        done["mended"] = moves.mend(unit, running, now)
    for _ in range(ROUNDS):
        with house.books.unit() as unit:
            if not moves.wake(unit, running, now):
                break
    done["left"] = moves.sweep(house.books, [one for one in running if one.stopped], now, rest)
    going = [one for one in running if not one.stopped]
    done["steps"] = sum(moves.tick(house.books, going, now, rest).values())
    done["given"] = giving.give(house, settings, now)
    return {name: n for name, n in done.items() if n}


def new_day(
    house: House,
    settings: Settings,
    edition: Edition,
    before: Edition | None,
    rest: Rest = time.sleep,
) -> dict[str, int]:
    """What a new edition brings: merges, facts, orders, who leaves, who comes in; then a tick."""
    now, running = house.clock.now(), _running(house, settings)
    with house.books.unit() as unit:
        followed = entries.follow(unit, now)
        hearing.forget_old(unit, now)
    if not running:
        return {"rows": followed}
    _know(house, settings, edition)
    _orders(house, settings, edition, running, now)
    gone = moves.sweep(house.books, running, now, rest)
    came = _let_in(house, settings, edition, before, running, now)
    moved = tick(house, settings, rest)
    return {"rows": followed + gone + came + moved.get("steps", 0), "left": gone, "came in": came}


def _running(house: House, settings: Settings) -> list[Running]:
    places = digits(settings.currency) if settings.currency else 2
    with house.books.reading() as unit:
        return [
            Running(
                one.id,
                one.journey_id,
                Walking(one.read(places), settings.zone, settings.salt),
                stopped=one.state == "stopped",
            )
            for one in book.walked(unit)
        ]


def _open(house: House, running: Sequence[Running]) -> list[Running]:
    """Versions by which people come in."""
    with house.books.reading() as unit:
        current = {one.id for one in book.walked(unit) if one.is_current and one.state == "live"}
    return [one for one in running if one.id in current]


# -- what was heard


def _hear(house: House, settings: Settings, running: Sequence[Running], now: datetime) -> int:
    """Take down what the outbox tells, and let in whom it lets in: in one transaction."""
    wanted = set[str]().union(*(one.walking.journey.events for one in running)) - {"order"}
    alarms = {
        one.walking.journey.trigger.name
        for one in running
        if one.walking.journey.trigger.kind == "alarm"
    }
    with house.books.reading() as unit:
        heard = hearing.listen(unit, wanted, alarms, now)
    facts = _facts_for(house, settings, [one.person_id for one in heard]) if heard else {}
    opened = _open(house, running) if heard else []
    with house.books.unit() as unit:
        hearing.note(unit, heard, now)
        came = _enter_by_events(unit, settings, opened, heard, facts, now)
        hearing.mark_read(unit, now)
    return came


def _facts_for(
    house: House, settings: Settings, people: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What the edition knows of these people; of a stranger that nothing is known."""
    edition, known = house.lake.current(), dict[str, dict[str, Any]]()
    day = house.clock.now().astimezone(settings.zone).date()
    if edition is not None:
        day = knowing.day_of(edition)
        table = knowing.facts_of(edition, settings, only=sorted(set(people)))
        known = {row["person_id"]: row for row in knowing.rows_of(table, settings, day)}
    return {
        person: known.get(person) or knowing.unknown(person, settings, day) for person in people
    }


def _enter_by_events(
    unit: Unit,
    settings: Settings,
    running: Sequence[Running],
    heard: Sequence[Noted],
    facts: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> int:
    came = 0
    for one in running:
        events = entering.by_event(one.walking.journey, heard, now)
        comers = [
            entering.comer(facts[each.person_id], entering.occasion(each), each.at, each.told)
            for each in events
            if _meant(one.walking.journey, facts[each.person_id])
        ]
        if comers:
            entries.know(unit, [facts[each.person_id] for each in comers])
            began = entering.morning(now, settings)
            came += entries.enter(unit, one, comers, now, day_began=began)
    return came


def _meant(journey: Journey, row: Mapping[str, Any]) -> bool:
    return journey.who.holds(Asked(row))


# -- a new day


def _know(house: House, settings: Settings, edition: Edition) -> None:
    """What is known of the people inside, as of this evening."""
    day = knowing.day_of(edition)
    with house.books.reading() as unit:
        everybody = entries.inside(unit)
    for start in range(0, len(everybody), AT_ONCE):
        people = everybody[start : start + AT_ONCE]
        table = knowing.facts_of(edition, settings, only=people)
        with house.books.unit() as unit:
            entries.know(unit, knowing.rows_of(table, settings, day))


ORDERS = """
    SELECT person_id, source, order_id, min(ordered_at) AS moment FROM lines
    WHERE person_id IS NOT NULL AND NOT is_return AND ordered_at > ?
    GROUP BY person_id, source, order_id"""


def _orders(
    house: House, settings: Settings, edition: Edition, running: Sequence[Running], now: datetime
) -> None:
    """Orders of those inside since the oldest of them came in, and of everybody lately."""
    with house.books.reading() as unit:
        since, people = entries.oldest(unit), set(entries.inside(unit))
    noted: list[Noted] = []
    if since is not None and people:
        noted += [one for one in _orders_since(house, edition, since) if one.person_id in people]
    opened = [
        one
        for one in _open(house, running)
        if (one.walking.journey.trigger.kind, one.walking.journey.trigger.name)
        == ("event", "order")
    ]
    lately = entering.evening(knowing.day_of(edition), settings) - timedelta(days=2)
    recent = _orders_since(house, edition, lately) if opened else []
    for start in range(0, len(noted), AT_ONCE):
        with house.books.unit() as unit:
            hearing.note(unit, noted[start : start + AT_ONCE], now)
    facts = _facts_for(house, settings, [one.person_id for one in recent]) if recent else {}
    for one in opened:
        _enter_by_orders(house, settings, one, recent, facts, now)


def _enter_by_orders(
    house: House,
    settings: Settings,
    running: Running,
    recent: Sequence[Noted],
    facts: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> None:
    comers = [
        entering.comer(facts[one.person_id], entering.occasion(one), one.at)
        for one in recent
        if _meant(running.walking.journey, facts[one.person_id])
    ]
    _enter(house, settings, running, comers, facts, now)


def _orders_since(house: House, edition: Edition, since: datetime) -> list[Noted]:
    naive = since.astimezone(UTC).replace(tzinfo=None)
    with house.lake.reading(edition) as lake:
        rows = lake.execute(ORDERS, [naive]).fetchall()
    return [
        Noted(f"order:{source}:{order}", person, "order", at.replace(tzinfo=UTC))
        for person, source, order, at in rows
    ]


def _let_in(
    house: House,
    settings: Settings,
    edition: Edition,
    before: Edition | None,
    running: Sequence[Running],
    now: datetime,
) -> int:
    opened = [
        one
        for one in _open(house, running)
        if one.walking.journey.trigger.kind in ("becomes", "date")
    ]
    if not opened:
        return 0
    day, table = knowing.day_of(edition), knowing.facts_of(edition, settings)
    then = knowing.facts_of(before, settings) if before is not None else None
    came = 0
    for one in sorted(opened, key=lambda each: -each.walking.journey.priority):
        comers, facts = _comers(house, settings, one, table, then, day)
        came += _enter(house, settings, one, comers, facts, now)
    return came


def _comers(
    house: House,
    settings: Settings,
    running: Running,
    table: pa.Table,
    before: pa.Table | None,
    day: date,
) -> tuple[list[entries.Comer], dict[str, dict[str, Any]]]:
    journey, as_of = running.walking.journey, entering.evening(day, settings)
    if journey.trigger.kind == "becomes":
        chosen, entry = entering.by_facts(journey, table, before, day)
        rows = knowing.rows_of(chosen, settings, day)
        known = {row["person_id"]: row for row in rows}
        return [entering.comer(row, entry, as_of) for row in rows], known
    days, told = _days(house, journey.trigger.name, table)
    # Meant for the day that begins: its messages leave on it.
    found = dict(entering.by_day(journey, table, days, day + timedelta(days=1)))
    chosen = table.filter(pc.is_in(table["person_id"], pa.array(list(found), pa.string())))
    known = {row["person_id"]: row for row in knowing.rows_of(chosen, settings, day)}
    comers = [
        entering.comer(known[person], entry, as_of, told.get(person))
        for person, entry in found.items()
    ]
    return comers, known


def _days(
    house: House, name: str, table: pa.Table
) -> tuple[dict[str, date], dict[str, Mapping[str, Any]]]:
    if name in ("first_order", "last_order"):
        column = table["first_day" if name == "first_order" else "last_day"]
        return dict(zip(table["person_id"].to_pylist(), column.to_pylist(), strict=True)), {}
    with house.books.reading() as unit:
        rows = hearing.days_of(unit, name)
    told: dict[str, Mapping[str, Any]] = {
        row["person_id"]: {**row["told"], "day": row["day"].isoformat()} for row in rows
    }
    return {row["person_id"]: row["day"] for row in rows}, told


def _enter(
    house: House,
    settings: Settings,
    running: Running,
    comers: Sequence[entries.Comer],
    facts: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> int:
    came, began = 0, entering.morning(now, settings)
    for start in range(0, len(comers), AT_ONCE):
        some = comers[start : start + AT_ONCE]
        with house.books.unit() as unit:
            entries.know(unit, [facts[one.person_id] for one in some])
            came += entries.enter(unit, running, some, now, day_began=began)
    return came
