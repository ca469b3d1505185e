"""Where people stand on the ladder, their history, and what they were given there.

What belongs to a person follows every id they were ever known by: after a merge the higher step
stands, and a privilege that either of them was given in a period is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select, update

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import fingerprint
from huitou.identity.book import Names, names
from huitou.loyalty.ladder import rules
from huitou.loyalty.ladder.rules import Held, Verdict
from huitou.loyalty.ladder.steps import Ladder, Privilege
from huitou.loyalty.ladder.tables import (
    ladder_delivery,
    ladder_look,
    ladder_move,
    ladder_stand,
)
from huitou.loyalty.letting_go import book as letting_go
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

RULE = "huitou"
"""Who moves people by the rules."""
_SOME = 500
"""Ids in one statement: SQLite binds only so many."""


@dataclass(frozen=True)
class Moved:
    """Somebody's verdict of a day, and where they stood before."""

    person_id: str
    before: Held | None
    verdict: Verdict


def standing(unit: Unit, people: Iterable[str] | None = None) -> dict[str, Held]:
    """person -> the step they stand on, under the id used now; who never moved is not here."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    found: dict[str, list[Held]] = {}
    for row in _stands(unit, known, among):
        found.setdefault(known.now(row["person_id"]), []).append(_held(row))
    return {person: rules.best_of(held) for person, held in found.items()}


def held(unit: Unit, person_id: str) -> Held | None:
    """The step of one person, whichever of their ids is asked for."""
    return standing(unit, [person_id]).get(names(unit, [person_id]).now(person_id))


def last_look(unit: Unit) -> date | None:
    """The latest day whose figures were judged; None before the first."""
    found: date | None = unit.value(select(func.max(ladder_look.c.day)))
    return found


def look(unit: Unit, day: date, now: datetime) -> None:
    """Keep that the figures of a day were judged."""
    unit.add_new(ladder_look, {"day": day, "at": now})


def looked_since(unit: Unit) -> date | None:
    """The first day on which the ladder was judged."""
    found: date | None = unit.value(select(func.min(ladder_look.c.day)))
    return found


def fold(unit: Unit, now: datetime, day: date) -> int:
    """Who turned out to be one stands once, on the higher step; how many ids were given up."""
    known = names(unit)
    every = unit.rows(select(ladder_stand))
    mine: dict[str, list[Row]] = {}
    for row in every:
        mine.setdefault(known.now(row["person_id"]), []).append(row)
    folded = 0
    for person, rows in mine.items():
        if len(rows) == 1 and rows[0]["person_id"] == person:
            continue
        best = rules.best_of([_held(row) for row in rows])
        lowest = min(rows, key=lambda row: row["rank"])
        _stand(unit, person, best, now)
        if lowest["step"] != best.step:
            _moves(unit, [_move(person, "merged", lowest["step"], best, day, RULE, now)])
        folded += len(rows) - 1
    return folded


def settle(unit: Unit, ladder: Ladder, moved: Sequence[Moved], day: date, now: datetime) -> None:
    """Keep what the rules decided on a day: the new stands, and their history, in sets."""
    if not moved:
        return
    stands, moves, events = [], [], []
    for each in moved:
        after = after_(ladder, each, day)
        before = each.before.step if each.before else ladder.steps[0].name
        stands.append(_row(each.person_id, after, now))
        moves.append(_move(each.person_id, each.verdict.what, before, after, day, RULE, now))
        events.append(_event(each.person_id, each.verdict.what, before, after, day, now))
    _forget(unit, [each.person_id for each in moved])
    unit.add(ladder_stand, stands)
    _moves(unit, moves)
    tell(unit, events)


def after_(ladder: Ladder, moved: Moved, day: date) -> Held:
    """Where somebody stands after their verdict."""
    verdict, before = moved.verdict, moved.before
    step = ladder.steps[verdict.rank].name
    if verdict.what in ("placed", "climbed", "fell"):
        return Held(step, verdict.rank, day, verdict.what, verdict.falls_on)
    if before is None:
        raise ValueError(f"{moved.person_id} cannot be {verdict.what} who stood nowhere")
    return Held(step, verdict.rank, before.since, before.how, verdict.falls_on)


def put_by_hand(
    unit: Unit,
    ladder: Ladder,
    person_id: str,
    step: str,
    why: str,
    by: str,
    now: datetime,
    day: date,
) -> None:
    """Somebody puts a person on a step, and says why; rules go on from there."""
    if not why.strip():
        raise Refused("a step is given or taken by hand with a reason", to_try='--why "…"')
    known = [each.name for each in ladder.steps]
    if step not in known:
        raise HuitouError(f"there is no step {step!r}", to_try=f"one of: {', '.join(known)}")
    person = names(unit, [person_id]).now(person_id)
    before = held(unit, person)
    after = Held(step, ladder.rank(step), day, "hand")
    _stand(unit, person, after, now)
    came_from = before.step if before else ladder.steps[0].name
    _moves(unit, [_move(person, "hand", came_from, after, day, by, now, why.strip())])
    tell(unit, [_event(person, "hand", came_from, after, day, now)])


def history(unit: Unit, person_id: str) -> list[Row]:
    """Every move of a person under any of their ids, the latest first."""
    theirs = ladder_move.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    order = ladder_move.c.day.desc(), ladder_move.c.id.desc()
    return unit.rows(select(ladder_move).where(theirs).order_by(*order))


def stood(unit: Unit) -> list[tuple[str, str, date]]:
    """Who came to stand on which step on which day, under today's ids, the earliest first."""
    changed = ladder_move.c.kind.in_(("placed", "climbed", "fell", "hand"))
    order = (ladder_move.c.day, ladder_move.c.id)
    rows = unit.rows(select(ladder_move).where(changed).order_by(*order))
    known = names(unit, None)
    return [(known.now(row["person_id"]), row["step"], row["day"]) for row in rows]


