"""Selling, renewing, changing and ending cards: each once, in the unit of the caller.

    buy(unit, person, card, rules, on, by, now, key=…)     a year from this day
    renew(unit, person, rules, on, by, now, asked=True)    another year, from where this one ends
    upgrade(unit, person, card, rules, on, by, now)        the dearer card for the rest of the year
    cancel(unit, person, rules, on, by, now)               given back; what is unused is paid back

Whoever pays has paid: the books write down what somebody at the till, or a program of the shop,
says was paid. Nothing here takes money by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select, update

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.identity.tables import person_alias
from huitou.loyalty.membership import cards
from huitou.loyalty.membership.cards import Card, Rules, Term, year_after
from huitou.loyalty.membership.tables import member, paid_card, paid_card_event
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True)
class Done:
    """What somebody does, when, and who says so."""

    on: date
    by: str
    now: datetime


def buy(
    unit: Unit, person_id: str, card: Card, rules: Rules, done: Done, *, key: str,
    standing_order: bool = False,
) -> Row:  # fmt: skip
    """Sell a card for a year from `done.on`; the term. The same key again changes nothing.

    Raises `Refused` where cards are not sold, or where they hold one already, under whatever id.
    """
    holder = names(unit, [person_id]).now(person_id)
    term_id = fingerprint("membership", key)
    if (before := _term(unit, term_id)) is not None:
        return _same(before, holder, card, unit)
    if not rules.on:
        raise Refused("no cards are sold here", to_try="huitou membership rules --on")
    ends_on = year_after(done.on)
    _cover(unit, holder, done.on, ends_on)
    row = _row(term_id, holder, card, done.on, ends_on, done, standing_order=standing_order)
    unit.add(paid_card, [row])
    _write(unit, row, "bought", f"bought:{term_id}", done, paid=card.fee, unearned=card.fee)
    return row


def renew(
    unit: Unit, person_id: str, rules: Rules, done: Done, *, asked: bool = True,
    card: Card | None = None,
) -> Row:  # fmt: skip
    """Another year from where the term ends, of the same card or another; once for each term.

    `asked`: the member is there and wants it. Otherwise it is a standing order, which renews
    nothing that the member was not told of `notice_days` before the end. Raises `Refused`.
    """
    row = _held(unit, person_id)
    state = cards.standing(row["ends_on"], row["state"], rules, done.on)
    if state == "ended":
        raise Refused("their card has ended", to_try="huitou membership buy")
    if not asked:
        _was_told(unit, row, rules, done.on)
    new = card or rules.card(row["card"])
    ends_on = year_after(row["ends_on"])
    moved = update(member).where(
        member.c.person_id == row["person_id"], member.c.covered_until == row["ends_on"]
    )
    if unit.change(moved.values(covered_until=ends_on)) != 1:
        raise Refused("this term was renewed already")
    term_id = fingerprint("membership", "renewal", row["id"])
    made = _row(term_id, row["person_id"], new, row["ends_on"], ends_on, done)
    made = {**made, "follows": row["id"], "standing_order": row["standing_order"]}
    unit.add(paid_card, [made])
    _write(unit, made, "renewed", f"renewed:{term_id}", done, paid=new.fee, unearned=new.fee)
    return made


def upgrade(unit: Unit, person_id: str, card: Card, rules: Rules, done: Done) -> Row:
    """The dearer card from this day, for the rest of the term: the difference, pro rata."""
    row = _running(unit, person_id, rules, done.on)
    price = cards.upgrade_price(term_of(row), rules.card(row["card"]), card, done.on)
    since = max(done.on, row["starts_on"])
    changed = update(paid_card).where(
        paid_card.c.id == row["id"],
        paid_card.c.state == "running",
        paid_card.c.card == row["card"],
    )
    values = {"card": card.name, "card_since": since, "paid": row["paid"] + price}
    if unit.change(changed.values(**values)) != 1:
        raise Refused("the card was changed meanwhile")
    key = f"upgraded:{row['id']}:{card.name}"
    _write(unit, row, "upgraded", key, done, paid=price, unearned=price)
    return {**row, **values}


def cancel(unit: Unit, person_id: str, rules: Rules, done: Done) -> Row:
    """End the term that runs today, and pay back what the rules pay back; the event of it.

    A term renewed ahead ends with it, and is paid back whole: nothing of it was used.
    """
    row = _held(unit, person_id, today=done.on)
    for ahead in _followers(unit, row):
        _cancel_one(unit, ahead, ahead["paid"], done)
    freed = update(member).where(member.c.person_id == row["person_id"])
    unit.change(freed.values(covered_until=done.on))
    return _cancel_one(unit, row, cards.refund(term_of(row), rules, done.on), done)


def close_due(unit: Unit, rules: Rules, done: Done) -> int:
    """End the terms that are over: renewed ones at once, others after their grace; how many."""
    over = select(paid_card).where(paid_card.c.state == "running", paid_card.c.ends_on <= done.on)
    ended = 0
    for row in unit.rows(over.order_by(paid_card.c.ends_on, paid_card.c.id)):
        is_over = cards.standing(row["ends_on"], "running", rules, done.on) == "ended"
        if is_over or _followers(unit, row):
            ended += _close(unit, row, "ended", row["ends_on"])
            rest = _unearned(unit, row["id"])
            _write(unit, row, "ended", f"ended:{row['id']}", done, unearned=-rest, earned=rest)
    return ended


def to_notice(unit: Unit, rules: Rules, on: date) -> list[Row]:
    """The terms that end within the notice, are not renewed, and were not told of it."""
    told = exists().where(
        paid_card_event.c.membership_id == paid_card.c.id, paid_card_event.c.kind == "noticed"
    )
    later = paid_card.alias()
    renewed = exists().where(later.c.follows == paid_card.c.id)
    near = select(paid_card).where(
        paid_card.c.state == "running",
        paid_card.c.ends_on <= on + timedelta(days=rules.notice_days),
        paid_card.c.ends_on > on,
        ~told,
        ~renewed,
    )
    return unit.rows(near.order_by(paid_card.c.ends_on, paid_card.c.id))


def ending(unit: Unit) -> list[Row]:
    """The terms that run and are followed by none, the first to end first."""
    later = paid_card.alias()
    renewed = exists().where(later.c.follows == paid_card.c.id)
    running = select(paid_card).where(paid_card.c.state == "running", ~renewed)
    return unit.rows(running.order_by(paid_card.c.ends_on, paid_card.c.id))


def noticed(unit: Unit, term: Row, done: Done) -> bool:
    """The member is told that the term ends; False where they were before."""
    return _write(unit, term, "noticed", f"noticed:{term['id']}", done)


def to_pay_back(unit: Unit, rules: Rules, on: date) -> list[Row]:
    """Terms whose year is over and whose part has not come back, of cards that give any."""
    giving = [each.name for each in rules.cards if each.back > 0]
    paid = exists().where(
        paid_card_event.c.membership_id == paid_card.c.id,
        paid_card_event.c.kind == "cashback",
    )
    over = func.coalesce(paid_card.c.closed_on, paid_card.c.ends_on)
    due = select(paid_card).where(
        paid_card.c.card.in_(giving),
        over <= on - timedelta(days=rules.back_after),
        ~paid,
    )
    return unit.rows(due.order_by(paid_card.c.ends_on, paid_card.c.id))


def pay_back(unit: Unit, term: Row, amount: int, done: Done) -> bool:
    """What comes back for a term; False where it was paid before."""
    return _write(unit, term, "cashback", f"cashback:{term['id']}", done, back=amount)


def followed(unit: Unit, term: Row) -> bool:
    """Whether another term follows this one."""
    return unit.value(select(paid_card.c.id).where(paid_card.c.follows == term["id"])) is not None


def held(unit: Unit, on: date, people: Iterable[str] | None = None) -> dict[str, Row]:
    """person -> the term that covers them on this day or, failing that, the latest not closed.

    Under each of their ids.
    """
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(paid_card).where(paid_card.c.state == "running")
    if among is not None:
        query = query.where(paid_card.c.person_id.in_(known.every(among)))
    found: dict[str, Row] = {}
    for row in unit.rows(query.order_by(paid_card.c.ends_on, paid_card.c.id)):
        person = known.now(row["person_id"])
        before = found.get(person)
        if before is None or before["ends_on"] <= on:
            found[person] = row
    return known.spread(found)


def terms(unit: Unit, person_id: str) -> list[Row]:
    """All terms of a person under any of their ids, the latest first."""
    theirs = paid_card.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    return unit.rows(select(paid_card).where(theirs).order_by(paid_card.c.ends_on.desc()))


def events(unit: Unit, person_id: str) -> list[Row]:
    """All movements of a person under any of their ids, the latest first."""
    theirs = paid_card_event.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    order = paid_card_event.c.at.desc(), paid_card_event.c.key
    return unit.rows(select(paid_card_event).where(theirs).order_by(*order))


def totals(unit: Unit) -> Mapping[str, int]:
    """The shop's own side: `paid` in all, `unearned`, `earned`, and what came `back`."""
    sums = [
        func.coalesce(func.sum(paid_card_event.c[name]), 0).label(name)
        for name in ("paid", "unearned", "earned", "back")
    ]
    row = unit.first(select(*sums)) or {}
    return {name: int(value) for name, value in row.items()}


