"""The plain sums of a shop: customers, orders, lines, revenue, profit, and what is anonymous."""

from __future__ import annotations

from datetime import datetime

import ibis

from huitou.facts.accounts import sums_of_buyers
from huitou.facts.contract import Dimension, Tables
from huitou.facts.customers import customers
from huitou.facts.kernel import flag, ratio
from huitou.facts.orders import cut, lines, of_persons, orders, purchases
from huitou.facts.profit import profit_of, shop_rate
from huitou.facts.rhythm import buyers


def customer_count(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Persons with at least one purchase."""
    people = buyers(t, as_of, by=by)
    return people.aggregate(by=cut(by), value=people.count(), people=people.count())


def order_count(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Purchases, identified and anonymous."""
    bought = purchases(t, as_of, by=by)
    return bought.aggregate(by=cut(by), value=bought.count(), people=bought.count())


def customer_order_count(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Purchases of known persons."""
    bought = of_persons(purchases(t, as_of, by=by))
    return bought.aggregate(by=cut(by), value=bought.count(), people=bought.count())


def line_count(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Lines of every kind."""
    every = lines(t, as_of, by=by)
    return every.aggregate(by=cut(by), value=every.count(), people=every.count())


def anonymous_line_count(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Lines that name no customer."""
    every = lines(t, as_of, by=by)
    nobody = flag(every.person_id.isnull()).sum()
    return every.aggregate(by=cut(by), value=nobody, people=nobody)


def revenue(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """All money taken less all money given back, minor units."""
    every = lines(t, as_of, by=by)
    return every.aggregate(by=cut(by), value=every.amount.sum(), people=every.count())


def anonymous_revenue(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """The part of the revenue that names no customer."""
    every = lines(t, as_of, by=by)
    nobody = every.person_id.isnull()
    return every.aggregate(
        by=cut(by),
        value=nobody.ifelse(every.amount, 0).sum(),
        people=flag(nobody).sum(),
    )


def order_value(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Mean total of a purchase, minor units."""
    bought = purchases(t, as_of, by=by)
    mean = ratio(bought.amount.sum(), bought.count())
    return bought.aggregate(by=cut(by), value=mean, people=bought.count())


def orders_per_customer(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Mean number of purchases of a customer."""
    people = buyers(t, as_of, by=by)
    mean = ratio(people.orders.sum(), people.count())
    return people.aggregate(by=cut(by), value=mean, people=people.count())


def profit(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Profit so far over all lines, minor units; the rate is that of the whole shop."""
    sums, rate = _earnings(t, as_of, by, of_customers=False)
    row = sums.cross_join(rate)
    return row.select(
        *cut(by), value=profit_of(row.earned, row.uncosted, row.rate), people=row.people
    )


def profit_per_customer(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Mean profit so far of a person with a purchase, minor units."""
    sums, rate = _earnings(t, as_of, by, of_customers=True)
    row = sums.cross_join(rate)
    total = profit_of(row.earned, row.uncosted, row.rate)
    return row.select(*cut(by), value=ratio(total, row.people), people=row.people)


def shoppers(t: Tables, as_of: datetime) -> ibis.Table:
    """All customers; `value`: what their purchases came to, minor units."""
    return buyers(t, as_of).select("person_id", value="gross")


def order_counts(t: Tables, as_of: datetime) -> ibis.Table:
    """All customers; `value`: how many orders."""
    return buyers(t, as_of).select("person_id", value="orders")


def payers(t: Tables, as_of: datetime) -> ibis.Table:
    """All persons with a line; `value`: paid less given back, minor units."""
    known = of_persons(orders(t, as_of))
    return known.group_by("person_id").aggregate(value=known.amount.sum())


def earners(t: Tables, as_of: datetime) -> ibis.Table:
    """All customers; `value`: profit so far, minor units."""
    return customers(t, as_of).select("person_id", value="profit")


def _earnings(
    t: Tables, as_of: datetime, by: Dimension | None, *, of_customers: bool
) -> tuple[ibis.Table, ibis.Table]:
    every = orders(t, as_of, by=by)
    counted = sums_of_buyers(t, as_of, by) if of_customers else every
    sums = counted.aggregate(
        by=cut(by),
        earned=counted.earned.sum(),
        uncosted=counted.uncosted.sum(),
        people=counted.count(),
    )
    return sums, shop_rate(every, t.margin)
