"""Making, ending and using offers: the only place that writes exposure and the ledger.

The bound is kept by the statement that reserves: one conditional UPDATE per promise, in the unit of
the decision that makes it. Reading first and writing afterwards would let two writers both fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update

from huitou.ground.errors import Refused
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.words import Sentence, said
from huitou.identity.book import names
from huitou.identity.tables import person_alias
from huitou.loyalty import ledger
from huitou.loyalty.codes import SHORTEST
from huitou.loyalty.ledger import Leg
from huitou.loyalty.letting_go import book as letting_go
from huitou.loyalty.offers import BOUGHT, RETURN, USUAL, Returns
from huitou.loyalty.tables import entry, exposure, offer, posting, redemption, reversal
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

WHOLE = 0.999
"""An offer takes a share off one order, up to an amount: with this share it is the amount that
counts, and an order is never paid for whole."""


class Resting(Refused):
    """They had a return offer not long ago: another would teach them to go away for it."""


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
    kind: str | None = None
    """`return`: for one lapsed customer, who is in `stage` now, and dead when they buy first."""
    stage: str | None = None
    returns: Returns = USUAL
    """How soon somebody may be won back again, and for how much; read for return offers."""
    amends: bool = False
    """Whether it makes something good: that is owed, also to who gets no offers."""


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

    A second return offer is worth less than the first, see `Returns`: the row says how much.
    Raises `Refused` when what the person holds and this offer's worst cost pass `bound`, or where
    they were let go, and `Resting` where they had a return offer within the cool-down.
    """
    if not terms.amends and offered(unit, offer_id) is None:
        letting_go.refused_to(unit, person_id, now.date())
    if terms.kind == RETURN:
        terms = _as_a_later_one(unit, offer_id, person_id, terms, now)
    if promise(unit, person_id, terms.amount, bound, f"promise:{offer_id}", now):
        holder = names(unit, [person_id]).now(person_id)
        unit.add(offer, [_offer_row(offer_id, holder, terms, bound, now)])
        body = {"person_id": holder, "offer_id": offer_id, "amount": terms.amount}
        tell(unit, [Event("promise.made", f"promise:{offer_id}", now, body)])
    row = offered(unit, offer_id)
    if row is None:
        raise Refused(f"the promise {offer_id!r} was made, but not as an offer")
    return row


def _as_a_later_one(
    unit: Unit, offer_id: str, person_id: str, terms: Terms, now: datetime
) -> Terms:
    """The same terms, or smaller ones where they were offered to come back before."""
    if (made := offered(unit, offer_id)) is not None:
        return replace(terms, amount=min(terms.amount, made["amount"]))
    # Whoever makes another for the same person waits here, and then sees this one.
    known = names(unit, [person_id])
    unit.add_new(exposure, {"person_id": known.now(person_id), "amount": 0})
    mine = update(exposure).where(exposure.c.person_id == known.now(person_id))
    unit.change(mine.values(amount=exposure.c.amount))
    before = unit.first(
        select(offer.c.made_at, offer.c.amount)
        .where(
            offer.c.person_id.in_(known.every([person_id])),
            offer.c.kind == RETURN,
            _reached_them,
        )
        .order_by(offer.c.made_at.desc(), offer.c.id)
        .limit(1)
    )
    if before is None:
        return terms
    if before["made_at"] > now - terms.returns.rest:
        raise Resting(
            said("They had a return offer on {day}.", day=before["made_at"].date()),
            to_try=f"no other before {before['made_at'] + terms.returns.rest:%Y-%m-%d}",
        )
    most = min(terms.amount, terms.returns.at_most(before["amount"]))
    if most < 1:
        raise Resting(said("Nothing is left to offer them after what they were offered before."))
    return replace(terms, amount=most)


def resting(unit: Unit, returns: Returns, on: date) -> set[str]:
    """Who gets no return offer on a day, under each of their ids: they had one of late."""
    latest = func.max(offer.c.made_at)
    query = select(offer.c.person_id, latest.label("made_at"))
    query = query.where(offer.c.kind == RETURN, _reached_them).group_by(offer.c.person_id)
    since = datetime(on.year, on.month, on.day, tzinfo=UTC) - returns.rest
    rows = unit.rows(query.having(latest > since))
    people = [row["person_id"] for row in rows]
    return names(unit, people).every(people) if people else set()


