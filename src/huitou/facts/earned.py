"""What each person brought in a window of days: the outcome by which programmes are judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import ibis

from huitou.facts.contract import Tables
from huitou.facts.kernel import known_at
from huitou.facts.orders import of_persons, orders
from huitou.facts.profit import profit_of, shop_rate, with_profit


def earned(
    t: Tables, as_of: datetime, first: date, last: date, *, known: datetime | None = None
) -> ibis.Table:
    """Profit of each person from `first` to `last`, both included: `person_id`, `profit`.

    Returns count on the day they came back, with a minus. Persons without a line in the window
    are absent. Minor units. The shop's rate is that of everything known at `as_of`.
    """
    rate = shop_rate(orders(t, as_of, known=known), t.margin)
    every = known_at(t.lines, as_of, known)
    window = every.filter((every.day >= ibis.literal(first)) & (every.day <= ibis.literal(last)))
    split = of_persons(with_profit(t, window))
    sums = split.group_by("person_id").aggregate(
        earned=split.earned.sum(), uncosted=split.uncosted.sum()
    )
    row = sums.cross_join(rate)
    return row.select("person_id", profit=profit_of(row.earned, row.uncosted, row.rate))


def earned_by_day(t: Tables, as_of: datetime, people: Sequence[str]) -> ibis.Table:
    """Profit of these persons by day: `person_id`, `day`, `profit`, `revenue`. Minor units."""
    rate = shop_rate(orders(t, as_of), t.margin)
    every = known_at(t.lines, as_of, None)
    theirs = with_profit(t, every.filter(every.person_id.isin(list(people))))
    sums = theirs.group_by(["person_id", "day"]).aggregate(
        earned=theirs.earned.sum(), uncosted=theirs.uncosted.sum(), revenue=theirs.amount.sum()
    )
    row = sums.cross_join(rate)
    profit = profit_of(row.earned, row.uncosted, row.rate)
    return row.select("person_id", "day", "revenue", profit=profit)


def earned_by_look(
    t: Tables, as_of: datetime, first: date, last: date, every: int = 7
) -> ibis.Table:
    """What each person brought between looks: `person_id`, `look`, `earned`, `uncosted`, `rate`.

    Looks lie `every` days apart from `first` on, counted from 0; where nothing happened there is no
    row. Minor units; profit up to a look is the sum of `earned` up to it, and `rate` of `uncosted`.
    """
    rate = shop_rate(orders(t, as_of), t.margin)
    known = known_at(t.lines, as_of, None)
    window = known.filter((known.day >= ibis.literal(first)) & (known.day <= ibis.literal(last)))
    split = of_persons(with_profit(t, window))
    days = split.day.delta(ibis.literal(first), unit="day")
    placed = split.mutate(look=(days.cast("float64") / every).floor().cast("int64"))
    sums = placed.group_by(["person_id", "look"]).aggregate(
        earned=placed.earned.sum(), uncosted=placed.uncosted.sum()
    )
    row = sums.cross_join(rate)
    return row.select("person_id", "look", "earned", "uncosted", "rate")
