"""What each person did within a window: the figures a ladder looks at, in one pass."""

from __future__ import annotations

from datetime import date, datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import Tables
from huitou.facts.kernel import day_number, number_of, whole
from huitou.facts.orders import of_persons, orders
from huitou.facts.profit import profit_of, shop_rate

MEASURES = ("spend", "orders", "visits", "margin")


def standing(t: Tables, as_of: datetime, start: date, before: date | None = None) -> ibis.Table:
    """Per person: `spend`, `orders`, `visits`, `margin` from the day `start` on, and `first_day`.

    With `before`, the same from that day up to `start` as `spend_before` and so on, else zero.
    `spend` has what came back taken off; `visits` are different days with a purchase; `margin` is
    profit; amounts are minor units. People without any purchase are not in it.
    """
    every = orders(t, as_of)
    mine = of_persons(every).cross_join(shop_rate(every, t.margin))
    mine = mine.mutate(profit=profit_of(mine.earned, mine.uncosted, mine.rate))
    number = day_number(mine.day)
    since = whole(number_of(start))
    within = number >= since
    earlier = (
        ibis.literal(False)
        if before is None
        else (number >= whole(number_of(before))) & (number < since)
    )
    found = mine.group_by("person_id").aggregate(
        first_day=mine.day.min(where=mine.is_purchase),
        **_figures(mine, within, ""),
        **_figures(mine, earlier, "_before"),
    )
    return found.filter(found.first_day.notnull())


def profit_between(t: Tables, as_of: datetime, start: date, until: date) -> ibis.Table:
    """Per person the profit of the days from `start` up to, and not with, `until`: `profit`."""
    every = orders(t, as_of)
    mine = of_persons(every).cross_join(shop_rate(every, t.margin))
    number = day_number(mine.day)
    first, end = whole(number_of(start)), whole(number_of(until))
    inside = mine.filter((number >= first) & (number < end))
    each = inside.mutate(profit=profit_of(inside.earned, inside.uncosted, inside.rate))
    return each.group_by("person_id").aggregate(profit=each.profit.sum())


def _figures(mine: ibis.Table, when: Value, suffix: str) -> dict[str, Value]:
    bought = when & mine.is_purchase
    return {
        f"spend{suffix}": mine.amount.sum(where=when).fill_null(0).cast("int64"),
        f"orders{suffix}": mine.count(where=bought).cast("int64"),
        f"visits{suffix}": mine.day.nunique(where=bought).cast("int64"),
        f"margin{suffix}": mine.profit.sum(where=when).fill_null(0).cast("int64"),
    }
