"""Keeping journeys: written, started, paused, stopped; and who is where in them.

keep(unit, text, by, now)          a draft, or a new version of what is known by this name
start / pause / stop(unit, name, by, now)
move_on(unit, name, by, now)       those inside walk on by the newest version
standing / taken / people(unit, …) numbers and names for those who look
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update

from huitou.ground.errors import BadInput, NotYet, Refused
from huitou.identity.book import names
from huitou.journeys.paths.journey import Journey
from huitou.journeys.paths.tables import (
    journey,
    journey_version,
    path_gift,
    position,
    step_taken,
)
from huitou.journeys.paths.writing import digest_of, read
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


@dataclass(frozen=True)
class Kept:
    """A version of a journey as the books have it."""

    id: int
    journey_id: int
    name: str
    state: str
    number: int
    text: str
    digest: str
    by: str
    at: datetime
    is_current: bool
    """Whether people come in by it; of a draft, the newest."""

    def read(self, digits: int) -> Journey:
        """What it means."""
        return read(self.text, f"{self.name} {self.number}", digits=digits)


def keep(unit: Unit, text: str, by: str, now: datetime, *, digits: int = 2) -> Kept:
    """Keep a journey as it is written: a new draft, or a new version where the name is known.

    The same text again is the version that is there. People come in by a new version once it is
    started; whoever is inside finishes the version they began.
    """
    written = read(text, digits=digits)
    row = {"name": written.name, "state": "draft", "by": by, "at": now}
    unit.add_new(journey, row)
    owner = unit.first(select(journey).where(journey.c.name == written.name).with_for_update())
    if owner is None:
        raise AssertionError("a journey that was just kept is there")
    latest = versions(unit, written.name)
    if latest and latest[0].digest == digest_of(text):
        return latest[0]
    made = {"journey": owner["id"], "number": latest[0].number + 1 if latest else 1}
    made |= {"text": text, "digest": digest_of(text), "by": by, "at": now}
    unit.add(journey_version, [made])
    body = {"name": written.name, "number": made["number"], "digest": made["digest"], "by": by}
    key = f"journey.written:{written.name}:{made['number']}"
    tell(unit, [Event("journey.written", key, now, body)])
    return versions(unit, written.name)[0]


def start(unit: Unit, name: str, by: str, now: datetime) -> Kept:
    """People come in by the newest version from now on."""
    newest = versions(unit, name)[0]
    told = {"state": "live", "version": newest.id, "by": by, "at": now}
    started = case((journey.c.started_at.is_(None), now), else_=journey.c.started_at)
    mine = update(journey).where(journey.c.name == name)
    unit.change(mine.values(**told, started_at=started))
    _tell(unit, name, "started", by, now)
    return newest


def pause(unit: Unit, name: str, by: str, now: datetime) -> None:
    """Nobody comes in and nobody moves until it is started again."""
    _turn(unit, name, ("live",), "paused", by, now)


def stop(unit: Unit, name: str, by: str, now: datetime) -> None:
    """Nobody comes in, and whoever is inside leaves; messages that wait are taken back."""
    _turn(unit, name, ("live", "paused"), "stopped", by, now)


def move_on(unit: Unit, name: str, by: str, now: datetime) -> int:
    """Whoever is inside by an older version walks on by the one that runs; how many.

    Those at a node that is not there any more, or is of another kind, finish what they began.
    """
    known = {each.id: each for each in versions(unit, name)}
    running = next((each for each in known.values() if each.is_current), None)
    if running is None:
        raise NotYet(f"{name} runs by no version yet", to_try=f"huitou journey start {name}")
    nodes, moved = running.read(2).nodes, 0
    for other in known.values():
        if other.id == running.id:
            continue
        before = other.read(2).nodes
        same = [
            node for node in nodes if node in before and type(before[node]) is type(nodes[node])
        ]
        theirs = and_(
            position.c.version == other.id,
            position.c.node.in_(same),
            position.c.left_at.is_(None),
        )
        moved += unit.change(update(position).where(theirs).values(version=running.id))
    _tell(unit, name, "moved_on", by, now)
    return moved


def listed(unit: Unit) -> list[Kept]:
    """Every journey by the version that runs, or by the newest, by name."""
    found: dict[str, Kept] = {}
    for each in _versions(unit):
        if each.name not in found or each.is_current:
            found[each.name] = each
    return [found[name] for name in sorted(found)]


def versions(unit: Unit, name: str) -> list[Kept]:
    """Every version of a journey, the newest first; an error in words for an unknown name."""
    found = [each for each in _versions(unit) if each.name == name]
    if not found and unit.value(select(journey.c.id).where(journey.c.name == name)) is None:
        raise BadInput(f"there is no journey called {name!r}", to_try="huitou journey list")
    return found


def walked(unit: Unit) -> list[Kept]:
    """Versions that people come in by or still walk, of journeys that run or were stopped."""
    inside = select(position.c.version).where(position.c.left_at.is_(None)).distinct()
    standing = {row["version"] for row in unit.rows(inside)}
    return [
        each
        for each in _versions(unit)
        if each.state in ("live", "stopped")
        and (each.id in standing or (each.is_current and each.state == "live"))
    ]


def days_asked(unit: Unit) -> dict[str, set[int]]:
    """Kind of day that journeys which run begin at -> so many days after it, each of them."""
    found: dict[str, set[int]] = {}
    for each in _versions(unit):
        if each.state == "live" and each.is_current:
            # Money in a condition is not looked at here, so its digits do not matter.
            trigger = each.read(2).trigger
            if trigger.kind == "date":
                found.setdefault(trigger.name, set()).add(trigger.days)
    return found


def standing(unit: Unit, name: str) -> list[Row]:
    """How many stand where: version, node, arm, left_because, n."""
    columns = (position.c.version, position.c.node, position.c.arm, position.c.left_because)
    query = select(*columns, func.count().label("n")).where(position.c.journey == _id(name))
    return unit.rows(query.group_by(*columns))


def inside(unit: Unit) -> dict[str, int]:
    """Journey -> how many are inside now."""
    query = select(journey.c.name, func.count().label("n")).join(
        position, position.c.journey == journey.c.id
    )
    rows = unit.rows(query.where(position.c.left_at.is_(None)).group_by(journey.c.name))
    return {row["name"]: row["n"] for row in rows}


def entered(unit: Unit) -> dict[str, int]:
    """Journey -> how many came in so far."""
    query = select(journey.c.name, func.count().label("n")).join(
        position, position.c.journey == journey.c.id
    )
    return {row["name"]: row["n"] for row in unit.rows(query.group_by(journey.c.name))}


def taken(unit: Unit, name: str) -> list[Row]:
    """How often each way was taken: version, node, way, arm, n, and how many messages."""
    columns = (step_taken.c.version, step_taken.c.node, step_taken.c.way, step_taken.c.arm)
    counted = (func.count().label("n"), func.count(step_taken.c.message).label("messages"))
    query = select(*columns, *counted).where(step_taken.c.journey == _id(name))
    return unit.rows(query.group_by(*columns))


def people(
    unit: Unit,
    name: str,
    *,
    node: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Who is inside, by person; `after` is (person_id, entry) of the last one seen."""
    query = select(position).where(position.c.journey == _id(name), position.c.left_at.is_(None))
    if node is not None:
        query = query.where(position.c.node == node)
    if after is not None:
        person, entry = after
        later = and_(position.c.person_id == person, position.c.entry > entry)
        query = query.where(or_(position.c.person_id > person, later))
    return unit.rows(query.order_by(position.c.person_id, position.c.entry).limit(limit))