_reached_them = or_(offer.c.state != "released", offer.c.why == BOUGHT)
"""Whose letter never left was offered nothing."""


def offered(unit: Unit, offer_id: str) -> Row | None:
    """An offer by its id: person, amount, depth, code, state, and when it ends."""
    return unit.first(select(offer).where(offer.c.id == offer_id))


def by_code(unit: Unit, code: str) -> Row:
    """An offer by its code. Raises `Refused` for a code that was never given."""
    row = unit.first(select(offer).where(offer.c.code == code))
    if row is None:
        raise Refused(said("There is no offer with the code {code}.", code=code))
    return row


def open_to(unit: Unit, person_id: str, now: datetime) -> list[Row]:
    """The offers a person may use now, under whatever id they were made, the first to end first."""
    theirs = offer.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    live = select(offer).where(theirs, offer.c.state == "open", offer.c.ends_at > now)
    return unit.rows(live.order_by(offer.c.ends_at, offer.c.id))


@dataclass(frozen=True)
class Use:
    """An order an offer is used for. Amounts are minor units."""

    order_id: str
    total: int
    """Before the offer."""
    given: int
    """What the offer costs the shop."""
    by: str = ""
    """Who tells it: a till, a checkout, a clerk."""

    @property
    def mark(self) -> str:
        """The same for the same order with the same total and the same gift."""
        return fingerprint("redeem", self.order_id, str(self.total), str(self.given))


def settle(
    unit: Unit,
    code: str,
    order_id: str,
    given: int,
    now: datetime,
    *,
    order_total: int,
    by: str = "",
) -> Row:
    """Use an offer once, by its code, for an order; `given` is what it took off the price.

    Raises `Refused` for an unknown, ended or used code, for more than was promised or than the
    order's total, and for an order that another offer was used for. The same order told again
    changes nothing; told again with another total it is refused.
    """
    row, use = by_code(unit, code), Use(order_id, order_total, given, by)
    if (before := redeemed(unit, row["id"], order_id)) is not None:
        return _the_same(unit, code, before, use)
    _allowed(unit, row, use, now)
    number = (row["uses"] or 0) + 1
    try:
        _close(unit, row, "settled", now, given=given, order_id=order_id, uses=number)
    except Refused:
        # The same order may have been told by another till a moment ago.
        if (before := redeemed(unit, row["id"], order_id)) is not None:
            return _the_same(unit, code, before, use)
        raise
    _write_down(unit, row, use, number, now)
    legs = ledger.settle(row["person_id"], row["amount"], given)
    _return(unit, row, _settling(row["id"], number), "settle", legs, now)
    return offered(unit, row["id"]) or row


def redeemed(unit: Unit, offer_id: str, order_id: str) -> Row | None:
    """The one use of an offer for an order, reversed or not."""
    mine = (redemption.c.offer_id == offer_id) & (redemption.c.order_id == order_id)
    return unit.first(select(redemption).where(mine))


def _the_same(unit: Unit, code: str, before: Row, use: Use) -> Row:
    if before["reversed_at"] is not None:
        raise Refused(
            said("The order {order} was cancelled.", order=use.order_id),
            to_try="the same code with a new order",
        )
    if before["fingerprint"] != use.mark:
        raise Refused(
            said("The order {order} was told before with another total.", order=use.order_id),
            to_try="reverse it first, then use the code for a new order",
        )
    # Read anew: another till may have closed it since.
    return by_code(unit, code)


def _allowed(unit: Unit, row: Row, use: Use, now: datetime) -> None:
    if row["state"] == "open" and row["ends_at"] <= now:
        raise Refused(
            said("The offer {code} ended on {day}.", code=row["code"], day=row["ends_at"].date())
        )
    if use.total < (row["least"] or 0):
        raise Refused(said("It counts on a larger order only."))
    most = row["amount"] if row["served"] else min(row["amount"], use.total)
    if not 0 <= use.given <= most:
        raise Refused(
            said("That is more than the offer {code} or the order allows.", code=row["code"])
        )
    mine = (redemption.c.order_id == use.order_id) & redemption.c.reversed_at.is_(None)
    # The same offer: another till told this order a moment ago, which closing it will find.
    if unit.value(select(redemption.c.offer_id).where(mine)) not in (None, row["id"]):
        raise Refused(_one_an_order(use))


