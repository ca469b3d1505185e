"""Cohorts: what became of the customers who first bought in a given month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import day_of, flag, month_number, ratio, whole
from huitou.facts.orders import cut, of_persons, orders
from huitou.facts.profit import profit_of, shop_rate
from huitou.facts.rhythm import bought_days, buyers
from huitou.ground.clock import last_day_before

OF_A_COHORT = ("active", "orders", "revenue", "earned", "uncosted")
"""What is told of a month's newcomers in a month of theirs."""


def month_under_way(t: Tables, as_of: datetime) -> Value:
    """The number of the month that was not over yet at `as_of`."""
    today = last_day_before(as_of, t.shop_zone) + timedelta(days=1)
    return whole(today.year * 12 + today.month - 1)


def cohort_retention(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Retention of each month's newcomers, k months later, by people, orders, revenue and profit.

    `month` (its first day), `k`, `size` (newcomers), `active` (of them, buyers in that month),
    `retention` (active / size), `orders`, `revenue` (net of returns) and `profit` in minor units,
    and `complete`: whether that month was over at `as_of`. A month in which nobody of a cohort did
    anything has no row. The first cohort of a log holds everybody who was a customer before.
    """
    cells = cohort_months(t, as_of, by=by)
    newcomers = cells.active.max(where=cells.k == 0)
    sized = cells.mutate(size=newcomers.over(ibis.window(group_by=[*cut(by), "cohort"])))
    row = sized.cross_join(shop_rate(orders(t, as_of, by=by), t.margin))
    return row.select(
        *cut(by),
        month=_first_of(row.cohort),
        k=row.k,
        size=row.size,
        active=row.active,
        retention=ratio(row.active, row.size),
        orders=row.orders,
        revenue=row.revenue,
        profit=profit_of(row.earned, row.uncosted, row.rate),
        complete=row.cohort + row.k < month_under_way(t, as_of),
    )


def cohort_members(t: Tables, as_of: datetime) -> ibis.Table:
    """Who belongs to which cohort: `person_id`, `month`; `value`: spent since, minor units."""
    people = buyers(t, as_of)
    first = month_number(people.first_day)
    return people.select("person_id", month=_first_of(first), value="gross")


def _first_of(month: Value) -> Value:
    return ibis.date((month / 12).floor().cast("int64"), month % 12 + 1, 1)


def cohort_months(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """What the newcomers of each month (`cohort`) did in the month `k` months later.

    `active`: how many of them bought; their `orders`, and `revenue`, `earned` and `uncosted` of
    all orders, returns too, in minor units.
    """
    kept = t.kept("cohort_months", as_of) if by is None else None
    return _cohort_months(t, as_of, by) if kept is None else kept


def months_later(
    cells: ibis.Table, people: ibis.Table, days: ibis.Table, *orders: ibis.Table
) -> ibis.Table:
    """The same of a later evening, of what was known of an earlier one (`cells`) and what came
    since: the purchase `days`, `orders`, and the accounts of the `people` in them."""
    buyers = people.filter(people.first_day.notnull())
    first = buyers.select(cohort=month_number(buyers.first_day), person_id_first="person_id")
    earned = (_earned(of_persons(each), first, None) for each in orders)
    return _all_of((cells, _bought(days, first, None), *earned), None)


def _cohort_months(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    days, every = bought_days(t, as_of, by=by), of_persons(orders(t, as_of, by=by))
    first = days.filter(days.gap.isnull())
    first = first.select(
        cohort=month_number(first.day),
        **{f"{name}_first": first[name] for name in (*cut(by), "person_id")},
    )
    # Each side is gathered by itself, for together they are as many rows as the shop has.
    return _all_of((_bought(days, first, by), _earned(every, first, by)), by)


def _bought(days: ibis.Table, first: ibis.Table, by: Dimension | None) -> ibis.Table:
    """What each month's newcomers bought, of purchase days."""
    aged = _aged(days, first, by)
    return _summed(aged, cut(by), active=_anew(aged), orders=aged.orders)


def _earned(orders: ibis.Table, first: ibis.Table, by: Dimension | None) -> ibis.Table:
    """What their orders came to, returns too."""
    aged = _aged(orders, first, by)
    told = {"revenue": aged.amount, "earned": aged.earned, "uncosted": aged.uncosted}
    return _summed(aged, cut(by), **told)


def _all_of(cells: Sequence[ibis.Table], by: Dimension | None) -> ibis.Table:
    """The sums of cells that are told apart."""
    both = ibis.union(*cells)
    return _summed(both, cut(by), **{name: both[name] for name in OF_A_COHORT})


def _aged(rows: ibis.Table, first: ibis.Table, by: Dimension | None) -> ibis.Table:
    """Rows from the month on in which their person first bought (`cohort`), `k` months after it."""
    theirs = (*cut(by), "person_id")
    same = [rows[name].identical_to(first[f"{name}_first"]) for name in theirs]
    aged = rows.join(first, same)
    aged = aged.mutate(k=month_number(aged.day) - aged.cohort)
    return aged.filter(aged.k >= 0)


def _anew(days: ibis.Table) -> Value:
    """1 for the first day on which a person bought in a month: their last one lies in another."""
    before = month_number(day_of(days.number - days.gap))
    return flag(days.gap.isnull() | (before < month_number(days.day)))


def _summed(rows: ibis.Table, keys: list[str], **told: Value) -> ibis.Table:
    """Sums of what is told by cohort and month, and zeros for what is not."""
    found = rows.group_by([*keys, "cohort", "k"]).aggregate(
        **{name: value.sum() for name, value in told.items()}
    )
    zeros = {name: ibis.literal(0, "int64") for name in OF_A_COHORT if name not in told}
    return found.mutate(**zeros).select(*keys, "cohort", "k", *OF_A_COHORT)
