"""Cohorts: what became of the customers who first bought in a given month."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import flag, month_number, ratio, whole
from huitou.facts.orders import cut, of_persons, orders
from huitou.facts.profit import profit_of, shop_rate
from huitou.facts.rhythm import buyers
from huitou.ground.clock import last_day_before


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
    every = orders(t, as_of, by=by)
    aged = _aged(of_persons(every), cut(by))
    keys = [*cut(by), "cohort", "k"]
    cells = aged.group_by(keys).aggregate(
        active=flag(aged.orders > 0).sum(),
        orders=aged.orders.sum(),
        revenue=aged.revenue.sum(),
        earned=aged.earned.sum(),
        uncosted=aged.uncosted.sum(),
    )
    newcomers = cells.active.max(where=cells.k == 0)
    sized = cells.mutate(size=newcomers.over(ibis.window(group_by=[*cut(by), "cohort"])))
    row = sized.cross_join(shop_rate(every, t.margin))
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


def _aged(persons: ibis.Table, keys: list[str]) -> ibis.Table:
    """Per person and month: orders and money, the person's first month, and months since."""
    dated = persons.mutate(number=month_number(persons.day))
    monthly = dated.group_by([*keys, "person_id", "number"]).aggregate(
        orders=flag(dated.is_purchase).sum(),
        revenue=dated.amount.sum(),
        earned=dated.earned.sum(),
        uncosted=dated.uncosted.sum(),
    )
    theirs = [*keys, "person_id"]
    # Not a window, for which an engine gathers the months twice.
    first = monthly.group_by(theirs).aggregate(cohort=monthly.number.min(where=monthly.orders > 0))
    same = [monthly[name].identical_to(first[name]) for name in theirs]
    placed = monthly.join(first, same).select(*monthly.columns, "cohort")
    aged = placed.mutate(k=placed.number - placed.cohort)
    return aged.filter(aged.cohort.notnull() & (aged.k >= 0))
