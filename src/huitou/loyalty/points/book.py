"""What a person earned: points, stamps, cashback, stored value; coming in, spent, and looked at.

    with books.unit() as unit:
        earn(unit, "p1", "points", 120, "earn:order-7", now, clears_at=in_two_weeks)
        burn(unit, "p1", "points", 50, "burn:order-8", now, order=Order("order-8", 4_900))

Every operation has a key: the same again does nothing and answers False, with other content it is
refused. What is posted stays with the id it was posted for; a person has what all their ids have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from huitou.ground.errors import Refused
from huitou.identity.book import names
from huitou.loyalty.letting_go import book as letting_go
from huitou.loyalty.points import legs
from huitou.loyalty.points.legs import Leg, Movement, Parcel
from huitou.loyalty.points.posting.book import lock, mark, post, posted
from huitou.loyalty.points.tables import (
    KINDS,
    movement,
    movement_leg,
    order_tally,
    parcel,
    purse,
)
from huitou.store.books import Row, Unit

PAID = ("stored", "pack")
"""Kinds a person paid for: what comes in was sold, not given."""
LONGEST = 200
"""Letters of a key."""


@dataclass(frozen=True)
class Order:
    """The order something was earned or spent with, and its total in minor units of money."""

    key: str
    total: int = 0


@dataclass(frozen=True)
class Balance:
    """What a person has of one kind, under all their ids."""

    kind: str
    available: int
    """Theirs to spend, before what they owe."""
    pending: int
    """Theirs once the time to send goods back is over."""
    debt: int
    """Earned and spent, with goods that came back: what comes in pays it first."""
    ends_at: datetime | None = None
    """When the next of it ends unspent; None where nothing ends."""
    ending: int = 0
    """How much ends then."""
    over: int = 0
    """Of what is available: its time is over, and the next run ends it."""

    @property
    def spendable(self) -> int:
        """What can be spent now."""
        return max(0, self.available - self.over - self.debt)


def earn(
    unit: Unit,
    person_id: str,
    kind: str,
    amount: int,
    key: str,
    now: datetime,
    *,
    clears_at: datetime | None = None,
    expires_at: datetime | None = None,
    order: Order | None = None,
    why: str = "",
    by: str = "",
) -> bool:
    """A person earned something, theirs at `clears_at` (at once without); whether it is new.

    Of the kinds that are paid for (stored value) it is what they paid in.
    """
    account = "sold" if kind in PAID else "issued"
    source = "order" if order else "hand"
    coming = Parcel(
        key, person_id, kind, source, amount, now,
        cleared=clears_at is None or clears_at <= now,
        clears_at=clears_at,
        expires_at=expires_at,
        order_key=order.key if order else None,
    )  # fmt: skip
    new = bring(unit, coming, account, "sell" if kind in PAID else "earn", now, why=why, by=by)
    if new and order is not None:
        count(unit, order, kind, person_id, now, earned=amount)
    return new


def gift(
    unit: Unit,
    person_id: str,
    kind: str,
    amount: int,
    key: str,
    now: datetime,
    *,
    why: str,
    by: str = "",
    expires_at: datetime | None = None,
) -> bool:
    """The shop gives something: a surprise, thanks for a friend, by hand; whether it is new.

    `why` is kept for ever, and `by` says which person or which room gave it.
    """
    if not why.strip():
        raise Refused("a gift needs a reason", to_try="say why it is given")
    letting_go.refused_to(unit, person_id, now.date())
    coming = Parcel(key, person_id, kind, "gift", amount, now, expires_at=expires_at)
    return bring(unit, coming, "gifted", "gift", now, why=why, by=by)


def balance(
    unit: Unit, person_id: str, kind: str = "points", now: datetime | None = None
) -> Balance:
    """What a person has of one kind, summed over every id of theirs.

    With `now`, what is over by then does not count as spendable.
    """
    _known(kind)
    ids = _ids(unit, person_id)
    sums = [func.coalesce(func.sum(purse.c[name]), 0) for name in ("available", "pending", "debt")]
    held = select(*sums).where(purse.c.person_id.in_(ids), purse.c.kind == kind)
    available, pending, debt = (int(each) for each in unit.execute(held).one())
    ends = (
        select(parcel.c.expires_at, func.sum(parcel.c.rest).label("rest"))
        .where(parcel.c.person_id.in_(ids), parcel.c.kind == kind)
        .where(parcel.c.rest > 0, parcel.c.expires_at.is_not(None))
        .group_by(parcel.c.expires_at)
        .order_by(parcel.c.expires_at)
    )
    rows = unit.rows(ends)
    over = sum(int(row["rest"]) for row in rows if now is not None and row["expires_at"] <= now)
    coming = [row for row in rows if now is None or row["expires_at"] > now]
    if not coming:
        return Balance(kind, available, pending, debt, over=over)
    first = coming[0]
    return Balance(kind, available, pending, debt, first["expires_at"], int(first["rest"]), over)


def burn(
    unit: Unit,
    person_id: str,
    kind: str,
    amount: int,
    key: str,
    now: datetime,
    *,
    order: Order | None = None,
    why: str = "",
    by: str = "",
) -> bool:
    """Spend, what ends soonest first, from any id of the person; whether it is new.

    Raises `Refused` where there is not so much. What an order earns cannot pay for that order.
    """
    purses = _opened(unit, person_id, kind, amount, key)
    asked = mark("burn", kind, amount, order.key if order else "")
    if posted(unit, key, asked, [row["person_id"] for row in purses]):
        return False
    rests = spendable(unit, purses, kind, now, without=order.key if order else None)
    owed = sum(row["debt"] for row in purses)
    have = sum(row["rest"] for row in rests)
    if have - owed < amount:
        raise Refused(
            f"{amount} {kind} cannot be spent: {max(0, have - owed)} can",
            to_try="huitou points balance PERSON",
        )
    gone = legs.leave(taken_from(rests, amount), "burnt")
    post(unit, [_movement("burn", kind, person_id, key, gone, now, asked, order, why, by)])
    if order is not None:
        count(unit, order, kind, person_id, now, burnt=amount)
    return True


def pay_out(
    unit: Unit,
    person_id: str,
    kind: str,
    amount: int,
    key: str,
    now: datetime,
    *,
    why: str = "",
    by: str = "",
) -> bool:
    """Give back money for stored value that was not spent; whether it is new."""
    if kind not in PAID:
        raise Refused(f"{kind} were not paid for, and are not paid out")
    purses = _opened(unit, person_id, kind, amount, key)
    asked = mark("pay_out", kind, amount)
    if posted(unit, key, asked, [row["person_id"] for row in purses]):
        return False
    rests = [row for row in spendable(unit, purses, kind, now) if row["source"] != "gift"]
    if sum(row["rest"] for row in rests) - sum(row["debt"] for row in purses) < amount:
        raise Refused(f"{amount} cannot be paid out: so much was not paid in, or is spent")
    gone = legs.leave(taken_from(rests, amount), "paid_out")
    post(unit, [_movement("pay_out", kind, person_id, key, gone, now, asked, None, why, by)])
    return True


def postings(unit: Unit, person_id: str, limit: int = 20) -> list[Row]:
    """The last movements of a person under any of their ids, the newest first.

    `amount` is what it changed of what they have, with what waits.
    """
    ids = _ids(unit, person_id)
    theirs = (
        select(
            movement.c.key, movement.c.verb, movement.c.kind, movement.c.at, movement.c.why,
            movement.c.by, movement.c.order_key,
            func.sum(movement_leg.c.amount).label("amount"),
        )
        .join(movement_leg, movement_leg.c.movement_key == movement.c.key)
        .where(movement.c.person_id.in_(ids), movement_leg.c.person_id.is_not(None))
        .group_by(*[column for column in movement.c if column.name != "fingerprint"])
        .order_by(movement.c.at.desc(), movement.c.key)
        .limit(limit)
    )  # fmt: skip
    return [{**row, "amount": int(row["amount"])} for row in unit.rows(theirs)]


# -- what the other rooms of points share


def bring(
    unit: Unit, coming: Parcel, account: str, verb: str, now: datetime, *, why: str, by: str
) -> bool:
    """A parcel comes in, once for its id; whether it is new."""
    purses = _opened(unit, coming.person_id, coming.kind, coming.amount, coming.id)
    asked = mark(verb, coming.kind, coming.amount, coming.order_key or "")
    if posted(unit, coming.id, asked, [row["person_id"] for row in purses]):
        return False
    (debt,) = [row["debt"] for row in purses if row["person_id"] == coming.person_id]
    post(
        unit,
        [
            Movement(
                coming.id, verb, coming.kind, coming.person_id,
                legs.come(coming, account, debt), now, asked,
                order_key=coming.order_key, why=why, by=by, fresh=(coming,),
            )
        ],
    )  # fmt: skip
    return True


def spendable(
    unit: Unit, purses: Sequence[Row], kind: str, now: datetime, *, without: str | None = None
) -> list[Row]:
    """Parcels that can be spent, the soonest to end first, then the oldest.

    `without` leaves out what that order earned.
    """
    ids = [row["person_id"] for row in purses]
    theirs = select(parcel).where(
        parcel.c.person_id.in_(ids), parcel.c.kind == kind, parcel.c.rest > 0, parcel.c.cleared
    )
    rows = [
        row
        for row in unit.rows(theirs)
        if (row["expires_at"] is None or row["expires_at"] > now)
        and not (without is not None and row["order_key"] == without and row["source"] == "order")
    ]
    return sorted(rows, key=in_turn)


def in_turn(row: Row) -> tuple[Any, ...]:
    """Sorts parcels: what ends soonest first, what never ends last, then the oldest."""
    ends = row["expires_at"]
    return (ends is None, ends or row["earned_at"], row["earned_at"], row["id"])


def taken_from(rests: Sequence[Row], amount: int) -> list[tuple[str, str, str, int]]:
    """Which parts (account, person, parcel, amount) of these parcels make up `amount`."""
    whose = {row["id"]: row for row in rests}
    parts = legs.apportion([(row["id"], row["rest"]) for row in rests], amount)
    return [
        ("available" if whose[one]["cleared"] else "pending", whose[one]["person_id"], one, part)
        for one, part in parts
    ]


def count(
    unit: Unit,
    order: Order,
    kind: str,
    person_id: str,
    now: datetime,
    *,
    earned: int = 0,
    burnt: int = 0,
) -> None:
    """Write down what an order earned or burnt, so that its return can undo it in proportion."""
    new = {
        "order_key": order.key, "kind": kind, "person_id": person_id, "total": order.total,
        "want": 0, "seen_back": 0, "back": 0, "earned": 0, "taken": 0, "forgiven": 0,
        "burnt": 0, "given": 0, "at": now,
    }  # fmt: skip
    unit.add_new(order_tally, new)
    row = order_tally.c
    mine = update(order_tally).where(row.order_key == order.key, row.kind == kind)
    told = {"total": order.total} if order.total else {}
    unit.change(
        mine.values(
            earned=row.earned + earned, want=row.want + earned, burnt=row.burnt + burnt, **told
        )
    )


def _opened(unit: Unit, person_id: str, kind: str, amount: int, key: str) -> list[Row]:
    """The purses of whoever asks, locked, once what is asked makes sense."""
    _known(kind)
    if type(amount) is not int or amount <= 0:
        raise Refused(f"{amount!r} is not a number of {kind}: whole, and above zero")
    if not 0 < len(key) <= LONGEST:
        raise Refused(f"a key has up to {LONGEST} letters")
    return lock(unit, person_id, kind)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise Refused(f"there is no kind {kind!r}", to_try=f"one of: {', '.join(KINDS)}")


def _ids(unit: Unit, person_id: str) -> Iterable[str]:
    return names(unit, [person_id]).every([person_id]) | {person_id}


def _movement(
    verb: str,
    kind: str,
    person_id: str,
    key: str,
    moved: tuple[Leg, ...],
    now: datetime,
    asked: str,
    order: Order | None,
    why: str,
    by: str,
) -> Movement:
    told = order.key if order else None
    return Movement(key, verb, kind, person_id, moved, now, asked, told, why, by)


def still_lives(row: Row, burnt_at: datetime, now: datetime) -> datetime | None:
    """When points end that were spent and come back: their time stood still while they were spent.

    So nobody loses points to a cancelled order, and nobody keeps them young by sending goods back.
    """
    ends: datetime | None = row["expires_at"]
    spent: timedelta = now - burnt_at
    return None if ends is None else ends + spent