def of_person(unit: Unit, person_id: str) -> list[Row]:
    """Every walk of one person, under any of their ids, the newest first, with its journey."""
    theirs = names(unit, [person_id]).every([person_id])
    query = select(position, journey.c.name).join(journey, journey.c.id == position.c.journey)
    others = and_(position.c.who.in_(theirs), position.c.who != position.c.person_id)
    mine = or_(position.c.person_id.in_(theirs), others)
    # Named, so that the key is looked up in each: it begins with the journey.
    query = query.where(position.c.journey.in_(select(journey.c.id)), mine)
    return unit.rows(query.order_by(position.c.entered_at.desc()))


def steps_of(unit: Unit, person_id: str) -> list[Row]:
    """Every step of one person, under any of their ids, in order, with its journey."""
    theirs = names(unit, [person_id]).every([person_id])
    query = select(step_taken, journey.c.name).join(journey, journey.c.id == step_taken.c.journey)
    mine = query.where(step_taken.c.person_id.in_(theirs))
    return unit.rows(mine.order_by(step_taken.c.at, step_taken.c.number))


def gifts_asked(unit: Unit, limit: int) -> list[Row]:
    """What journeys want given and nobody gave yet, the oldest first, with their journey's name.

    `person_id` is the id the person goes by now; `version` is that of the journey they walk.
    """
    query = select(path_gift, journey.c.name).join(journey, journey.c.id == path_gift.c.journey)
    waits = query.where(path_gift.c.state == "asked")
    rows = unit.rows(waits.order_by(path_gift.c.asked_at, path_gift.c.id).limit(limit))
    known = names(unit, [row["person_id"] for row in rows])
    return [
        {**row, "person_id": known.now(row["person_id"]), "version": _version_in(row["id"])}
        for row in rows
    ]


