"""Posting: the one place that writes movements, their legs, purses and what is left of parcels.

A purse is changed by one conditional UPDATE that lets nothing fall below zero, in the same unit as
the legs it is the sum of. Whoever asks locks the purses first (`lock`), so that what they read is
what they change; who forgets is refused by the UPDATE, never let through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import and_, bindparam, func, select, tuple_, update

from huitou.ground.errors import Refused
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.loyalty.points.legs import Movement, Parcel
from huitou.loyalty.points.tables import movement, movement_leg, parcel, purse
from huitou.store.books import Row, Unit
from huitou.store.columns import Amount

MANY = 5_000
"""Persons or parcels named in one statement: SQLite takes 32,766 values, PostgreSQL 65,535."""

_A, _P, _D, _X = (bindparam(name, type_=Amount) for name in ("a", "p", "d", "x"))
FILLING = (
    update(purse)
    .where(
        purse.c.person_id == bindparam("whose"),
        purse.c.kind == bindparam("which"),
        and_(purse.c.available + _A >= 0, purse.c.pending + _P >= 0, purse.c.debt + _D >= 0),
    )
    .values(available=purse.c.available + _A, pending=purse.c.pending + _P, debt=purse.c.debt + _D)
)
"""The one statement that changes a purse: it finds no row where one of the three would be less
than nothing."""
DRAWING = (
    update(parcel)
    .where(parcel.c.id == bindparam("one"), parcel.c.rest + _X >= 0)
    .values(rest=parcel.c.rest + _X, lapsed=parcel.c.lapsed + bindparam("gone"))
)
"""The same for what is left of a parcel."""


def lock(unit: Unit, person_id: str, kind: str) -> list[Row]:
    """The purses of a person under every id of theirs, held until the unit ends.

    There is one for the id asked for, made where it was missing.
    """
    ids = names(unit, [person_id]).every([person_id]) | {person_id}
    unit.add_new(purse, _empty(person_id, kind))
    theirs = select(purse).where(purse.c.person_id.in_(ids), purse.c.kind == kind)
    return unit.rows(theirs.order_by(purse.c.person_id).with_for_update())


def lock_many(unit: Unit, holders: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """The purses of (person, kind), held until the unit ends; made where they were missing."""
    asked = sorted(set(holders))
    found: dict[tuple[str, str], Row] = {}
    for some in _chunks(asked, MANY):
        held = select(purse).where(tuple_(purse.c.person_id, purse.c.kind).in_(some))
        for row in unit.rows(held.order_by(purse.c.person_id, purse.c.kind).with_for_update()):
            found[row["person_id"], row["kind"]] = row
    missing = [_empty(*each) for each in asked if each not in found]
    unit.add(purse, missing)
    return found | {(row["person_id"], row["kind"]): row for row in missing}


def mark(verb: str, kind: str, amount: int, *more: str) -> str:
    """What was asked, as a fingerprint."""
    return fingerprint(verb, kind, str(amount), *more)


def posted(unit: Unit, key: str, asked: str, people: Iterable[str]) -> bool:
    """Whether this was done before. Raises `Refused` where the key stood for something else."""
    before = unit.first(
        select(movement.c.fingerprint, movement.c.person_id).where(movement.c.key == key)
    )
    if before is None:
        return False
    if before["fingerprint"] != asked or before["person_id"] not in set(people):
        raise Refused(f"{key!r} was already used for something else")
    return True


def post(unit: Unit, movements: Sequence[Movement]) -> None:
    """Let movements happen, all or none. Raises `Refused` where a purse or parcel has too little.

    After a refusal the unit must be left by the exception: some of it may have been written.
    """
    for each in movements:
        if not each.balanced:
            raise ValueError(f"{each.key}: {each.legs} is not a balanced movement")
    if not movements:
        return
    unit.add(parcel, [_begun(fresh, each) for each in movements for fresh in each.fresh])
    _fill_purses(unit, movements)
    failpoint("points.filled")
    _draw_parcels(unit, movements)
    legs = [
        {"movement_key": each.key, "leg": place, **vars(leg)}
        for each in movements
        for place, leg in enumerate(each.legs)
    ]
    unit.add(movement_leg, legs)
    failpoint("points.legs")
    # The movement seals its legs: a trigger lets it in only when they sum to zero.
    unit.add(movement, [_sealed(each) for each in movements])


def _begun(fresh: Parcel, within: Movement) -> Row:
    rest = sum(leg.amount for leg in within.legs if leg.parcel == fresh.id)
    return {**vars(fresh), "rest": rest, "lapsed": 0}


def _fill_purses(unit: Unit, movements: Sequence[Movement]) -> None:
    moved: dict[tuple[str, str], Counter[str]] = {}
    for each in movements:
        for leg in each.legs:
            if leg.person_id is not None:
                moved.setdefault((leg.person_id, each.kind), Counter())[leg.account] += leg.amount
    rows = [
        {
            "whose": person,
            "which": kind,
            "a": sums["available"],
            "p": sums["pending"],
            "d": -sums["clawback"],
        }
        for (person, kind), sums in sorted(moved.items())
        if any(sums.values())
    ]
    if rows and unit.execute(FILLING, rows).rowcount != len(rows):
        raise Refused("there is less in the purse than that", to_try="huitou points balance PERSON")


def _draw_parcels(unit: Unit, movements: Sequence[Movement]) -> None:
    drawn: Counter[str] = Counter()
    lapsed: Counter[str] = Counter()
    for each in movements:
        begun = {fresh.id for fresh in each.fresh}
        for leg in each.legs:
            if leg.parcel is not None and leg.parcel not in begun:
                drawn[leg.parcel] += leg.amount
                if each.verb == "expire":
                    lapsed[leg.parcel] -= leg.amount
    rows = [
        {"one": one, "x": amount, "gone": lapsed[one]}
        for one, amount in sorted(drawn.items())
        if amount
    ]
    if rows and unit.execute(DRAWING, rows).rowcount != len(rows):
        raise Refused("a parcel has less left than that")
    clears = sorted({one for each in movements for one in each.clears})
    for some in _chunks(clears, MANY):
        waits = update(parcel).where(parcel.c.id.in_(some), parcel.c.cleared.is_(False))
        if unit.change(waits.values(cleared=True)) != len(some):
            raise Refused("a parcel was cleared before")


def _sealed(each: Movement) -> Row:
    return {
        "key": each.key,
        "verb": each.verb,
        "kind": each.kind,
        "person_id": each.person_id,
        "order_key": each.order_key,
        "fingerprint": each.mark,
        "why": each.why,
        "by": each.by,
        "at": each.at,
    }


def check(unit: Unit) -> list[str]:
    """What is wrong with the ledger, in words; nothing where all is well (TRUST I-1 to I-8)."""
    whole = func.sum(movement_leg.c.amount)
    uneven = select(movement_leg.c.movement_key).group_by(movement_leg.c.movement_key)
    unsealed = (
        select(movement_leg.c.movement_key)
        .outerjoin(movement, movement.c.key == movement_leg.c.movement_key)
        .where(movement.c.key.is_(None))
        .distinct()
    )
    return [
        *(f"movement {row['movement_key']} does not sum to zero"
          for row in unit.rows(uneven.having(whole != 0))),
        *(f"movement {row['movement_key']} was never sealed" for row in unit.rows(unsealed)),
        *_drifted_purses(unit),
        *_drifted_parcels(unit),
    ]  # fmt: skip


def _drifted_purses(unit: Unit) -> list[str]:
    legs = (
        select(
            movement_leg.c.person_id,
            movement.c.kind,
            movement_leg.c.account,
            func.sum(movement_leg.c.amount).label("amount"),
        )
        .join(movement, movement.c.key == movement_leg.c.movement_key)
        .where(movement_leg.c.person_id.is_not(None))
        .group_by(movement_leg.c.person_id, movement.c.kind, movement_leg.c.account)
    )
    summed: Counter[tuple[str, str, str]] = Counter()
    for row in unit.rows(legs):
        summed[row["person_id"], row["kind"], row["account"]] += int(row["amount"])
    kept: Counter[tuple[str, str, str]] = Counter()
    for row in unit.rows(select(purse)):
        who = (row["person_id"], row["kind"])
        kept[*who, "available"] = row["available"]
        kept[*who, "pending"] = row["pending"]
        kept[*who, "clawback"] = -row["debt"]
    drifted = {who[:2] for who in {*summed, *kept} if summed[who] != kept[who]}
    return [f"the {kind} of {person} are not their legs" for person, kind in sorted(drifted)]


def _drifted_parcels(unit: Unit) -> list[str]:
    drawn = (
        select(movement_leg.c.parcel, func.sum(movement_leg.c.amount).label("amount"))
        .where(movement_leg.c.parcel.is_not(None))
        .group_by(movement_leg.c.parcel)
        .subquery()
    )
    drifted = (
        select(parcel.c.id)
        .outerjoin(drawn, drawn.c.parcel == parcel.c.id)
        .where(parcel.c.rest != func.coalesce(drawn.c.amount, 0))
    )
    in_parcels = (
        select(parcel.c.person_id, parcel.c.kind, func.sum(parcel.c.rest).label("rest"))
        .group_by(parcel.c.person_id, parcel.c.kind)
        .subquery()
    )
    same = and_(in_parcels.c.person_id == purse.c.person_id, in_parcels.c.kind == purse.c.kind)
    apart = (
        select(purse.c.person_id, purse.c.kind)
        .outerjoin(in_parcels, same)
        .where(purse.c.available + purse.c.pending != func.coalesce(in_parcels.c.rest, 0))
    )
    return [
        *(f"parcel {row['id']} is not its legs" for row in unit.rows(drifted)),
        *(f"the {row['kind']} of {row['person_id']} are not in their parcels"
          for row in unit.rows(apart)),
    ]  # fmt: skip


def _empty(person_id: str, kind: str) -> Row:
    return {"person_id": person_id, "kind": kind, "available": 0, "pending": 0, "debt": 0}


def _chunks(every: Sequence[object], size: int) -> list[list[object]]:
    return [list(every[start : start + size]) for start in range(0, len(every), size)]