def moves_by_month(unit: Unit, since: date) -> list[Row]:
    """month ("2026-11"), kind and how many, of climbs and falls from a day on."""
    rows = unit.rows(
        select(ladder_move.c.day, ladder_move.c.kind, func.count().label("n"))
        .where(ladder_move.c.day >= since, ladder_move.c.kind.in_(("climbed", "fell")))
        .group_by(ladder_move.c.day, ladder_move.c.kind)
    )
    counted: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (f"{row['day']:%Y-%m}", row["kind"])
        counted[key] = counted.get(key, 0) + row["n"]
    return [{"month": m, "kind": kind, "n": n} for (m, kind), n in sorted(counted.items())]


def falling(unit: Unit) -> int:
    """How many were told that they fall unless they earn their step again."""
    return sum(1 for each in standing(unit).values() if each.falls_on is not None)


# -- what they are given


def deliver(
    unit: Unit,
    person_id: str,
    privilege: Privilege,
    step: str,
    by: str,
    now: datetime,
    day: date,
) -> Row:
    """Hand a privilege over, once for its period: the same again is refused, with who did it."""
    letting_go.refused_to(unit, person_id, day)
    known = names(unit, [person_id])
    period = privilege.period(day)
    before = _delivered(unit, known.every([person_id]), privilege.name, period)
    if before is not None:
        raise _had_it(before)
    person = known.now(person_id)
    row = {
        "slot": fingerprint("ladder", person, privilege.name, period),
        "person_id": person,
        "privilege": privilege.name,
        "step": step,
        "period": period,
        "day": day,
        "by": by,
        "at": now,
    }
    if not unit.add_new(ladder_delivery, row):
        raise _had_it(_delivered(unit, {person}, privilege.name, period) or row)
    kept = _delivered(unit, {person}, privilege.name, period) or row
    body = {name: row[name] for name in ("person_id", "privilege", "step", "period", "by")}
    tell(unit, [Event("ladder.delivered", f"ladder.delivered:{kept['id']}", now, body)])
    return kept


