"""Making, ending and using offers: the only place that writes exposure and the ledger.

The bound is kept by the statement that reserves: one conditional UPDATE per promise, in the unit of
the decision that makes it. Reading first and writing afterwards would let two writers both fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from huitou.ground.errors import Refused
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import fingerprint, new_id
from huitou.identity.book import names
from huitou.identity.tables import person_alias
from huitou.loyalty import ledger
from huitou.loyalty.ledger import Leg
from huitou.loyalty.tables import entry, exposure, offer, posting
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

WHOLE = 0.999
"""An offer takes a share off one order, up to an amount: with this share it is the amount that
counts, and an order is never paid for whole."""
CODE_LETTERS = 10
"""Of 32 each: 50 bits. Nobody guesses one, and ten million hardly ever clash."""


@dataclass(frozen=True)
class Terms:
    """What is offered: a share of the price, until a moment; `amount` is its worst cost."""

    depth: float
    amount: int
    ends_at: datetime
    least: int = 0
    """The smallest order it counts on, minor units."""
    served: bool = False
    """Whether the shop serves better instead of taking something off: `amount` is what it costs."""


def promise(unit: Unit, person_id: str, amount: int, bound: int, key: str, now: datetime) -> bool:
    """Reserve `amount` for a person, or raise `Refused` when it would pass `bound`.

    `bound` limits everything the person holds under any of their ids, this amount included (minor
    units). The same key with the same content again does nothing and answers False; with other
    content it is an error.
    """
    holder = names(unit, [person_id]).now(person_id)
    legs = ledger.promise(holder, amount)
    if _told_before(unit, key, "promise", legs, ledger.promise(person_id, amount)):
        return False
    _reserve(unit, holder, amount, bound)
    failpoint("promise.reserved")
    _post(unit, key, "promise", legs, now)
    return True


def make_offer(
    unit: Unit, offer_id: str, person_id: str, terms: Terms, bound: int, now: datetime
) -> Row:
    """Promise an offer with a single-use code, once for `offer_id`; the offer's row.

    Raises `Refused` when what the person holds and this offer's worst cost pass `bound`.
    """
    if promise(unit, person_id, terms.amount, bound, f"promise:{offer_id}", now):
        holder = names(unit, [person_id]).now(person_id)
        unit.add(offer, [_offer_row(offer_id, holder, terms, now)])
        body = {"person_id": holder, "offer_id": offer_id, "amount": terms.amount}
        tell(unit, [Event("promise.made", f"promise:{offer_id}", now, body)])
    row = offered(unit, offer_id)
    if row is None:
        raise Refused(f"the promise {offer_id!r} was made, but not as an offer")
    return row


def offered(unit: Unit, offer_id: str) -> Row | None:
    """An offer by its id: person, amount, depth, code, state, and when it ends."""
    return unit.first(select(offer).where(offer.c.id == offer_id))


def by_code(unit: Unit, code: str) -> Row:
    """An offer by its code. Raises `Refused` for a code that was never given."""
    row = unit.first(select(offer).where(offer.c.code == code))
    if row is None:
        raise Refused(f"there is no offer with the code {code!r}")
    return row


def open_to(unit: Unit, person_id: str, now: datetime) -> list[Row]:
    """The offers a person may use now, under whatever id they were made, the first to end first."""
    theirs = offer.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    live = select(offer).where(theirs, offer.c.state == "open", offer.c.ends_at > now)
    return unit.rows(live.order_by(offer.c.ends_at, offer.c.id))


def settle(
    unit: Unit, code: str, order_id: str, given: int, now: datetime, *, order_total: int
) -> Row:
    """Use an offer once, by its code, for an order; `given` is what it took off the price.

    Raises `Refused` for an unknown, ended or used code, and for more than was promised or than
    the order's total. The same order again changes nothing.
    """
    row = by_code(unit, code)
    if _used_so(row, order_id, given):
        return row
    if row["ends_at"] <= now:
        raise Refused(f"the offer {code} ended on {row['ends_at']:%Y-%m-%d}")
    if order_total < (row["least"] or 0):
        raise Refused(f"the offer {code} counts on an order of {row['least']} or more")
    if not 0 <= given <= (row["amount"] if row["served"] else min(row["amount"], order_total)):
        raise Refused(f"{given} is more than the offer {code} or the order allows")
    try:
        _close(unit, row, "settled", now, given=given, order_id=order_id)
    except Refused:
        # The same order may have been told by another till a moment ago.
        row = by_code(unit, code)
        if _used_so(row, order_id, given):
            return row
        raise
    legs = ledger.settle(row["person_id"], row["amount"], given)
    _return(unit, row, f"settle:{row['id']}", "settle", legs, now)
    return offered(unit, row["id"]) or row


def _used_so(row: Row, order_id: str, given: int) -> bool:
    return bool(row["state"] == "settled" and row["order_id"] == order_id and row["given"] == given)


def served(offer_id: ColumnElement[str]) -> ColumnElement[int]:
    """What a better service cost that was taken with an offer, 0 where none was; for a query."""
    taken = (offer.c.id == offer_id) & (offer.c.state == "settled") & offer.c.served
    given = select(offer.c.given).where(taken).scalar_subquery()
    return func.coalesce(given, 0)


def release(unit: Unit, offer_id: str, now: datetime) -> None:
    """Take an offer back, because its letter never left; one that is not open stays as it ended."""
    row = offered(unit, offer_id)
    if row is not None and row["state"] == "open":
        _end(unit, row, "released", "release", now)


def expire(unit: Unit, now: datetime, *, limit: int = 1_000) -> int:
    """End the offers whose time is over, at most `limit` in one unit; how many there were."""
    over = select(offer).where(offer.c.state == "open", offer.c.ends_at <= now)
    rows = unit.rows(over.order_by(offer.c.ends_at, offer.c.id).limit(limit))
    for row in rows:
        _end(unit, row, "expired", "expire", now)
    return len(rows)


def held(unit: Unit, people: Iterable[str] | None = None) -> dict[str, int]:
    """What each person holds of us, in minor units, under each of their ids; nobody with zero."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(exposure.c.person_id, exposure.c.amount).where(exposure.c.amount > 0)
    if among is not None:
        query = query.where(exposure.c.person_id.in_(known.every(among)))
    owed: Counter[str] = Counter()
    for row in unit.rows(query):
        owed[known.now(row["person_id"])] += row["amount"]
    return known.spread(owed)


