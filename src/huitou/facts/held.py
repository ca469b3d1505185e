"""What is worth keeping of a large shop, so that each fact need not begin with all its lines.

    lines ─▶ orders ─▶ purchase days ─▶ accounts ─▶ every metric
                  │                └──▶ cohorts by month
                  └──▶ first purchases

Each is made of the ones before it. Those of one evening serve earlier ones too, but for first
purchases: whoever was not seen since has the same account, and orders that were not all there yet
are gathered again (`parted` has their lines). A shop that keeps none of them has the same facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import ibis

from huitou.facts.accounts import accounts, added
from huitou.facts.cohorts import cohort_months
from huitou.facts.contract import Held, Tables
from huitou.facts.matched import matched
from huitou.facts.orders import (
    first_purchases,
    of_several_lines,
    orders,
    orders_of_many_lines,
    parted_orders,
)
from huitou.facts.rhythm import bought_days

PIECES: dict[str, Callable[[Tables, datetime], ibis.Table]] = {
    "several": of_several_lines,
    "orders": orders_of_many_lines,
    "parted": parted_orders,
    "purchase_days": bought_days,
    "cohort_months": cohort_months,
    "accounts": accounts,
    "first_purchases": first_purchases,
    "matched": matched,
}
"""What to keep of an evening, in the order in which it is made."""
GROWING = ("orders", "parted", "purchase_days", "first_purchases")
"""What one more day only adds rows to."""
SLICED = {
    "several": "mark",
    "purchase_days": "person_id",
    "accounts": "person_id",
    "first_purchases": "person_id",
}
"""What can be made a slice of its rows at a time, by a column whose values never part."""


def since(before: ibis.Table, news: Tables, as_of: datetime) -> dict[str, ibis.Table]:
    """What one more day adds to the pieces of an earlier evening, whose accounts are `before`.

    `news` has the lines ordered after that evening, none of them of an order begun before it. Rows
    of `accounts` take the place of those people's earlier ones; all others are new rows.
    """
    named = before.select(whose="person_id", last="last_number")
    days = bought_days(news, as_of)
    both = days.left_join(named, days.person_id == named.whose)
    gap = ibis.coalesce(both.gap, both.number - both["last"])
    # Newcomers bought on a day without one before: to ask who ever came looks at everybody again.
    newcomers = both.filter(both["last"].isnull())
    return {
        "orders": orders(news, as_of),
        "parted": parted_orders(news, as_of),
        "purchase_days": both.mutate(gap=gap).select(*days.columns),
        "accounts": added(before, accounts(news, as_of)),
        "first_purchases": first_purchases(news, as_of).semi_join(newcomers, "person_id"),
    }


def holding(t: Tables, as_of: datetime, name: str, kept: ibis.Table) -> Tables:
    """The same shop, in which a piece of that evening is kept."""
    before = t.held
    goes_on = before is not None and before.of is t.lines and before.as_of == as_of
    at_hand = before.tables if before is not None and goes_on else {}
    return replace(t, held=Held(t.lines, as_of, {**at_hand, name: kept}))
