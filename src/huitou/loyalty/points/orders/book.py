"""What orders earn, and lose again as goods come back: each order has one tally for each kind.

    seen      orders as the files tell them: new ones earn, changed ones are set right
    refund    the till says that something of an order came back

Whatever is told, in whatever order and however often, an order ends with what its tally says it
should have: `want` in proportion to what was kept of it, rounded down; of what it burnt, what came
back, rounded down. A return told by the till and later seen in a file is one return: the larger of
the two counts. Points that were spent meanwhile are owed (`clawback`); those that had ended unspent
are forgiven.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint
from huitou.identity.book import Names, names
from huitou.loyalty.points import legs
from huitou.loyalty.points.book import (
    in_turn,
    spendable,
    still_lives,
    taken_from,
)
from huitou.loyalty.points.legs import Leg, Movement, Parcel
from huitou.loyalty.points.posting.book import MANY, lock_many, mark, post
from huitou.loyalty.points.tables import (
    movement,
    movement_leg,
    order_refund,
    order_tally,
    parcel,
)
from huitou.store.books import Row, Unit

MILLION = 1_000_000
BY_THE_TILL = -1
"""Rate of an order for which the till named what it earns: another total earns in proportion."""
READABLE = 150
"""Letters of an order's name up to which the key of what it earned shows it."""


@dataclass(frozen=True)
class Seen:
    """An order as the files tell it today; `total` and `back` in minor units of money."""

    order_key: str
    person_id: str
    kind: str
    total: int
    back: int
    rate: int
    """Earned by a million minor units; 0 where the order earns `want` whatever it costs."""
    want: int
    at: datetime
    clears_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Refunded:
    """What a return changed, by kind."""

    new: bool
    taken: Mapping[str, int] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Standing:
    """A tally on its way to what it should be."""

    row: dict[str, Any]
    told: int
    """Came back, by the word of the till."""

    @property
    def back(self) -> int:
        """What counts as having come back."""
        return min(int(self.row["total"]), max(self.told, int(self.row["seen_back"])))

    @property
    def kept(self) -> int:
        """What the order should have earned by what was kept of it."""
        return kept(self.row["want"], self.row["total"], self.back, gone=self.told > 0)

    @property
    def owed_back(self) -> int:
        """What should have been given back of what it burnt."""
        whole, burnt = int(self.row["total"]), int(self.row["burnt"])
        return burnt * self.back // whole if whole else (burnt if self.told else 0)

    @property
    def has(self) -> int:
        """What it has earned so far, less what was taken back."""
        return int(self.row["earned"]) - int(self.row["taken"])


def kept(want: int, total: int, back: int, *, gone: bool = False) -> int:
    """What an order earns when `back` of `total` came back: in proportion, rounded down.

    Of an order whose total nobody told, any return (`gone`) is the whole.
    """
    if total:
        return want * (total - back) // total
    return 0 if gone else want


def settled(row: Row) -> bool:
    """Whether an order has what its tally says: not where it burnt more after a part came back."""
    whole, back = row["total"], row["back"]
    if not whole:
        return True
    owed_back = row["burnt"] * back // whole
    has = row["earned"] - row["taken"]
    return bool(row["given"] >= owed_back and has == kept(row["want"], whole, back))


def refund(
    unit: Unit, order_key: str, back: int, key: str, now: datetime, *, by: str = ""
) -> Refunded:
    """Something of an order came back, worth `back` minor units of money; once for `key`.

    Takes back what it earned and gives back what it burnt, in proportion. An order that has not
    earned yet is told all the same: it will earn less.
    """
    if type(back) is not int or back <= 0:
        raise Refused(f"{back!r} is not an amount that came back: whole, and above zero")
    told = {"key": key, "order_key": order_key, "back": back, "by": by, "at": now}
    if not unit.add_new(order_refund, told):
        before = unit.first(select(order_refund).where(order_refund.c.key == key)) or {}
        if (before.get("order_key"), before.get("back")) != (order_key, back):
            raise Refused(f"{key!r} was already used for something else")
        return Refunded(new=False)
    taken: dict[str, int] = {}
    given: dict[str, int] = {}
    mine = select(order_tally).where(order_tally.c.order_key == order_key)
    for row in unit.rows(mine.order_by(order_tally.c.kind)):
        standing = _held(unit, row, now)
        before_taken, before_given = standing.row["taken"], standing.row["given"]
        _settle(unit, standing, now, None, by)
        taken[row["kind"]] = standing.row["taken"] - before_taken
        given[row["kind"]] = standing.row["given"] - before_given
    return Refunded(new=True, taken=taken, given=given)