def check(unit: Unit) -> list[str]:
    """What is wrong with the ledger, in words; nothing where all is well (TRUST I-1, I-2)."""
    total = func.sum(entry.c.amount)
    uneven = select(entry.c.posting_key).group_by(entry.c.posting_key).having(total != 0)
    owed = (
        select(entry.c.person_id, total.label("owed"))
        .where(entry.c.account == "owed")
        .group_by(entry.c.person_id)
        .subquery()
    )
    drifted = (
        select(exposure.c.person_id)
        .outerjoin(owed, owed.c.person_id == exposure.c.person_id)
        .where(exposure.c.amount != func.coalesce(owed.c.owed, 0))
    )
    return [
        *(f"posting {row['posting_key']} does not sum to zero" for row in unit.rows(uneven)),
        *(f"exposure of {row['person_id']} is not its entries" for row in unit.rows(drifted)),
    ]


def _reserve(unit: Unit, person_id: str, amount: int, bound: int) -> None:
    unit.add_new(exposure, {"person_id": person_id, "amount": 0})
    # Ids that were given up take no new promises: what they hold only ever gets less.
    other, theirs = exposure.alias(), select(person_alias.c.person_id)
    held_besides = select(func.coalesce(func.sum(other.c.amount), 0)).where(
        other.c.person_id.in_(theirs.where(person_alias.c.survivor == person_id))
    )
    together = exposure.c.amount + held_besides.scalar_subquery() + amount
    fits = update(exposure).where(exposure.c.person_id == person_id, together <= bound)
    if unit.change(fits.values(amount=exposure.c.amount + amount)) != 1:
        raise Refused(
            f"{amount} more for {person_id} would pass the bound of {bound}",
            to_try="a smaller offer, or wait until an earlier one ends",
        )


def _end(unit: Unit, row: Row, state: str, kind: str, now: datetime) -> None:
    _close(unit, row, state, now)
    legs = ledger.release(row["person_id"], row["amount"])
    _return(unit, row, f"{kind}:{row['id']}", kind, legs, now)


def _close(
    unit: Unit,
    row: Row,
    state: str,
    now: datetime,
    *,
    given: int | None = None,
    order_id: str | None = None,
) -> None:
    closing = update(offer).where(offer.c.id == row["id"], offer.c.state == "open")
    values = {"state": state, "closed_at": now, "given": given, "order_id": order_id}
    if unit.change(closing.values(**values)) != 1:
        raise Refused(f"the offer {row['code']} is not open any more")


def _return(
    unit: Unit, row: Row, key: str, kind: str, legs: tuple[Leg, ...], now: datetime
) -> None:
    freed = update(exposure).where(exposure.c.person_id == row["person_id"])
    unit.change(freed.values(amount=exposure.c.amount - row["amount"]))
    failpoint("promise.returned")
    _post(unit, key, kind, legs, now)
    body = {"person_id": row["person_id"], "offer_id": row["id"], "amount": row["amount"]}
    tell(unit, [Event(f"promise.{kind}", key, now, body)])


def _post(unit: Unit, key: str, kind: str, legs: tuple[Leg, ...], now: datetime) -> None:
    if not ledger.balanced(legs):
        raise ValueError(f"{key}: {legs} is not a balanced movement")
    unit.add(
        entry,
        [{"posting_key": key, "leg": leg, **vars(values)} for leg, values in enumerate(legs)],
    )
    # The posting seals its legs: a trigger lets it in only when they sum to zero.
    sealed = {"key": key, "kind": kind, "fingerprint": _mark(kind, legs), "at": now}
    unit.add(posting, [sealed])


def _told_before(unit: Unit, key: str, kind: str, *same: tuple[Leg, ...]) -> bool:
    before = unit.value(select(posting.c.fingerprint).where(posting.c.key == key))
    if before is not None and before not in [_mark(kind, legs) for legs in same]:
        raise Refused(f"{key!r} was already used for something else")
    return before is not None


def _mark(kind: str, legs: tuple[Leg, ...]) -> str:
    return fingerprint(kind, *(f"{leg.account}|{leg.person_id}|{leg.amount}" for leg in legs))


def _offer_row(offer_id: str, person_id: str, terms: Terms, now: datetime) -> Row:
    return {
        "id": offer_id,
        "person_id": person_id,
        "amount": terms.amount,
        "depth": terms.depth,
        "code": new_id()[-CODE_LETTERS:].upper(),
        "made_at": now,
        "ends_at": terms.ends_at,
        "least": terms.least or None,
        "served": terms.served or None,
        "state": "open",
    }