def take_back(unit: Unit, delivery_id: int, by: str, now: datetime) -> None:
    """It was a slip of the finger: the privilege may be handed over again."""
    mine = update(ladder_delivery).where(
        ladder_delivery.c.id == delivery_id, ladder_delivery.c.undone_at.is_(None)
    )
    if unit.change(mine.values(slot=None, undone_by=by, undone_at=now)) != 1:
        raise Refused(f"there is no delivery {delivery_id} to take back")
    body = {"delivery": delivery_id, "by": by}
    tell(unit, [Event("ladder.undone", f"ladder.undone:{delivery_id}", now, body)])


def delivered(unit: Unit, person_id: str) -> list[Row]:
    """What a person was given under any of their ids, the latest first."""
    theirs = ladder_delivery.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    stands = ladder_delivery.c.undone_at.is_(None)
    return unit.rows(
        select(ladder_delivery).where(theirs, stands).order_by(ladder_delivery.c.id.desc())
    )


def used(unit: Unit, since: date) -> dict[str, tuple[int, int]]:
    """privilege -> (how often it was handed over since a day, to how many people)."""
    known = names(unit)
    query = select(ladder_delivery.c.privilege, ladder_delivery.c.person_id).where(
        ladder_delivery.c.day >= since, ladder_delivery.c.undone_at.is_(None)
    )
    times: dict[str, list[str]] = {}
    for row in unit.rows(query):
        times.setdefault(row["privilege"], []).append(known.now(row["person_id"]))
    return {privilege: (len(those), len(set(those))) for privilege, those in times.items()}


def _delivered(unit: Unit, ids: set[str], privilege: str, period: str) -> Row | None:
    return unit.first(
        select(ladder_delivery).where(
            ladder_delivery.c.person_id.in_(ids),
            ladder_delivery.c.privilege == privilege,
            ladder_delivery.c.period == period,
            ladder_delivery.c.undone_at.is_(None),
        )
    )


def _had_it(before: Row) -> Refused:
    return Refused(f"they had it already: {before['by']} gave it on {before['day']}")


def _stands(unit: Unit, known: Names, among: list[str] | None) -> list[Row]:
    if among is None:
        return unit.rows(select(ladder_stand))
    ids = sorted(known.every(among))
    rows: list[Row] = []
    for start in range(0, len(ids), _SOME):
        some = ids[start : start + _SOME]
        rows += unit.rows(select(ladder_stand).where(ladder_stand.c.person_id.in_(some)))
    return rows


def _stand(unit: Unit, person: str, after: Held, now: datetime) -> None:
    _forget(unit, names(unit, [person]).every([person]))
    unit.put(ladder_stand, _row(person, after, now))


def _forget(unit: Unit, ids: Iterable[str]) -> None:
    every = sorted(ids)
    for start in range(0, len(every), _SOME):
        some = every[start : start + _SOME]
        unit.execute(delete(ladder_stand).where(ladder_stand.c.person_id.in_(some)))


def _moves(unit: Unit, rows: Sequence[Row]) -> None:
    unit.add(ladder_move, rows)


def _held(row: Row) -> Held:
    return Held(row["step"], row["rank"], row["since"], row["how"], row["falls_on"])


def _row(person: str, after: Held, now: datetime) -> dict[str, object]:
    return {
        "person_id": person,
        "step": after.step,
        "rank": after.rank,
        "since": after.since,
        "how": after.how,
        "falls_on": after.falls_on,
        "at": now,
    }


def _move(
    person: str,
    kind: str,
    before: str,
    after: Held,
    day: date,
    by: str,
    now: datetime,
    why: str | None = None,
) -> Mapping[str, object]:
    return {
        "person_id": person,
        "kind": kind,
        "step_before": before,
        "step": after.step,
        "day": day,
        "falls_on": after.falls_on,
        "why": why,
        "by": by,
        "at": now,
    }


def _event(person: str, kind: str, before: str, after: Held, day: date, now: datetime) -> Event:
    body = {"person_id": person, "before": before, "step": after.step, "day": day.isoformat()}
    key = fingerprint("ladder", kind, person, before, after.step, now.isoformat())
    return Event(f"ladder.{kind}", f"ladder.{kind}:{key[:40]}", now, body)