def check(unit: Unit) -> list[str]:
    """What is wrong with the cards, in words; nothing where all is well."""
    owed = func.sum(paid_card_event.c.unearned)
    closed = (
        select(paid_card.c.id)
        .join(paid_card_event, paid_card_event.c.membership_id == paid_card.c.id)
        .where(paid_card.c.state != "running")
        .group_by(paid_card.c.id)
        .having(owed != 0)
    )
    return [f"term {row['id']} is closed and still owes service" for row in unit.rows(closed)]


def term_of(row: Row) -> Term:
    """A row as the value that is reckoned with."""
    return Term(row["card"], row["starts_on"], row["ends_on"], row["paid"])


def _cover(unit: Unit, holder: str, starts_on: date, ends_on: date) -> None:
    """Cover a person until `ends_on`, or raise `Refused` where they are under any id."""
    unit.add_new(member, {"person_id": holder, "covered_until": EARLIEST})
    other, theirs = member.alias(), select(person_alias.c.person_id)
    elsewhere = exists().where(
        other.c.person_id.in_(theirs.where(person_alias.c.survivor == holder)),
        other.c.covered_until > starts_on,
    )
    free = update(member).where(
        member.c.person_id == holder, member.c.covered_until <= starts_on, ~elsewhere
    )
    if unit.change(free.values(covered_until=ends_on)) != 1:
        raise Refused("they hold a card already", to_try="huitou membership show PERSON")