def by_traits(unit: Unit, wanted: Set[int]) -> set[int]:
    """Which of these versions choose people by what they bought."""
    # Money in a condition is not looked at here, so its digits do not matter.
    return {each.id for each in _versions(unit) if each.id in wanted and each.read(2).by_traits}


def gift_ends(
    unit: Unit, gift_id: str, state: str, reason: str | None, now: datetime, *, was: str = "asked"
) -> bool:
    """A gift was given or refused; False where it had its end before, which then stands."""
    waits = (path_gift.c.id == gift_id) & (path_gift.c.state == was)
    ended = update(path_gift).where(waits).values(state=state, reason=reason, at=now)
    return unit.change(ended) == 1


def check(unit: Unit) -> list[str]:
    """What is wrong with the books, in words; nothing where all is well."""
    untreated = (
        select(func.count())
        .select_from(step_taken)
        .where(step_taken.c.arm != "treated", step_taken.c.message.is_not(None))
    )
    given = (
        select(step_taken.c.journey, func.count().label("n"))
        .where(step_taken.c.way == "given", step_taken.c.arm == "treated")
        .group_by(step_taken.c.journey)
        .subquery()
    )
    asked = (
        select(path_gift.c.journey, func.count().label("n"))
        .group_by(path_gift.c.journey)
        .subquery()
    )
    unasked = (
        select(func.sum(asked.c.n - func.coalesce(given.c.n, 0)))
        .select_from(asked.outerjoin(given, given.c.journey == asked.c.journey))
        .where(asked.c.n != func.coalesce(given.c.n, 0))
    )
    found = (
        (unit.value(untreated), "steps of people held out name a message"),
        (unit.value(unasked), "gifts more than were asked for by steps"),
    )
    return [f"{n} {what}" for n, what in found if n]


def _version_in(gift_id: str) -> int:
    """The version in the id of a gift, `j<version>.<n>.<person>.<entry>`."""
    return int(gift_id[1:].partition(".")[0])


def _id(name: str) -> Any:
    return select(journey.c.id).where(journey.c.name == name).scalar_subquery()


def _versions(unit: Unit) -> Sequence[Kept]:
    """The newest first."""
    query = select(
        journey_version, journey.c.name, journey.c.state, journey.c.version.label("running")
    ).join(journey, journey.c.id == journey_version.c.journey)
    rows = unit.rows(query.order_by(journey_version.c.number.desc(), journey_version.c.id))
    newest: dict[str, int] = {}
    for row in rows:
        newest.setdefault(row["name"], row["id"])
    return [_kept(row, newest) for row in rows]


def _kept(row: Row, newest: Mapping[str, int]) -> Kept:
    return Kept(
        id=row["id"],
        journey_id=row["journey"],
        name=row["name"],
        state=row["state"],
        number=row["number"],
        text=row["text"],
        digest=row["digest"],
        by=row["by"],
        at=row["at"],
        is_current=row["id"] == (row["running"] or newest[row["name"]]),
    )


def _turn(unit: Unit, name: str, before: Sequence[str], state: str, by: str, now: datetime) -> None:
    versions(unit, name)
    mine = (journey.c.name == name) & journey.c.state.in_(before)
    if unit.change(update(journey).where(mine).values(state=state, by=by, at=now)) != 1:
        raise Refused(f"{name} does not run, so it cannot be {state}", to_try="huitou journey list")
    _tell(unit, name, state, by, now)


def _tell(unit: Unit, name: str, what: str, by: str, now: datetime) -> None:
    key = f"journey.{what}:{name}:{now.isoformat()}"
    tell(unit, [Event(f"journey.{what}", key, now, {"name": name, "by": by})])
