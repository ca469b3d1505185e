"""Which order a return belongs to: by its number, else by who bought the same, else nobody knows.

- *number*: the shop names the order (`1001/refund` belongs to `1001`; a line that came back within
  an order belongs to that order).
- *goods*: the latest purchase of the same product by the same customer, before it came back.
- *none*: neither; its money counts as given back, but against no purchase.
"""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import flag, ratio
from huitou.facts.orders import cut, lines

NUMBER, GOODS, NONE = "number", "goods", "none"
SUFFIX = "/refund"
"""How the sources end the number of what was paid back for an order."""
OF_A_RETURN = ("source", "order_id", "sku", "product", "person_id", "ordered_at", "amount")
"""What is told of a line that came back."""


def matched(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """One row per returned line of goods: its order (`source`, `order_id`, `sku`, `product`,
    `person_id`, `ordered_at`, `amount`), `how` it found the order it is of, and that order's number
    as `bought_in` (null where none was found)."""
    kept = t.kept("matched", as_of) if by is None else None
    if kept is not None:
        return kept
    every = lines(t, as_of, by=by)
    back = every.filter(every.is_return & every.is_product)
    told = back.select(*cut(by), *OF_A_RETURN)
    back = told.mutate(named=_named(told.order_id), goods=_goods(told))
    sold = every.filter(~every.is_return & (every.amount > 0) & every.is_product)
    return _by_goods(_by_number(back, sold), back, sold)


def unmatched_returns(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """How many returned lines find no order they could be of."""
    found = matched(t, as_of, by=by)
    alone = flag(found.how == NONE).sum()
    return found.aggregate(by=cut(by), value=alone.cast("float64"), people=alone)


def unmatched_people(t: Tables, as_of: datetime) -> ibis.Table:
    """Customers with returned lines that find no order; `value`: what went back, minor units."""
    found = matched(t, as_of)
    alone = found.filter((found.how == NONE) & found.person_id.notnull())
    return alone.group_by("person_id").aggregate(value=-alone.amount.sum())


def returns_found(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Returned lines and their money, by how each found its order."""
    found = matched(t, as_of)
    whole = found.aggregate(whole=found.count())
    counted = found.group_by("how").aggregate(people=found.count(), value=-found.amount.sum())
    joined = counted.cross_join(whole)
    return joined.select(
        part=joined.how,
        people=joined.people,
        value=joined.value,
        share=ratio(joined.people, joined.whole),
    )


def _named(order_id: Value) -> Value:
    length = order_id.length()
    return order_id.endswith(SUFFIX).ifelse(order_id.substr(0, length - len(SUFFIX)), order_id)


def _goods(of: ibis.Table) -> Value:
    return ibis.coalesce(of.sku, of["product"])


def _by_number(back: ibis.Table, sold: ibis.Table) -> ibis.Table:
    """With `numbered`, the order that the return names, where that order sold something."""
    # First the few orders that returns name: all orders of a large shop are many.
    asked = back.group_by(["source", "named"]).aggregate()
    theirs = sold.semi_join(asked, [sold.source == asked.source, sold.order_id == asked.named])
    orders = theirs.select(sold_by=theirs.source, numbered=theirs.order_id).distinct()
    same = [back.source == orders.sold_by, back.named == orders.numbered]
    return back.left_join(orders, same).drop("sold_by")


def _by_goods(numbered: ibis.Table, back: ibis.Table, sold: ibis.Table) -> ibis.Table:
    # Of all that came back, which is told nowhere: numbers would be looked for twice.
    asked = back.filter(back.person_id.notnull() & back.goods.notnull())
    asked = asked.select("person_id", "goods", "ordered_at").distinct()
    bought = sold.mutate(goods=_goods(sold)).semi_join(asked, ["person_id", "goods"])
    # A customer who bought the same twice at one moment in two orders: the later number, always.
    bought = bought.group_by(["person_id", "goods", "ordered_at"]).aggregate(
        in_order=bought.order_id.max()
    )
    earlier = bought.select(
        buyer=bought.person_id, thing=bought.goods, at=bought.ordered_at, in_order=bought.in_order
    )
    pairs = asked.join(
        earlier,
        [
            asked.person_id == earlier.buyer,
            asked.goods == earlier.thing,
            asked.ordered_at >= earlier.at,
        ],
    )
    latest = pairs.group_by(["person_id", "goods", "ordered_at"]).aggregate(
        bought_before=pairs.in_order.argmax(pairs.at)
    )
    latest = latest.select(
        whose=latest.person_id, what=latest.goods, returned_at=latest.ordered_at,
        bought_before=latest.bought_before,
    )  # fmt: skip
    joined = numbered.left_join(
        latest,
        [
            numbered.person_id == latest.whose,
            numbered.goods == latest.what,
            numbered.ordered_at == latest.returned_at,
        ],
    )
    how = ibis.cases(
        (joined.numbered.notnull(), NUMBER), (joined.bought_before.notnull(), GOODS), else_=NONE
    )
    return joined.mutate(how=how, bought_in=ibis.coalesce(joined.numbered, joined.bought_before))