def _one_an_order(use: Use) -> Sentence:
    return said("Another offer was used for the order {order} already.", order=use.order_id)


def _write_down(unit: Unit, row: Row, use: Use, number: int, now: datetime) -> None:
    off = 0 if row["served"] else use.given
    told = {
        "offer_id": row["id"],
        "use": number,
        "order_id": use.order_id,
        "total": use.total,
        "given": use.given,
        "off": off,
        "payable": use.total - off,
        "person_id": row["person_id"],
        "fingerprint": use.mark,
        "by": use.by,
        "at": now,
    }
    if not unit.add_new(redemption, told):
        raise Refused(_one_an_order(use))


def _settling(offer_id: str, number: int) -> str:
    """The key of a use's posting; the first one's as it always was."""
    return f"settle:{offer_id}" if number == 1 else f"settle:{offer_id}:{number}"


def reverse(unit: Unit, code: str, order_id: str, now: datetime, *, by: str = "") -> Row:
    """An order was cancelled: what its offer gave is put back by a posting that names the first.

    The offer is open again where its time is not over and the promise still fits what the person
    may hold; else it stays ended. The same again changes nothing. Raises `Refused` where the code
    was not used for this order.
    """
    row = by_code(unit, code)
    before = redeemed(unit, row["id"], order_id)
    if before is None:
        raise Refused(
            said("The code {code} was not used for the order {order}.", code=code, order=order_id)
        )
    mine = update(redemption).where(
        redemption.c.offer_id == row["id"],
        redemption.c.use == before["use"],
        redemption.c.reversed_at.is_(None),
    )
    if unit.change(mine.values(reversed_at=now, reversed_by=by)) != 1:
        return by_code(unit, code)
    holder = names(unit, [row["person_id"]]).now(row["person_id"])
    state = _state_again(unit, row, holder, now)
    closed = None if state == "open" else now
    back = {"state": state, "given": None, "order_id": None, "closed_at": closed}
    used = update(offer).where(offer.c.id == row["id"], offer.c.state == "settled")
    if unit.change(used.values(**back, person_id=holder)) != 1:
        raise Refused(said("The offer {code} is not as its use left it.", code=code))
    _put_back(unit, row, before, holder, state, now)
    return by_code(unit, code)


def _state_again(unit: Unit, row: Row, holder: str, now: datetime) -> str:
    """What becomes of an offer whose order was cancelled; `open` has its worst cost reserved."""
    if row["ends_at"] <= now:
        return "expired"
    bound = row["bound"] if row["bound"] is not None else row["amount"]
    try:
        _reserve(unit, holder, row["amount"], bound)
    except Refused:
        return "released"
    return "open"


def _put_back(unit: Unit, row: Row, before: Row, holder: str, state: str, now: datetime) -> None:
    given = before["given"]
    reopened = ledger.reopen(holder, row["amount"], given)
    legs = reopened if state == "open" else ledger.take_back(given)
    key = f"reverse:{row['id']}:{before['use']}"
    if legs:  # what cost nothing and stays ended moves nothing
        # Put back, it is promised anew: less what was given for the cancelled order.
        _post(unit, key, "promise" if state == "open" else "release", legs, now)
        first = _settling(row["id"], before["use"])
        unit.add(reversal, [{"posting_key": key, "reverses": first, "at": now}])
    body = {"person_id": holder, "offer_id": row["id"], "amount": row["amount"]}
    told = {**body, "order_id": before["order_id"], "given": given, "state": state}
    tell(unit, [Event("promise.reversed", key, now, told)])


def die(unit: Unit, offer_id: str, now: datetime) -> bool:
    """End an open return offer, because they bought before they used it; whether it was open."""
    row = offered(unit, offer_id)
    if row is None or row["state"] != "open" or row["kind"] != RETURN:
        return False
    _end(unit, row, "released", "release", now, why=BOUGHT)
    return True


