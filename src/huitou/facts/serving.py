"""Cost to serve: what customers cost beside their goods, by kind.

discounts   taken off the price
returns     handling of what came back, at the merchant's word for one piece
shipping    cost of lines that are no product (postage, fees), where it is told
service     minutes of staff for their complaints, at the wage
gifts       what was handed over to them
"""

from __future__ import annotations

from datetime import datetime

import ibis
import pyarrow as pa

from huitou.facts.contract import Dimension, Tables, shaped
from huitou.facts.kernel import day_number, number_of, ratio, settled, whole
from huitou.facts.orders import apart, cut, first_purchases, lines
from huitou.facts.winning import newcomers
from huitou.ground.clock import last_day_before

COST = pa.schema([("person_id", pa.string()), ("kind", pa.string()), ("amount", pa.int64())])
FROM_LINES = ("discounts", "shipping")
"""The others are told beside the orders."""


def cost_to_serve(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Mean cost to serve of a customer so far, minor units; apart by their first purchase."""
    return _of_one(_people(t, as_of, by), served(t, as_of), by)


def newcomers_to_serve(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """The same of newcomers: what one cost so far beside their goods, as against what they brought.

    Those of the log's first month are left out, as wherever it is asked what newcomers brought.
    """
    people = newcomers(t, as_of, by=by).select("person_id", *cut(by))
    return _of_one(people, served(t, as_of), by)


def _of_one(people: ibis.Table, told: ibis.Table, by: Dimension | None) -> ibis.Table:
    # Most cost nothing beside their goods: they need no gathering.
    costs = told.filter(told.amount != 0)
    summed = costs.group_by(whose="person_id").aggregate(amount=costs.amount.sum())
    both = people.left_join(summed, people.person_id == summed.whose)
    total = both.amount.sum().fill_null(0)
    return both.aggregate(by=cut(by), value=ratio(total, both.count()), people=both.count())


def served_by_kind(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Cost to serve by `kind`: `people` it was spent on, `total`, and `each` of all customers."""
    people, costs = _people(t, as_of, by), served(t, as_of)
    told = costs.rename(whose="person_id")
    both = people.join(told, people.person_id == told.whose)
    sums = both.group_by([*cut(by), "kind"]).aggregate(
        people=both.person_id.nunique(where=both.amount > 0), total=both.amount.sum()
    )
    sizes = people.aggregate(by=cut(by), size=people.count())
    if by is None:
        row = sums.cross_join(sizes)
    else:
        of = sizes.rename(whose="part")
        row = sums.left_join(of, sums.part.identical_to(of.whose)).drop("whose")
    each = settled(ratio(row.total, row["size"]))
    return row.select(*cut(by), kind="kind", people="people", total="total", each=each)


def serving_costs(t: Tables, as_of: datetime) -> ibis.Table:
    """Customers who cost something to serve; `value`: how much, minor units."""
    people, costs = _people(t, as_of, None), served(t, as_of)
    sums = costs.group_by(whose="person_id").aggregate(value=costs.amount.sum())
    told = sums.filter(sums.value > 0)
    return people.join(told, people.person_id == told.whose).select("person_id", "value")


def served(t: Tables, as_of: datetime) -> ibis.Table:
    """Per person and kind what it cost to serve them: `person_id`, `kind`, `amount`."""
    every = lines(t, as_of)
    known = every.filter(every.person_id.notnull())
    sums = known.group_by("person_id").aggregate(
        discounts=known.is_return.ifelse(0, known.discount.fill_null(0)).sum(),
        shipping=known.is_product.ifelse(0, known.cost.fill_null(0)).sum(),
    )
    told = [
        sums.select("person_id", kind=ibis.literal(kind), amount=sums[kind]) for kind in FROM_LINES
    ]
    if t.served is not None:
        last = whole(number_of(last_day_before(as_of, t.shop_zone)))
        beside = t.served.filter(day_number(t.served.day) <= last)
        told.append(beside.group_by(["person_id", "kind"]).aggregate(amount=beside.amount.sum()))
    return ibis.union(*(shaped(each, COST) for each in told))


def _people(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    return apart(t, first_purchases(t, as_of), by).select("person_id", *cut(by))