def seen(unit: Unit, orders: Iterable[Seen], now: datetime) -> Mapping[str, int]:
    """Orders as the files tell them: new ones earn, those that changed are set right.

    The same again changes nothing. How many earned for the first time, and how many were changed.
    """
    known = names(unit)
    new = changed = 0
    every = list(orders)
    for start in range(0, len(every), MANY):
        some = every[start : start + MANY]
        before = _tallies(unit, some)
        fresh = [each for each in some if (each.order_key, each.kind) not in before]
        new += _earn_first(unit, fresh, now)
        for each in some:
            row = before.get((each.order_key, each.kind))
            if row is not None and _differs(row, each, known):
                _set_right(unit, row, each, known, now)
                changed += 1
    return {"new": new, "changed": changed}


def tallied(unit: Unit, kind: str) -> list[Row]:
    """Every order that earned or burnt something of this kind."""
    return unit.rows(select(order_tally).where(order_tally.c.kind == kind))


def told(unit: Unit) -> dict[str, str | None]:
    """Orders of which the till told: key -> whose they are, None where only a return was told."""
    back: dict[str, str | None] = {
        row["order_key"]: None for row in unit.rows(select(order_refund.c.order_key).distinct())
    }
    named = select(order_tally.c.order_key, order_tally.c.person_id).where(
        order_tally.c.rate.is_(None) | (order_tally.c.rate == BY_THE_TILL)
    )
    return back | {row["order_key"]: row["person_id"] for row in unit.rows(named)}


def check(unit: Unit) -> list[str]:
    """Where an order's tally is not what its movements say; nothing where all is well."""
    sums: Counter[tuple[str, str, str]] = Counter()
    legs_of = (
        select(
            movement.c.order_key, movement.c.kind, movement_leg.c.account,
            func.sum(movement_leg.c.amount).label("amount"),
        )
        .join(movement_leg, movement_leg.c.movement_key == movement.c.key)
        .where(movement.c.order_key.is_not(None))
        .where(movement_leg.c.account.in_(("issued", "sold", "burnt")))
        .group_by(movement.c.order_key, movement.c.kind, movement_leg.c.account)
    )  # fmt: skip
    for row in unit.rows(legs_of):
        account = "burnt" if row["account"] == "burnt" else "issued"
        sums[row["order_key"], row["kind"], account] += int(row["amount"])
    wrong = []
    for row in unit.rows(select(order_tally)):
        who = (row["order_key"], row["kind"])
        net = row["earned"] - row["taken"] + row["forgiven"]
        if sums[*who, "issued"] != -net or sums[*who, "burnt"] != row["burnt"] - row["given"]:
            wrong.append(f"the {row['kind']} of order {row['order_key']} are not its movements")
    return wrong


# -- new orders, many at a time


def _earn_first(unit: Unit, fresh: Sequence[Seen], now: datetime) -> int:
    told = _told(unit, [each.order_key for each in fresh])
    purses = lock_many(unit, {(each.person_id, each.kind) for each in fresh})
    debts = {who: row["debt"] for who, row in purses.items()}
    movements, rows, earning = [], [], 0
    for each in fresh:
        back = min(each.total, max(each.back, told.get(each.order_key, 0)))
        amount = kept(each.want, each.total, back)
        rows.append(_first_tally(each, back, amount, now))
        if amount:
            who = (each.person_id, each.kind)
            made = _earned(each, amount, debts[who], now)
            movements.append(made)
            debts[who] -= sum(leg.amount for leg in made.legs if leg.account == "clawback")
            earning += 1
    post(unit, movements)
    unit.add(order_tally, rows)
    return earning


def _first_tally(each: Seen, back: int, earned: int, now: datetime) -> Row:
    return {
        "order_key": each.order_key, "kind": each.kind, "person_id": each.person_id,
        "total": each.total, "rate": each.rate, "want": each.want, "seen_back": each.back,
        "back": back, "earned": earned, "taken": 0, "forgiven": 0, "burnt": 0, "given": 0,
        "at": now,
    }  # fmt: skip


