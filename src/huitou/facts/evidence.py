"""What is known about why somebody left: from orders, and from what was told beside them.

It is evidence, never a verdict.
"""

from __future__ import annotations

from datetime import datetime

import ibis

from huitou.facts.contract import EVIDENCE, Tables, Told, shaped
from huitou.facts.kernel import day_number, flag, number_of, ratio, settled
from huitou.facts.ledger import END_DAYS, GRACE_DAYS, pieces
from huitou.facts.orders import lines, of_persons, orders
from huitou.facts.prices import monthly_prices, products, sold_goods
from huitou.facts.rhythm import purchase_days, rhythm
from huitou.ground.clock import last_day_before

GONE_DAYS = 90
"""A product dropped later than this after the last purchase is not what they left for."""
PEAK = 1.25
"""A month of the year is a peak when a selling day in it has this many times the usual orders."""
YEAR_DAYS = 365
"""Below a year of log no month can be called a peak."""


def evidence(
    t: Tables, as_of: datetime, told: Told | None = None, *, known: datetime | None = None
) -> ibis.Table:
    """One row per customer (columns: `contract.EVIDENCE`).

    `returned_near_end`: value returned / value bought in the END_DAYS that end GRACE_DAYS after
    the last purchase; null where the files show no return at all. `price_rise`: mean log ratio,
    weighed by what they spent, of the shop's latest price of a product to its price in the month
    they last bought it; null without prices. `gone_share`: share of their spending on products
    that the shop stopped selling within GONE_DAYS of their last purchase. `season_gift`: they only
    ever bought in the peak months; null below a year of log, when no month can be called a peak.
    What is told beside the orders (`TOLD_PIECES`) comes from `facts.ledger`: weights in [0, 1], but
    `our_messages` is a number of messages. What is null says nothing.
    """
    today = number_of(last_day_before(as_of, t.shop_zone))
    every = orders(t, as_of, known=known)
    persons = of_persons(every)
    days = purchase_days(persons.filter(persons.is_purchase), ["person_id"])
    people = rhythm(days, ["person_id"])
    row = (
        people.left_join(_returned_near_end(persons, people), "person_id")
        .drop("person_id_right")
        .left_join(_assortment(lines(t, as_of, known=known), people, today), "person_id")
        .drop("person_id_right")
        .left_join(_seasonal(days, every), "person_id")
        .drop("person_id_right")
    )
    row = row.cross_join(_covers(every))
    row = pieces(row, t, as_of, told or Told(), known=known)
    finished = row.mutate(
        returned_near_end=row.has_returns.ifelse(
            row.returned_near_end.fill_null(0.0), ibis.null("float64")
        ),
        regularity=ratio(row.gap_sd, row.gap_mean),
        one_purchase=row.purchase_days == 1,
        season_gift=row.has_year.ifelse(
            (row.only_peak == 1).fill_null(False), ibis.null("boolean")
        ),
    )
    return shaped(finished, EVIDENCE)


def _covers(every: ibis.Table) -> ibis.Table:
    """One row: whether the files show returns at all, and whether they cover a year."""
    bought = every.is_purchase.ifelse(day_number(every.day), ibis.null("int64"))
    return every.aggregate(
        has_returns=(every.return_lines.sum() > 0).fill_null(False),
        has_year=(bought.max() - bought.min() + 1 >= YEAR_DAYS).fill_null(False),
    )


def _returned_near_end(persons: ibis.Table, people: ibis.Table) -> ibis.Table:
    ends = people.select("person_id", end=people.last_number + GRACE_DAYS)
    dated = persons.join(ends, "person_id")
    number = day_number(dated.day)
    near = dated.filter((number <= dated.end) & (number > dated.end - END_DAYS))
    bought = near.is_purchase.ifelse(near.amount, 0).sum()
    return near.group_by("person_id").aggregate(
        returned_near_end=ratio(near.returned.sum(), bought).clip(lower=0.0, upper=1.0)
    )


def _assortment(known_lines: ibis.Table, people: ibis.Table, today: int) -> ibis.Table:
    """Per person, over the products they bought: how prices moved, and what was dropped."""
    goods = sold_goods(known_lines)
    monthly = monthly_prices(goods)
    named = goods.filter(goods.person_id.notnull())
    baskets = named.group_by(["person_id", "sku"]).aggregate(
        spent=named.amount.sum(), month=named.month.max()
    )
    then = monthly.select(then_sku="sku", then_month="month", then_price="log_price")
    shelf = products(monthly, today)
    priced = baskets.join(then, [baskets.sku == then.then_sku, baskets.month == then.then_month])
    priced = priced.join(shelf, priced.sku == shelf.product_sku)
    priced = priced.join(people.select("person_id", "last_number"), "person_id")
    after = priced.last_sold - priced.last_number
    gone = (priced.stopped == 1) & (after >= 0) & (after <= GONE_DAYS)
    rise = priced.spent.cast("float64") * (priced.latest - priced.then_price)
    return priced.group_by("person_id").aggregate(
        price_rise=settled(ratio(rise.sum(), priced.spent.sum())),
        gone_share=ratio(gone.ifelse(priced.spent, 0).sum(), priced.spent.sum()),
    )


def _seasonal(days: ibis.Table, every: ibis.Table) -> ibis.Table:
    """Per person whether all purchase days (`only_peak`) fell in the shop's peak months."""
    bought = every.filter(every.is_purchase)
    daily = bought.group_by("day").aggregate(orders=bought.count())
    dated = daily.mutate(month=daily.day.month(), number=day_number(daily.day))
    usual = dated.aggregate(
        usual=ratio(dated.orders.sum(), dated.count()),
        log_days=dated.number.max() - dated.number.min() + 1,
    )
    months = dated.group_by("month").aggregate(pace=ratio(dated.orders.sum(), dated.count()))
    row = months.cross_join(usual)
    is_peak = (row.pace >= row.usual * PEAK) & (row.log_days >= YEAR_DAYS)
    peaks = row.select("month", peak=flag(is_peak))
    theirs = days.select("person_id", month=days.day.month()).join(peaks, "month")
    return theirs.group_by("person_id").aggregate(only_peak=theirs.peak.min())
