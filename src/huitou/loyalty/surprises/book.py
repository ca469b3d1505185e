"""Keeping surprises: within the month's budget, so many a person, handed over once.

What a month may cost is kept by the statement that spends it, and so is how much one person gets.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from huitou.ground.errors import Refused
from huitou.identity.book import names
from huitou.loyalty.counting.book import Counted
from huitou.loyalty.letting_go import book as letting_go
from huitou.loyalty.surprises.lots import Drawn
from huitou.loyalty.surprises.rules import SurpriseRules
from huitou.loyalty.surprises.tables import birthday, surprise, surprise_budget, surprise_count
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

YEARLY = Counted(surprise_count, "year")
"""Gifts to one person in a year."""


def keep(
    unit: Unit,
    drawn: Drawn,
    rules: SurpriseRules,
    day: date,
    now: datetime,
    receipt: dict[str, Any],
) -> str:
    """Keep what the lot said: `given`, `control`, or why not: `known`, `let_go`, `budget`, `often`.

    Who was let go is in neither arm: they would get none whatever the lot said.
    """
    month, holder = f"{day:%Y-%m}", drawn.turn.person_id
    if holder in letting_go.barred(unit, day, [holder]):
        return "let_go"
    if unit.value(select(surprise.c.id).where(surprise.c.id == drawn.id)) is not None:
        return "known"
    if drawn.arm == "given":
        if not YEARLY.one_more(unit, holder, day.year, rules.most_a_year):
            return "often"
        if not _spent(unit, month, drawn.gift.cost, rules.budget):
            YEARLY.one_back(unit, holder, day.year)
            return "budget"
    ends = now + timedelta(days=rules.good_days)
    row = {
        "id": drawn.id,
        "person_id": holder,
        "gift": drawn.gift.name,
        "occasion": drawn.turn.occasion,
        "what": drawn.gift.what,
        "cost": drawn.gift.cost,
        "arm": drawn.arm,
        "state": "waiting" if drawn.arm == "given" else "control",
        "chance": drawn.chance,
        "lot": drawn.lot,
        "day": day,
        "month": month,
        "receipt": receipt,
        "made_at": now,
        "ends_at": ends,
    }
    unit.add(surprise, [row])
    body = {"person_id": holder, "gift": drawn.gift.name, "cost": drawn.gift.cost}
    tell(unit, [Event(f"surprise.{drawn.arm}", f"surprise:{drawn.id}", now, body)])
    return drawn.arm


def _spent(unit: Unit, month: str, cost: int, cap: int) -> bool:
    """Whether the month still has it; the merchant's cap of today counts."""
    unit.add_new(surprise_budget, {"month": month, "cap": cap, "spent": 0})
    mine = update(surprise_budget).where(surprise_budget.c.month == month)
    spent = surprise_budget.c.spent
    unit.change(mine.where(spent <= cap).values(cap=cap))
    fits = mine.where(spent + cost <= cap, spent + cost <= surprise_budget.c.cap)
    return unit.change(fits.values(spent=spent + cost)) == 1


def expire(unit: Unit, now: datetime) -> int:
    """End what was never fetched; what it would have cost is the month's again."""
    over = select(surprise).where(surprise.c.state == "waiting", surprise.c.ends_at <= now)
    ended = 0
    for row in unit.rows(over.order_by(surprise.c.ends_at).limit(10_000)):
        mine = update(surprise).where(surprise.c.id == row["id"], surprise.c.state == "waiting")
        if unit.change(mine.values(state="expired")) == 1:
            budget = update(surprise_budget).where(surprise_budget.c.month == row["month"])
            unit.change(budget.values(spent=surprise_budget.c.spent - row["cost"]))
            ended += 1
    return ended


def waiting(unit: Unit, people: Iterable[str], now: datetime) -> list[Row]:
    """What is to be handed over to these people, under any of their ids, the oldest first."""
    among = list(people)
    theirs = names(unit, among).every(among)
    query = select(surprise).where(
        surprise.c.person_id.in_(theirs), surprise.c.state == "waiting", surprise.c.ends_at > now
    )
    return unit.rows(query.order_by(surprise.c.made_at, surprise.c.id))