def _earned(each: Seen, amount: int, debt: int, now: datetime, nth: int = 0) -> Movement:
    name = each.order_key
    short = name if len(name) <= READABLE else fingerprint(name)[:40]
    key = f"order:{each.kind}:{short}" + (f":{nth}" if nth else "")
    coming = Parcel(
        key, each.person_id, each.kind, "order", amount, each.at,
        cleared=each.clears_at is None or each.clears_at <= now,
        clears_at=each.clears_at, expires_at=each.expires_at, order_key=name,
    )  # fmt: skip
    return Movement(
        key, "earn", each.kind, each.person_id, legs.come(coming, "issued", debt), now,
        mark("earn", each.kind, amount, name), order_key=name, fresh=(coming,),
    )  # fmt: skip


# -- one order that changed


def _differs(row: Row, each: Seen, known: Names) -> bool:
    same = known.now(row["person_id"]) == known.now(each.person_id)
    untold = row["rate"] is None or not settled(row)
    return untold or not same or (row["total"], row["seen_back"]) != (each.total, each.back)


def _set_right(unit: Unit, row: Row, each: Seen, known: Names, now: datetime) -> None:
    standing = _held(unit, row, now, also=each.person_id)
    mine = standing.row
    if known.now(mine["person_id"]) != known.now(each.person_id):
        _take(unit, standing, standing.has, now, "")
        mine["person_id"] = each.person_id
    if mine["rate"] is None:
        mine["rate"] = BY_THE_TILL if mine["earned"] else each.rate
    if mine["rate"] != BY_THE_TILL:
        mine["want"] = each.total * mine["rate"] // MILLION if mine["rate"] else each.want
    elif mine["total"] and each.total:
        mine["want"] = mine["want"] * each.total // mine["total"]
    mine["total"], mine["seen_back"] = each.total, each.back
    _settle(unit, standing, now, each, "")


def _held(unit: Unit, row: Row, now: datetime, also: str | None = None) -> Standing:
    """A tally with the purses of all it concerns locked, read again once they are."""
    asked = {row["person_id"], *([also] if also else [])}
    ids = names(unit, asked).every(asked) | asked | _spenders(unit, row)
    lock_many(unit, {(one, row["kind"]) for one in ids})
    mine = (order_tally.c.order_key == row["order_key"]) & (order_tally.c.kind == row["kind"])
    again = unit.first(select(order_tally).where(mine)) or row
    return Standing(dict(again), _told(unit, [row["order_key"]]).get(row["order_key"], 0))


def _settle(unit: Unit, standing: Standing, now: datetime, each: Seen | None, by: str) -> None:
    """Bring an order to what it should be: give back first, so that what is owed can be paid."""
    mine = standing.row
    if standing.owed_back > mine["given"]:
        _give(unit, standing, standing.owed_back - mine["given"], now, by)
    more = standing.kept - standing.has
    if more < 0:
        _take(unit, standing, -more, now, by)
    elif more > 0 and each is not None:
        whose = Seen(**{**vars(each), "person_id": mine["person_id"]})
        debt = lock_many(unit, {(whose.person_id, whose.kind)})[whose.person_id, whose.kind]["debt"]
        post(unit, [_earned(whose, more, debt, now, nth=mine["earned"] + mine["taken"] + 1)])
        mine["earned"] += more
    mine["back"], mine["at"] = standing.back, now
    which = (order_tally.c.order_key == mine["order_key"]) & (order_tally.c.kind == mine["kind"])
    unit.change(update(order_tally).where(which).values(**mine))


def _take(unit: Unit, standing: Standing, amount: int, now: datetime, by: str) -> None:
    """Take back: of what the order brought, then of what else there is; the rest is owed."""
    mine = standing.row
    if amount <= 0:
        return
    own = _own_parcels(unit, mine)
    parts = taken_from(own, amount)
    missing = amount - sum(part[-1] for part in parts)
    forgiven = min(missing, sum(row["lapsed"] for row in own) - mine["forgiven"])
    missing -= forgiven
    theirs = {row["id"] for row in own}
    others = [row for row in _others(unit, mine, now) if row["id"] not in theirs]
    more = taken_from(others, missing)
    parts += more
    missing -= sum(part[-1] for part in more)
    gone = list(legs.leave(parts, "issued"))
    if missing:
        gone += [Leg("clawback", -missing, mine["person_id"]), Leg("issued", missing)]
    if gone:
        post(unit, [_undoing("take_back", mine, amount, tuple(gone), now, by)])
    mine["taken"] += amount
    mine["forgiven"] += forgiven


