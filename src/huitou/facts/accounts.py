"""A person's account: what their orders come to, as a value that adds.

    account of last year + account of today = account of both

All that is known of a customer as of an evening follows from it (`customers.customers_of`), so that
one more day of a large shop costs what the day holds and not what its history does.
"""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import ACCOUNTS, Tables, shaped
from huitou.facts.kernel import flag, greatest, least
from huitou.facts.orders import PLACE, lines, of_persons, orders
from huitou.facts.rhythm import absence_code, bought_days, pace

PERSON = ["person_id"]
MONEY = ("revenue", "returned", "return_lines", "costed", "earned", "uncosted")
COUNTS = ("purchase_days", "orders", "gross", "logs", "log_squares", "gap_squares")
SUMS = (*MONEY, *COUNTS)
"""What of two accounts is added; `gap_squares` gets the gap between them besides."""
FIRSTS = ("member_no", "phone", "email", "name")
"""What is the first in the order of the alphabet."""
NEWEST = ("store", "channel", "region")
"""What the latest purchase says, or where there is none, the latest order."""


def accounts(t: Tables, as_of: datetime, *, known: datetime | None = None) -> ibis.Table:
    """Everybody who is named by an order known at `as_of`, buyers and others (`ACCOUNTS`)."""
    kept = t.kept("accounts", as_of) if known is None else None
    if kept is not None:
        return kept
    sums = sums_of(t, as_of, known=known)
    newest = _newest(of_persons(orders(t, as_of, known=known)))
    named = _named(lines(t, as_of, known=known)).rename(whose="person_id")
    both = sums.join(newest, "person_id")
    return shaped(both.join(named, both.person_id == named.whose), ACCOUNTS)


def sums_of(t: Tables, as_of: datetime, *, known: datetime | None = None) -> ibis.Table:
    """Of each account what comes from amounts and days: all but names and places."""
    persons = of_persons(orders(t, as_of, known=known))
    money = persons.group_by("person_id").aggregate(
        last_seen_day=persons.last_day.max(),
        revenue=persons.amount.sum(),
        **{name: persons[name].sum() for name in MONEY if name in persons.columns},
    )
    bought = pace(bought_days(t, as_of, known=known), PERSON).rename(whose="person_id")
    both = money.left_join(bought, money.person_id == bought.whose).drop("whose")
    return both.mutate(**{name: both[name].fill_null(0) for name in COUNTS})


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
    known = lines.filter(lines.person_id.notnull())
    return known.group_by("person_id").aggregate(**{name: known[name].min() for name in FIRSTS})


def _newest(persons: ibis.Table) -> ibis.Table:
    """Where each person bought last, or where they never bought, what they ordered last."""
    # The first fields decide. Engines find the greatest of such a thing several times as fast as
    # what stands beside the greatest of another.
    place = {name: persons[name] for name in (*PLACE, *NEWEST)}
    latest = ibis.struct({"bought": flag(persons.is_purchase), **place})
    found = persons.group_by("person_id").aggregate(newest=latest.max())
    return found.select("person_id", **{name: found.newest[name] for name in NEWEST})
