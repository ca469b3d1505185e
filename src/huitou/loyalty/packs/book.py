"""Packs sold, sessions used one visit at a time, what ends unused, and what is paid back.

A pack belongs to one person, under all their ids, and to nobody else. What is left of it is never
below zero: the parcel and the purse see to it, in one UPDATE each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint
from huitou.ground.words import said
from huitou.identity.book import names
from huitou.loyalty.packs.tables import pack
from huitou.loyalty.points import legs
from huitou.loyalty.points.book import bring, in_turn
from huitou.loyalty.points.legs import Movement, Parcel
from huitou.loyalty.points.posting.book import lock, mark, post, posted
from huitou.loyalty.points.tables import movement_leg, parcel
from huitou.store.books import Row, Unit

KIND = "pack"


@dataclass(frozen=True)
class Sale:
    """What is sold: so many sessions for a price in minor units, until a moment."""

    name: str
    sessions: int
    price: int
    expires_at: datetime | None = None


def sell(unit: Unit, person_id: str, sale: Sale, key: str, now: datetime, *, by: str = "") -> Row:
    """Sell a pack, once for `key`; the pack (see `show`)."""
    if not sale.name.strip() or sale.price < 0:
        raise Refused(said("A pack has a name, and a price that is not below zero."))
    pack_id = _id(key)
    coming = Parcel(
        f"pack:{pack_id}", person_id, KIND, "sold", sale.sessions, now,
        expires_at=sale.expires_at, order_key=None,
    )  # fmt: skip
    if bring(unit, coming, "sold", "sell", now, why=sale.name, by=by):
        row = {"id": pack_id, "parcel": coming.id, "person_id": person_id, "name": sale.name,
               "sessions": sale.sessions, "price": sale.price, "by": by, "at": now}  # fmt: skip
        unit.add(pack, [row])
    sold = find(unit, pack_id)
    if (sold["name"], sold["price"]) != (sale.name, sale.price):
        raise Refused(f"{key!r} was already used for something else")
    return sold


def is_sold(unit: Unit, key: str) -> bool:
    """Whether a pack was sold under this key."""
    return unit.value(select(pack.c.id).where(pack.c.id == _id(key))) is not None


def _id(key: str) -> str:
    return fingerprint("pack", key)[:26]


def use(
    unit: Unit, pack_id: str, key: str, now: datetime, *, sessions: int = 1, by: str = ""
) -> Row:
    """Use sessions of a pack, once for `key` (the visit). Raises `Refused` where fewer are left."""
    row = find(unit, pack_id)
    asked = mark("burn", KIND, sessions, pack_id)
    if _done(unit, row, key, asked, sessions):
        return find(unit, pack_id)
    row = find(unit, pack_id)
    if row["ends_at"] is not None and row["ends_at"] <= now:
        raise Refused(
            said("The pack {name} ended on {day}.", name=row["name"], day=row["ends_at"].date())
        )
    if row["left"] < sessions:
        raise Refused(
            said("The pack {name} has {n} sessions left.", name=row["name"], n=row["left"])
        )
    _leave(unit, row, sessions, "burn", "burnt", key, asked, now, by)
    return find(unit, pack_id)


def refund(unit: Unit, pack_id: str, key: str, now: datetime, *, by: str = "") -> int:
    """Pay back the sessions left, once for `key`: price by sessions, rounded down; minor units.

    Raises `Refused` where nothing is left.
    """
    row = find(unit, pack_id)
    asked = mark("pay_out", KIND, 0, pack_id)
    if _done(unit, row, key, asked, 1):
        return paid_back(unit, row, key)
    row = find(unit, pack_id)
    if not row["left"]:
        raise Refused(said("Nothing is left of the pack {name}.", name=row["name"]))
    _leave(unit, row, row["left"], "pay_out", "paid_out", key, asked, now, by)
    return worth(row, row["left"])


def worth(row: Row, sessions: int) -> int:
    """What so many sessions of a pack cost, minor units, rounded down."""
    return int(row["price"]) * sessions // int(row["sessions"])


def paid_back(unit: Unit, row: Row, key: str) -> int:
    """What was paid back under this key, minor units."""
    leg = movement_leg.c
    paid = select(leg.amount).where(leg.movement_key == key, leg.account == "paid_out")
    return worth(row, int(unit.value(paid) or 0))


def find(unit: Unit, pack_id: str) -> Row:
    """One pack: what was sold, `left`, and `ends_at`. Raises `Refused` for an unknown one."""
    row = unit.first(_packs().where(pack.c.id == pack_id))
    if row is None:
        raise Refused(said("There is no pack of this number."), to_try="huitou pack show PERSON")
    return row


def of_person(unit: Unit, person_id: str) -> list[Row]:
    """All packs of a person under any of their ids, what ends soonest first."""
    ids = names(unit, [person_id]).every([person_id]) | {person_id}
    rows = unit.rows(_packs().where(pack.c.person_id.in_(ids)))
    told = [{**row, "expires_at": row["ends_at"], "earned_at": row["at"]} for row in rows]
    return sorted(told, key=lambda row: (row["left"] == 0, in_turn(row)))


def used_with(unit: Unit, key: str) -> str | None:
    """The pack of which sessions were used under this key; None where none were."""
    leg = movement_leg.c
    used = select(pack.c.id).join(movement_leg, leg.parcel == pack.c.parcel)
    found = unit.value(used.where(leg.movement_key == key))
    return None if found is None else str(found)


def open_pack(unit: Unit, person_id: str, name: str | None, now: datetime) -> Row:
    """The pack a visit is taken from: with sessions left, the soonest to end.

    Raises `Refused` where there is none of this name (of any, without one).
    """
    for row in of_person(unit, person_id):
        lives = row["ends_at"] is None or row["ends_at"] > now
        if row["left"] and lives and name in (None, row["name"]):
            return row
    raise Refused(said("They have no pack with sessions left."), to_try="huitou pack show PERSON")


def _packs() -> Select[Any]:
    about = (parcel.c.rest.label("left"), parcel.c.expires_at.label("ends_at"))
    return select(pack, *about).join(parcel, parcel.c.id == pack.c.parcel)


def _done(unit: Unit, row: Row, key: str, asked: str, sessions: int) -> bool:
    if type(sessions) is not int or sessions < 1:
        raise Refused(said("Sessions are counted in whole ones, from one on."))
    purses = lock(unit, row["person_id"], KIND)
    return posted(unit, key, asked, [each["person_id"] for each in purses])


def _leave(
    unit: Unit,
    row: Row,
    sessions: int,
    verb: str,
    account: str,
    key: str,
    asked: str,
    now: datetime,
    by: str,
) -> None:
    person = row["person_id"]
    gone = legs.leave([("available", person, row["parcel"], sessions)], account)
    done = Movement(key, verb, KIND, person, gone, now, asked, why=row["name"], by=by)
    post(unit, [done])