def _give(unit: Unit, standing: Standing, amount: int, now: datetime, by: str) -> None:
    """Give back what was burnt, in the order in which it was, and pay what is owed out of it."""
    mine = standing.row
    before, left = int(mine["given"]), amount
    fresh: list[Parcel] = []
    moved: list[Leg] = []
    debts: dict[str, int] = {}
    name = fingerprint(mine["order_key"], mine["kind"], str(before))[:40]
    for row in _spent(unit, mine):
        skipped = min(before, row["amount"])
        before -= skipped
        part = min(left, row["amount"] - skipped)
        if part <= 0:
            continue
        left -= part
        person = row["person_id"]
        back = Parcel(
            f"back:{mine['kind']}:{name}#{len(fresh)}", person, mine["kind"], "back", part,
            row["earned_at"], expires_at=still_lives(row, row["burnt_at"], now),
            order_key=mine["order_key"],
        )  # fmt: skip
        fresh.append(back)
        if person not in debts:
            held = lock_many(unit, {(person, mine["kind"])})
            debts[person] = held[person, mine["kind"]]["debt"]
        paid = min(debts[person], part)
        debts[person] -= paid
        moved += [Leg("available", part, person, back.id), *legs.pay(back.id, person, paid)]
    moved.append(Leg("burnt", -amount))
    done = _undoing("give_back", mine, amount, tuple(moved), now, by, fresh=tuple(fresh))
    post(unit, [done])
    mine["given"] += amount


def _undoing(
    verb: str,
    mine: Mapping[str, Any],
    amount: int,
    moved: tuple[Leg, ...],
    now: datetime,
    by: str,
    fresh: tuple[Parcel, ...] = (),
) -> Movement:
    # What was earned, taken and given only grows: together they name each step of an order once.
    so_far = [str(mine[name]) for name in ("earned", "taken", "given")]
    key = f"{verb}:{mine['kind']}:{fingerprint(mine['order_key'], *so_far)[:40]}"
    return Movement(
        key, verb, mine["kind"], mine["person_id"], moved, now,
        mark(verb, mine["kind"], amount, mine["order_key"], *so_far),
        order_key=mine["order_key"], by=by, fresh=fresh,
    )  # fmt: skip


# -- what is read


def _tallies(unit: Unit, orders: Sequence[Seen]) -> dict[tuple[str, str], Row]:
    keys = {each.order_key for each in orders}
    rows = unit.rows(select(order_tally).where(order_tally.c.order_key.in_(keys)))
    return {(row["order_key"], row["kind"]): row for row in rows}


def _told(unit: Unit, order_keys: Sequence[str]) -> dict[str, int]:
    """Order -> what the till said came back of it."""
    whole = func.sum(order_refund.c.back).label("back")
    sums = select(order_refund.c.order_key, whole).group_by(order_refund.c.order_key)
    rows = unit.rows(sums.where(order_refund.c.order_key.in_(set(order_keys))))
    return {row["order_key"]: int(row["back"]) for row in rows}


def _own_parcels(unit: Unit, mine: Mapping[str, Any]) -> list[Row]:
    """What an order brought, for whoever it was: what waits first, for it was never theirs."""
    own = select(parcel).where(
        parcel.c.order_key == mine["order_key"],
        parcel.c.kind == mine["kind"],
        parcel.c.source.in_(("order", "hand")),
    )
    return sorted(unit.rows(own), key=lambda row: (row["cleared"], in_turn(row)))


def _others(unit: Unit, mine: Mapping[str, Any], now: datetime) -> list[Row]:
    person = mine["person_id"]
    ids = names(unit, [person]).every([person]) | {person}
    return spendable(unit, [{"person_id": one} for one in ids], mine["kind"], now)


def _spent(unit: Unit, mine: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an order burnt, leg by leg: person, amount, when, and the parcel's own time."""
    burns = (
        select(
            movement_leg.c.person_id, movement_leg.c.amount, movement.c.at.label("burnt_at"),
            parcel.c.earned_at, parcel.c.expires_at,
        )
        .join(movement, movement.c.key == movement_leg.c.movement_key)
        .join(parcel, parcel.c.id == movement_leg.c.parcel)
        .where(movement.c.order_key == mine["order_key"], movement.c.kind == mine["kind"])
        .where(movement.c.verb == "burn", movement_leg.c.account == "available")
        .order_by(movement.c.at, movement.c.key, movement_leg.c.leg)
    )  # fmt: skip
    return [{**row, "amount": -row["amount"]} for row in unit.rows(burns)]


def _spenders(unit: Unit, row: Row) -> set[str]:
    return {each["person_id"] for each in _spent(unit, row)}
