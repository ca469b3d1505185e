"""A person's account: what their orders come to, as a value that adds.

    account of last year + account of today = account of both

All that is known of a customer as of an evening follows from it (`customers.customers_of`), so that
one more day of a large shop costs what the day holds and not what its history does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import ibis
import pyarrow as pa
from ibis.expr.types import Value

from huitou.facts.contract import ACCOUNTS, Dimension, Tables, shaped
from huitou.facts.kernel import flag, greatest, least
from huitou.facts.orders import (
    PLACE,
    cut,
    lines,
    lines_since,
    of_persons,
    orders,
    parted_orders,
    persons_of,
    torn_since,
)
from huitou.facts.rhythm import absence_code, bought_days, pace
from huitou.ground.clock import last_day_before

PERSON = ["person_id"]
MONEY = ("revenue", "returned", "return_lines", "costed", "earned", "uncosted")
COUNTS = ("purchase_days", "orders", "gross", "logs", "log_squares", "gap_squares")
SUMS = (*MONEY, *COUNTS)
"""What of two accounts is added; `gap_squares` gets the gap between them besides."""
FIRSTS = ("member_no", "phone", "email", "name")
"""What is the first in the order of the alphabet."""
NEWEST = ("store", "channel", "region")
"""What the latest purchase says, or where there is none, the latest order."""
OF_SUMS = pa.schema([field for field in ACCOUNTS if field.name not in (*FIRSTS, *NEWEST)])
"""The columns of an account that come from amounts and days."""


def accounts(t: Tables, as_of: datetime, *, known: datetime | None = None) -> ibis.Table:
    """Everybody who is named by an order known at `as_of`, buyers and others (`ACCOUNTS`)."""
    if known is not None or (kept := _later(t, as_of)) is None:
        return _accounts(t, as_of, known)
    if t.kept("accounts", as_of) is not None:
        return kept
    touched = _touched_since(t, as_of, lines_since(t, as_of))
    again = _accounts(_of(t, touched), as_of, None, touched)
    return ibis.union(kept.anti_join(touched, "person_id"), again)


def sums_of(t: Tables, as_of: datetime, *, known: datetime | None = None) -> ibis.Table:
    """Of each account what comes from amounts and days: all but names and places."""
    if known is not None or (kept := _later(t, as_of)) is None:
        return shaped(_sums(t, as_of, known), OF_SUMS)
    sums = kept.select(*OF_SUMS.names)
    if t.kept("accounts", as_of) is not None:
        return sums
    touched = _touched_since(t, as_of)
    again = shaped(_sums(_of(t, touched), as_of, None), OF_SUMS)
    return ibis.union(sums.anti_join(touched, "person_id"), again)


def sums_of_buyers(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    """What the orders of each customer come to, returns too (`MONEY`), per `part` when cut."""
    kept = t.kept("accounts", as_of) if by is None else None
    if kept is not None:
        return kept.filter(kept.purchase_days > 0).select("person_id", *MONEY)
    persons = of_persons(orders(t, as_of, by=by))
    sums = persons.group_by([*cut(by), "person_id"]).aggregate(
        **_money(persons), bought=flag(persons.is_purchase).max()
    )
    return sums.filter(sums.bought == 1).drop("bought")


def _later(t: Tables, as_of: datetime) -> ibis.Table | None:
    """Accounts that are kept of a moment or a later one, and what it takes to go back from them."""
    kept = [t.kept(name, as_of, later=True) for name in ("orders", "purchase_days", "accounts")]
    return None if any(each is None for each in kept) else kept[-1]


def _touched_since(t: Tables, as_of: datetime, *named: ibis.Table) -> ibis.Table:
    """Everybody whose account of an earlier evening may be another than the one that is kept:
    `person_id`. All others' are the same. Whoever is `named` by some rows is among them."""
    kept, torn = _later(t, as_of), torn_since(t, as_of)
    assert kept is not None and torn is not None, "asked of an evening before what is kept"
    seen = kept.filter(kept.last_seen_day >= last_day_before(as_of, t.shop_zone))
    return persons_of(ibis.union(*(each.select("person_id") for each in (seen, torn, *named))))


def _of(t: Tables, people: ibis.Table) -> Tables:
    """The shop, of whose orders and days only those of some people are kept."""
    assert t.held is not None, "asked of what is kept"
    at_hand = t.held.tables
    theirs = {
        name: at_hand[name].semi_join(people, "person_id") for name in ("orders", "purchase_days")
    }
    parted = {"parted": parted_orders(t, t.held.as_of)}
    return replace(t, held=replace(t.held, tables={**theirs, **parted}))