def open_returns(unit: Unit, people: Iterable[str] | None = None) -> list[Row]:
    """Open return offers, of everybody or of these people under any of their ids."""
    query = select(offer).where(offer.c.state == "open", offer.c.kind == RETURN)
    if people is not None:
        among = list(people)
        query = query.where(offer.c.person_id.in_(names(unit, among).every(among)))
    return unit.rows(query.order_by(offer.c.made_at, offer.c.id))


def reversed_orders(unit: Unit) -> set[str]:
    """Orders that a till told and took back: whoever made them has not bought."""
    query = select(redemption.c.order_id).where(redemption.c.reversed_at.is_not(None))
    return {row["order_id"] for row in unit.rows(query)}


def uses_of(unit: Unit, offer_ids: Iterable[str]) -> list[Row]:
    """Every use of these offers, the latest first."""
    mine = redemption.c.offer_id.in_(list(offer_ids))
    return unit.rows(select(redemption).where(mine).order_by(redemption.c.at.desc()))


def uses_since(unit: Unit, since: datetime) -> list[Row]:
    """Orders on which an offer was used since a moment: order_id, amount it took off, at."""
    here = select(redemption.c.order_id, redemption.c.off.label("amount"), redemption.c.at)
    stands = redemption.c.reversed_at.is_(None) & (redemption.c.at >= since)
    return unit.rows(here.where(stands).order_by(redemption.c.at, redemption.c.order_id))


def latest(unit: Unit, state: str | None = None, limit: int = 50) -> list[Row]:
    """The newest offers, all or those in a state."""
    query = select(offer).order_by(offer.c.made_at.desc(), offer.c.id).limit(limit)
    return unit.rows(query if state is None else query.where(offer.c.state == state))


def counted(unit: Unit) -> dict[str, int]:
    """How many offers there are in each state; `dead` are those ended because they bought first."""
    dead = and_(offer.c.state == "released", offer.c.why == BOUGHT)
    found = dict.fromkeys(("open", "settled", "expired", "released"), 0)
    query = select(offer.c.state, func.count().label("n")).where(
        or_(offer.c.why.is_(None), not_(dead))
    )
    found |= {row["state"]: row["n"] for row in unit.rows(query.group_by(offer.c.state))}
    return {**found, "dead": int(unit.value(select(func.count()).select_from(offer).where(dead)))}


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


def release_all(unit: Unit, person_id: str, now: datetime) -> int:
    """Take every open offer of a person back, under any of their ids; how many."""
    theirs = offer.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    rows = unit.rows(select(offer).where(theirs, offer.c.state == "open").order_by(offer.c.id))
    for row in rows:
        _end(unit, row, "released", "release", now)
    return len(rows)


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
            said("This would pass the bound of what they may hold of us at once."),
            to_try="a smaller offer, or wait until an earlier one ends",
        )


def _end(
    unit: Unit, row: Row, state: str, kind: str, now: datetime, why: str | None = None
) -> None:
    _close(unit, row, state, now, why=why)
    legs = ledger.release(row["person_id"], row["amount"])
    _return(unit, row, f"{kind}:{row['id']}", kind, legs, now)


def _close(unit: Unit, row: Row, state: str, now: datetime, **more: str | int | None) -> None:
    # Its number of uses too: what was read before a reversal is not what is closed after it.
    same = offer.c.uses.is_(None) if row["uses"] is None else offer.c.uses == row["uses"]
    closing = update(offer).where(offer.c.id == row["id"], offer.c.state == "open", same)
    if unit.change(closing.values(state=state, closed_at=now, **more)) != 1:
        raise Refused(said("The code {code} is not open any more.", code=row["code"]))


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


def _offer_row(offer_id: str, person_id: str, terms: Terms, bound: int, now: datetime) -> Row:
    return {
        "id": offer_id,
        "person_id": person_id,
        "amount": terms.amount,
        "depth": terms.depth,
        "code": new_id()[-SHORTEST:].upper(),
        "made_at": now,
        "ends_at": terms.ends_at,
        "least": terms.least or None,
        "served": terms.served or None,
        "kind": terms.kind,
        "stage": terms.stage,
        "bound": bound,
        "state": "open",
    }
