"""Groups of customers: who has bought where, what, by which campaign, and since when.

Somebody belongs to a store from the day they first bought there, so that what was known of a
group on any earlier evening can be told from one table.
"""

from __future__ import annotations

from datetime import datetime

import ibis

from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import day_number
from huitou.facts.orders import first_purchases, lines

BOUGHT_IN: tuple[Dimension, ...] = ("store", "channel", "region", "campaign", "category", "sku")
"""Kinds of groups that a purchase makes somebody belong to."""


def belonging(t: Tables, as_of: datetime) -> ibis.Table:
    """`person_id`, `kind`, `part` and `since`: the day (a number) they first bought there.

    Kinds are those of `BOUGHT_IN`, and `acquisition`. What came back or cost nothing counts not.
    """
    every = lines(t, as_of)
    kept = every.filter(every.person_id.notnull() & ~every.is_return & (every.amount > 0))
    bought = kept.filter(kept.is_product)
    named = ibis.coalesce(bought.sku, bought["product"])  # many tills number no product
    dated = bought.mutate(number=day_number(bought.day), sku=named)
    sold = [
        dated.filter(dated[kind].notnull())
        .group_by("person_id", kind=ibis.literal(kind), part=dated[kind])
        .aggregate(since=dated.number.min())
        for kind in BOUGHT_IN
    ]
    first = first_purchases(t, as_of)
    won = first.filter(first.acquisition.notnull()).select(
        "person_id", kind=ibis.literal("acquisition"), part="acquisition", since="first_number"
    )
    return ibis.union(*(_plain(each) for each in (*sold, won)))


def _plain(table: ibis.Table) -> ibis.Table:
    texts = {name: table[name].cast("string") for name in ("person_id", "kind", "part")}
    return table.select(**texts, since=table.since.cast("int64"))
