"""Returns: what went back, by value and by customer."""

from __future__ import annotations

from datetime import datetime

import ibis

from huitou.facts.accounts import sums_of_buyers
from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import flag, ratio
from huitou.facts.orders import cut, lines


def return_rate(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Value of goods that went back / value of goods sold. Postage and fees are not goods."""
    every = lines(t, as_of, by=by)
    goods = every.filter(every.is_product)
    back = goods.is_return.ifelse(-goods.amount, 0).sum()
    sold = (goods.is_return | (goods.amount < 0)).ifelse(0, goods.amount).sum()
    return goods.aggregate(by=cut(by), value=ratio(back, sold), people=flag(goods.is_return).sum())


def returning_share(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers who have returned something / customers."""
    people = sums_of_buyers(t, as_of, by)
    return people.aggregate(
        by=cut(by),
        value=ratio(flag(people.return_lines > 0).sum(), people.count()),
        people=people.count(),
    )


def returners(t: Tables, as_of: datetime) -> ibis.Table:
    """Customers who have returned something; `value`: how much, minor units."""
    people = sums_of_buyers(t, as_of, None)
    return people.filter(people.return_lines > 0).select("person_id", value="returned")