def deliver(unit: Unit, surprise_id: str, by: str, now: datetime) -> Row:
    """It was handed over. Raises `Refused` where it was already, or its time is over, or theirs."""
    letting_go.refused_to(unit, found(unit, surprise_id)["person_id"], now.date())
    mine = update(surprise).where(
        surprise.c.id == surprise_id, surprise.c.state == "waiting", surprise.c.ends_at > now
    )
    if unit.change(mine.values(state="delivered", delivered_at=now, delivered_by=by)) != 1:
        raise Refused("this gift was handed over already, or its time is over")
    row = found(unit, surprise_id)
    body = {"person_id": row["person_id"], "gift": row["gift"], "cost": row["cost"]}
    tell(unit, [Event("surprise.delivered", f"surprise.delivered:{surprise_id}", now, body)])
    return row


def found(unit: Unit, surprise_id: str) -> Row:
    """One surprise, or that somebody was drawn to get none. Raises `Refused` for none."""
    row = unit.first(select(surprise).where(surprise.c.id == surprise_id))
    if row is None:
        raise Refused("there is no such surprise", to_try="huitou surprise list")
    return row


def drawn_since(unit: Unit, day: date) -> set[str]:
    """Who was drawn from a day on, in either arm, under every id of theirs."""
    rows = unit.rows(select(surprise.c.person_id).where(surprise.c.day >= day).distinct())
    people = [row["person_id"] for row in rows]
    return names(unit).every(people) if people else set()


def all_drawn(unit: Unit) -> list[Row]:
    """Everybody ever drawn, by today's id: person_id, gift, arm, day, cost, state."""
    columns = ("id", "person_id", "gift", "arm", "day", "cost", "state")
    rows = unit.rows(select(*(surprise.c[name] for name in columns)).order_by(surprise.c.day))
    known = names(unit)
    return [{**row, "person_id": known.now(row["person_id"])} for row in rows]


def latest(unit: Unit, state: str | None = None, limit: int = 50) -> list[Row]:
    """The newest, all or those in a state."""
    query = select(surprise).order_by(surprise.c.made_at.desc(), surprise.c.id).limit(limit)
    return unit.rows(query if state is None else query.where(surprise.c.state == state))


def counted(unit: Unit) -> dict[str, int]:
    """How many there are in each state."""
    query = select(surprise.c.state, func.count().label("n")).group_by(surprise.c.state)
    found = dict.fromkeys(("waiting", "delivered", "expired", "control"), 0)
    return found | {row["state"]: row["n"] for row in unit.rows(query)}


def spent(unit: Unit, month: str) -> int:
    """What of a month is given or waits, minor units."""
    mine = surprise_budget.c.month == month
    return int(unit.value(select(surprise_budget.c.spent).where(mine)) or 0)


def tell_birthday(unit: Unit, person_id: str, month: int, by: str, now: datetime) -> None:
    """Somebody told the month of their birthday; told again, the later word counts."""
    holder = names(unit, [person_id]).now(person_id)
    unit.put(birthday, {"person_id": holder, "month": month, "by": by, "at": now})


def born(unit: Unit, person_id: str, card: Row | None) -> int | None:
    """The month of somebody's birthday: as their card says, else as they told; None if neither."""
    if card is not None and card["birthday"] is not None:
        return int(card["birthday"].month)
    theirs = birthday.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    told = unit.value(select(birthday.c.month).where(theirs).order_by(birthday.c.at.desc()))
    return int(told) if told is not None else None


def born_in(unit: Unit, month: int) -> set[str]:
    """Whose birthday is in this month, by today's ids."""
    rows = unit.rows(select(birthday.c.person_id).where(birthday.c.month == month))
    known = names(unit)
    return {known.now(row["person_id"]) for row in rows}


def check(unit: Unit) -> list[str]:
    """What is wrong with the budgets, in words; nothing where all is well."""
    given = (
        select(surprise.c.month, func.sum(surprise.c.cost).label("cost"))
        .where(surprise.c.state.in_(("waiting", "delivered")))
        .group_by(surprise.c.month)
        .subquery()
    )
    off = (
        select(surprise_budget.c.month)
        .outerjoin(given, given.c.month == surprise_budget.c.month)
        .where(surprise_budget.c.spent != func.coalesce(given.c.cost, 0))
    )
    return [f"the surprises of {row['month']} are not its spending" for row in unit.rows(off)]
