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
from huitou.facts.cohorts import cohort_months, months_later
from huitou.facts.contract import Held, Tables
from huitou.facts.kernel import month_number
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
GOES_ON = (*GROWING, "cohort_months", "accounts")
"""What one more day begins with: what grows, what is small and told as a whole, and accounts."""
SLICED = {
    "several": "mark",
    "purchase_days": "person_id",
    "accounts": "person_id",
    "first_purchases": "person_id",
}
"""What can be made a slice of its rows at a time, by a column whose values never part."""


def since(before: Tables, then: datetime, news: Tables, as_of: datetime) -> dict[str, ibis.Table]:
    """What one more day adds to the pieces that are kept of an evening (`before`, `then`).

    `news` has the lines ordered after that evening, none of them of an order begun before it. Rows
    of `accounts` take the place of those people's earlier ones; all others are new rows.
    """
    known = before.kept("accounts", then)
    assert known is not None, "asked where they are kept"
    both, days = _days_since(known, news, as_of)
    # Newcomers bought on a day without one before: to ask who ever came looks at everybody again.
    newcomers = both.filter(both["last"].isnull())
    return {
        "orders": orders(news, as_of),
        "parted": parted_orders(news, as_of),
        "purchase_days": days,
        "accounts": added(known, accounts(news, as_of)),
        "first_purchases": first_purchases(news, as_of).semi_join(newcomers, "person_id"),
    }


def cohorts_since(
    before: Tables, then: datetime, news: Tables, as_of: datetime, newer: ibis.Table
) -> ibis.Table:
    """The cohorts by month one day later, told as a whole; `newer` are the accounts of that day's
    people, as `since` tells them."""
    known, cells = before.kept("accounts", then), before.kept("cohort_months", then)
    assert known is not None and cells is not None, "asked where they are kept"
    _, days = _days_since(known, news, as_of)
    earlier = _brought_back(before, then, newer)
    return months_later(cells, newer, days, orders(news, as_of), earlier)


def _days_since(known: ibis.Table, news: Tables, as_of: datetime) -> tuple[ibis.Table, ibis.Table]:
    """The purchase days of the day, each beside the `last` one of its person before; and the same
    as they are kept, with the gap that lies between."""
    named = known.select(whose="person_id", last="last_number")
    days = bought_days(news, as_of)
    both = days.left_join(named, days.person_id == named.whose)
    gap = ibis.coalesce(both.gap, both.number - both["last"])
    return both, both.mutate(gap=gap).select(*days.columns)


def _brought_back(before: Tables, then: datetime, newer: ibis.Table) -> ibis.Table:
    """Orders before that evening of those who have first bought since, in the same month: they
    brought something back, and nobody knew of what. Hardly anybody does."""
    known = before.kept("accounts", then)
    assert known is not None, "asked where they are kept"
    met = known.filter(known.first_day.isnull()).select(whose="person_id", seen="last_seen_day")
    bought = newer.filter(newer.first_day.notnull())
    both = bought.join(met, bought.person_id == met.whose)
    same = both.filter(month_number(both.seen) == month_number(both.first_day))
    return orders(before, then).semi_join(same, "person_id")


def holding(t: Tables, as_of: datetime, name: str, kept: ibis.Table) -> Tables:
    """The same shop, in which a piece of that evening is kept."""
    before = t.held
    goes_on = before is not None and before.of is t.lines and before.as_of == as_of
    at_hand = before.tables if before is not None and goes_on else {}
    return replace(t, held=Held(t.lines, as_of, {**at_hand, name: kept}))