def _accounts(
    t: Tables, as_of: datetime, known: datetime | None, people: ibis.Table | None = None
) -> ibis.Table:
    every = of_persons(lines(t, as_of, known=known))
    theirs = every if people is None else every.semi_join(people, "person_id")
    named = _named(theirs).rename(whose="person_id")
    sums = _sums(t, as_of, known, newest=_newest)
    placed = sums.mutate(**{name: sums.newest[name] for name in NEWEST})
    return shaped(placed.join(named, placed.person_id == named.whose), ACCOUNTS)


def _sums(
    t: Tables, as_of: datetime, known: datetime | None, **more: Callable[[ibis.Table], Value]
) -> ibis.Table:
    """Sums of each person's orders and days, and `more` of their orders, in one pass over them."""
    persons = of_persons(orders(t, as_of, known=known))
    money = persons.group_by("person_id").aggregate(
        last_seen_day=persons.last_day.max(),
        **_money(persons),
        **{name: told(persons) for name, told in more.items()},
    )
    bought = pace(bought_days(t, as_of, known=known), PERSON).rename(whose="person_id")
    both = money.left_join(bought, money.person_id == bought.whose).drop("whose")
    return both.mutate(**{name: both[name].fill_null(0) for name in COUNTS})


def _money(orders: ibis.Table) -> dict[str, Value]:
    """The sums of `MONEY` over some orders."""
    of = {name: orders.amount if name == "revenue" else orders[name] for name in MONEY}
    return {name: value.sum() for name, value in of.items()}


def added(earlier: ibis.Table, later: ibis.Table) -> ibis.Table:
    """The accounts of all who stand in `later`, with what they had in `earlier`.

    Every order of `later` began on a later day than any of `earlier`.
    """
    before = earlier.rename({f"{name}_then": name for name in earlier.columns})
    both = later.left_join(before, later.person_id == before.person_id_then)
    sums = {name: both[name] + both[f"{name}_then"].fill_null(0) for name in SUMS}
    return shaped(both.mutate(**(sums | _rest(both))), ACCOUNTS)


def in_place_of(earlier: ibis.Table, newer: ibis.Table) -> ibis.Table:
    """Everybody's account: the newer one of whoever has one, and the earlier ones of the others."""
    return ibis.union(earlier.anti_join(newer, "person_id"), newer)


def _rest(both: ibis.Table) -> dict[str, Value]:
    """Of two accounts what is not added: firsts and lasts, and the gap that lies between them."""
    bridge = both.first_number - both.last_number_then
    second = both.first_day_then.notnull().ifelse(both.first_number, both.second_number)
    bought_later = (both.purchase_days > 0) | (both.purchase_days_then.fill_null(0) == 0)
    gaps = both.gap_squares + both.gap_squares_then.fill_null(0)
    return {
        **{name: least(both[name], both[f"{name}_then"]) for name in FIRSTS},
        **{name: bought_later.ifelse(both[name], both[f"{name}_then"]) for name in NEWEST},
        "last_seen_day": greatest(both.last_seen_day, both.last_seen_day_then),
        "first_day": ibis.coalesce(both.first_day_then, both.first_day),
        "first_number": ibis.coalesce(both.first_number_then, both.first_number),
        "second_number": ibis.coalesce(both.second_number_then, second),
        "last_day": ibis.coalesce(both.last_day, both.last_day_then),
        "last_number": ibis.coalesce(both.last_number, both.last_number_then),
        "last_gap": ibis.coalesce(both.last_gap, bridge, both.last_gap_then),
        "gap_squares": gaps + (bridge * bridge).fill_null(0),
        "absence_code": greatest(
            greatest(both.absence_code, both.absence_code_then),
            absence_code(bridge, both.first_number),
        ),
    }


def _named(lines: ibis.Table) -> ibis.Table:
    """How each person is named, by the lines that name them."""
    return lines.group_by("person_id").aggregate(**{name: lines[name].min() for name in FIRSTS})


def _newest(persons: ibis.Table) -> Value:
    """Where each person bought last, or where they never bought, what they ordered last."""
    # The first fields decide. Engines find the greatest of such a thing several times as fast as
    # what stands beside the greatest of another.
    place = {name: persons[name] for name in (*PLACE, *NEWEST)}
    return ibis.struct({"bought": flag(persons.is_purchase), **place}).max()
