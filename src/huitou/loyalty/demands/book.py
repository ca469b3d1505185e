"""Demands in the books: conceded within the limit by the statement that checks it, or asked for.

concede(unit, told, rules, now)     within the limits at once; above them it is asked for
refuse(unit, told, now)             nothing is given
decide(unit, id, by, …)             somebody else says yes or no to what is above the limits
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select, update

from huitou.ground.errors import Refused
from huitou.ground.ids import new_id
from huitou.ground.words import said
from huitou.identity.book import names
from huitou.loyalty.demands.rules import DemandRules
from huitou.loyalty.demands.tables import demand, demand_day
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

GIVEN = ("conceded", "approved")


@dataclass(frozen=True)
class Told:
    """A demand, as a clerk tells it."""

    key: str
    """The same demand however often it is sent."""
    kind: str
    amount: int
    minutes: int
    words: str
    by: str
    day: date
    person_id: str | None = None


def concede(unit: Unit, told: Told, rules: DemandRules, now: datetime) -> Row:
    """Give in: at once where the clerk may alone, else it is asked for; the row.

    The day's limit is kept by the statement that spends it.
    """
    if (before := _same(unit, told.key)) is not None:
        return before
    within = told.amount <= rules.per_case and _spent(unit, told, rules.per_day)
    return _kept(unit, told, "conceded" if within else "asked", now)


def refuse(unit: Unit, told: Told, now: datetime) -> Row:
    """Write down that nothing was given."""
    return _same(unit, told.key) or _kept(unit, told, "refused", now)


def decide(unit: Unit, demand_id: str, by: str, words: str, now: datetime, *, granted: bool) -> Row:
    """Somebody else decides an exception, and says why. Raises `Refused` for who asked."""
    row = find(unit, demand_id)
    if row["by"] == by:
        raise Refused(said("You asked for it: somebody else has to decide."))
    if not words.strip():
        raise Refused(said("Say why: it is kept."))
    state = "approved" if granted else "refused"
    mine = update(demand).where(demand.c.id == demand_id, demand.c.state == "asked")
    ended = {"state": state, "decided_by": by, "decided_at": now, "decided_words": words}
    if not unit.change(mine.values(**ended)):
        raise Refused(said("That was decided already."))
    _tell(unit, {**row, **ended}, now)
    return find(unit, demand_id)


def find(unit: Unit, demand_id: str) -> Row:
    """One demand. Raises `Refused` where there is none."""
    row = unit.first(select(demand).where(demand.c.id == demand_id))
    if row is None:
        raise Refused(said("There is no such demand."), to_try="huitou demand list")
    return row


def listed(unit: Unit, states: Iterable[str] | None = None, limit: int = 50) -> list[Row]:
    """The newest, all or those in these states."""
    query = select(demand).order_by(demand.c.at.desc(), demand.c.id).limit(limit)
    return unit.rows(query if states is None else query.where(demand.c.state.in_(list(states))))


def left(unit: Unit, by: str, day: date, rules: DemandRules) -> int:
    """What a clerk may still concede alone on a day, minor units."""
    mine = (demand_day.c.by == by) & (demand_day.c.day == day)
    spent = unit.value(select(demand_day.c.spent).where(mine)) or 0
    return max(0, rules.per_day - int(spent))


def cost(unit: Unit, first: date, last: date) -> dict[str, tuple[int, int]]:
    """person -> (what was conceded to them from a day to another, and the minutes it took)."""
    given = func.sum(case((demand.c.state.in_(GIVEN), demand.c.amount), else_=0)).label("given")
    minutes = func.sum(demand.c.minutes).label("minutes")
    theirs = select(demand.c.person_id, given, minutes).where(
        demand.c.person_id.is_not(None), demand.c.day.between(first, last)
    )
    known, found = names(unit), dict[str, tuple[int, int]]()
    for row in unit.rows(theirs.group_by(demand.c.person_id)):
        person = known.now(row["person_id"])
        money, spent = found.get(person, (0, 0))
        found[person] = (money + int(row["given"]), spent + int(row["minutes"]))
    return found


def _same(unit: Unit, key: str) -> Row | None:
    return unit.first(select(demand).where(demand.c.key == key))


def _spent(unit: Unit, told: Told, most: int) -> bool:
    """Whether the clerk's day still has it."""
    unit.add_new(demand_day, {"by": told.by, "day": told.day, "spent": 0})
    spent = demand_day.c.spent
    mine = update(demand_day).where(demand_day.c.by == told.by, demand_day.c.day == told.day)
    fits = mine.where(spent + told.amount <= most)
    return unit.change(fits.values(spent=spent + told.amount)) == 1


def _kept(unit: Unit, told: Told, state: str, now: datetime) -> Row:
    row = {**vars(told), "id": new_id(), "state": state, "at": now}
    unit.add(demand, [row])
    _tell(unit, row, now)
    return find(unit, row["id"])


def _tell(unit: Unit, row: Row, now: datetime) -> None:
    body = {name: row[name] for name in ("person_id", "kind", "amount", "state", "by")}
    key = f"demand:{row['id']}:{row['state']}"
    tell(unit, [Event(f"demand.{row['state']}", key, now, body)])