def _held(unit: Unit, person_id: str, today: date | None = None) -> Row:
    """The term that is to be renewed: the last one; with `today` the one that runs then."""
    rows = [row for row in terms(unit, person_id) if row["state"] == "running"]
    if today is not None:
        rows = [row for row in rows if row["starts_on"] <= today] or rows
    if not rows:
        raise Refused("they hold no card", to_try="huitou membership buy")
    return rows[0]


def _running(unit: Unit, person_id: str, rules: Rules, on: date) -> Row:
    row = _held(unit, person_id, today=on)
    if cards.standing(row["ends_on"], row["state"], rules, on) != "running":
        raise Refused("their card has ended", to_try="huitou membership renew")
    return row


def _followers(unit: Unit, row: Row) -> list[Row]:
    after = select(paid_card).where(
        paid_card.c.follows == row["id"], paid_card.c.state == "running"
    )
    found = unit.rows(after)
    return [each for one in found for each in (*_followers(unit, one), one)]


def _was_told(unit: Unit, row: Row, rules: Rules, on: date) -> None:
    """Refuse what would be a silent renewal."""
    if not row["standing_order"]:
        raise Refused("they did not ask that it be renewed each year")
    told = select(paid_card_event.c.day).where(
        paid_card_event.c.membership_id == row["id"], paid_card_event.c.kind == "noticed"
    )
    day = unit.value(told)
    if day is None or on < row["ends_on"] or day > on - timedelta(days=min(rules.notice_days, 7)):
        raise Refused("nothing is renewed that the member was not told of in time")


def _cancel_one(unit: Unit, row: Row, back: int, done: Done) -> Row:
    _close(unit, row, "cancelled", max(min(done.on, row["ends_on"]), row["starts_on"]))
    rest = _unearned(unit, row["id"])
    key = f"cancelled:{row['id']}"
    _write(unit, row, "cancelled", key, done, paid=-back, unearned=-rest, earned=rest - back)
    return unit.first(select(paid_card_event).where(paid_card_event.c.key == key)) or {}


def _close(unit: Unit, row: Row, state: str, on: date) -> int:
    running = update(paid_card).where(paid_card.c.id == row["id"], paid_card.c.state == "running")
    if unit.change(running.values(state=state, closed_on=on)) != 1:
        raise Refused("the card was ended meanwhile")
    return 1


def _unearned(unit: Unit, term_id: str) -> int:
    owed = func.coalesce(func.sum(paid_card_event.c.unearned), 0)
    return int(unit.value(select(owed).where(paid_card_event.c.membership_id == term_id)))


def _term(unit: Unit, term_id: str) -> Row | None:
    return unit.first(select(paid_card).where(paid_card.c.id == term_id))


def _same(before: Row, holder: str, card: Card, unit: Unit) -> Row:
    known = names(unit, [before["person_id"]])
    if known.now(before["person_id"]) != holder:
        raise HuitouError("this key was already used for somebody else's card")
    first = unit.value(
        select(paid_card_event.c.paid).where(paid_card_event.c.key == f"bought:{before['id']}")
    )
    if first != card.fee:
        raise HuitouError("this key was already used for another card")
    return before


def _row(
    term_id: str, holder: str, card: Card, starts_on: date, ends_on: date, done: Done,
    *, standing_order: bool = False,
) -> Row:  # fmt: skip
    return {
        "id": term_id,
        "person_id": holder,
        "card": card.name,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "card_since": starts_on,
        "paid": card.fee,
        "standing_order": standing_order,
        "follows": None,
        "state": "running",
        "closed_on": None,
        "by": done.by,
        "at": done.now,
    }


def _write(unit: Unit, term: Row, kind: str, key: str, done: Done, **moved: int) -> bool:
    amounts = {name: moved.get(name, 0) for name in ("paid", "unearned", "earned", "back")}
    row = {
        "key": key,
        "membership_id": term["id"],
        "person_id": term["person_id"],
        "kind": kind,
        **amounts,
        "day": done.on,
        "by": done.by,
        "at": done.now,
    }
    added = unit.add_new(paid_card_event, row)
    if added:
        body = {"person_id": term["person_id"], "card": term["card"], **amounts}
        tell(unit, [Event(f"membership.{kind}", f"membership:{key}", done.now, body)])
    return added
