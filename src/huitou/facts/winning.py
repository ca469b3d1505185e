"""What customers cost to win: acquisition cost, first-order profit, payback, new against kept.

Newcomers are told apart by their first purchase: its channel, campaign, store or region. Who first
bought in the first month of the log may have been a customer long before, and is no newcomer here.
Spending is read by whole months: a campaign of the third wins customers of the fourth.
"""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.cohorts import cohort_months, month_under_way
from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import month_number, ratio, settled
from huitou.facts.orders import apart, cut, first_purchases, of_persons, orders, purchases
from huitou.facts.profit import profit_of, shop_rate

YEAR = 12
"""Months of late over which winning is held against keeping."""
NEW, KEEP = "new", "keep"
"""What money was spent on."""


def newcomers(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """First purchases after the log's first month; along a dimension with its value as `part`."""
    told = first_purchases(t, as_of).cross_join(_log_start(t, as_of))
    return apart(t, told.filter(told.month > told.log_month), by)


def acquisition_cost(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Spent on winning customers / newcomers, minor units, over the months whose spending is known.

    Null where nothing is known of the spending, or where it won nobody.
    """
    won = _won(t, as_of, by)
    people = won.people.sum().fill_null(0)
    return won.aggregate(by=cut(by), value=ratio(won.amount.sum(), people), people=people)


def first_order_profit(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Mean profit of a newcomer's first order, minor units."""
    came = _earning(t, as_of, by)
    mean = ratio(came.profit.sum(), came.count())
    return came.aggregate(by=cut(by), value=mean, people=came.count())


def first_profits(t: Tables, as_of: datetime) -> ibis.Table:
    """All newcomers; `value`: profit of their first order, minor units."""
    return _earning(t, as_of, None).select("person_id", value="profit")


def payback_curve(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """What one newcomer has brought by the end of each month of age, against what they cost.

    `months` (1 is the month they came in), `people` followed so long, `profit` (cumulated, each
    month from those who have lived through it), `cost` of winning one (null where unknown) and
    `balance`: profit less cost. Minor units. Only months that are over count.
    """
    came, over = newcomers(t, as_of, by=by), month_under_way(t, as_of)
    sizes = came.group_by([*cut(by), "month"]).aggregate(size=came.count())
    earned = _by_age(t, as_of, by)
    ages = earned.filter(earned.month + earned.k < over).select("k").distinct()
    seen = sizes.cross_join(ages)
    seen = seen.filter(seen.month + seen.k < over)
    followed = seen.group_by([*cut(by), "k"]).aggregate(people=seen.size.sum())
    kept = earned.filter(earned.month + earned.k < over)
    brought = kept.group_by([*cut(by), "k"]).aggregate(profit=kept.profit.sum())
    both = _outer(followed, brought, [*cut(by), "k"], {"profit": 0})
    step = both.mutate(each=ratio(both.profit, both.people))
    so_far = ibis.window(group_by=cut(by), order_by=step.k, preceding=None, following=0)
    curve = step.mutate(profit=settled(step.each.sum().over(so_far))).drop("each")
    return _against(curve, acquisition_cost(t, as_of, by=by), by)


def payback_months(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """The month by whose end a newcomer has brought what winning one cost, the month they came in
    being 1; null: not yet, or cost unknown."""
    curve = payback_curve(t, as_of, by=by)
    paid = (curve.profit >= curve.cost).fill_null(False)
    first = curve.months.min(where=paid)
    return curve.aggregate(by=cut(by), value=first, people=curve.people.max())


def winning_and_keeping(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Two rows, `kind` new and keep: `spend`, `people` and `each`, over the latest twelve months
    of which such spending is known. Kept is who bought then, having come in an earlier month."""
    won = _lately(_won(t, as_of, None))
    new = won.aggregate(spend=won.amount.sum(), people=won.people.sum())
    return ibis.union(_each(new, NEW), _each(_kept(t, as_of), KEEP))


def new_to_kept(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """How many times as much as keeping a customer winning one costs; null where either is
    unknown."""
    both = winning_and_keeping(t, as_of)
    sides = both.aggregate(
        new=both.each.max(where=both.kind == NEW),
        keep=both.each.max(where=both.kind == KEEP),
        people=both.people.max(where=both.kind == KEEP).fill_null(0),
    )
    return sides.select(value=ratio(sides.new, sides.keep), people=sides.people)


def came(t: Tables, as_of: datetime) -> ibis.Table:
    """All newcomers; `value`: what their first order came to, minor units."""
    return newcomers(t, as_of).select("person_id", value="amount")


def _log_start(t: Tables, as_of: datetime) -> ibis.Table:
    return orders(t, as_of).aggregate(log_month=month_number(ibis._.day.min()))


# -- what was spent


def spent(t: Tables, as_of: datetime, purpose: str, *, by: Dimension | None = None) -> ibis.Table:
    """Spending by month (and `part`), over months that are over: `month`, `amount`."""
    if t.spend is None:
        return _nothing(t, by)
    told = t.spend.mutate(month=month_number(t.spend.day))
    told = told.filter((told.purpose == purpose) & (told.month < month_under_way(t, as_of)))
    if by is not None:
        told = told.mutate(part=_part_of(told, by))
    return told.group_by([*cut(by), "month"]).aggregate(amount=told.amount.sum())


def _nothing(t: Tables, by: Dimension | None) -> ibis.Table:
    """Spending of which nobody said anything: the right columns, and no row."""
    told = t.lines.mutate(month=month_number(t.lines.day), amount=ibis.literal(0, "int64"))
    if by is not None:
        told = told.mutate(part=ibis.null("string"))
    return told.filter(ibis.literal(False)).select(*cut(by), "month", "amount")


def _part_of(spend: ibis.Table, by: Dimension) -> Value:
    channel, campaign = spend.channel.nullif(""), spend.campaign.nullif("")
    parts = {
        "channel": channel,
        "campaign": campaign,
        "acquisition": ibis.coalesce(campaign, channel),
    }
    # By store, region or tier nobody says what was spent.
    return parts.get(by, ibis.null("string"))


def _won(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    """Per month with known spending (and `part`): `amount`, and how many newcomers (`people`).

    Months before the log's second are left out: of their newcomers nothing is known. Newcomers of
    a part of whose spending nothing is known stand there with no amount.
    """
    came = newcomers(t, as_of, by=by)
    told = spent(t, as_of, NEW, by=by)
    known = told.cross_join(_log_start(t, as_of))
    known = known.filter(known.month > known.log_month).drop("log_month")
    counted = came.group_by([*cut(by), "month"]).aggregate(people=came.count())
    won = _outer(known, counted, [*cut(by), "month"], {"people": 0})
    if by is None:
        return won
    parts = came.select(whose="part").distinct()
    bare = parts.left_join(won, parts.whose.identical_to(won.part))
    without = bare.filter(bare.month.isnull())
    return won.union(
        without.select(
            part="whose",
            month=ibis.null("int64"),
            amount=ibis.null("int64"),
            people=ibis.literal(0, "int64"),
        )
    )


def _lately(months: ibis.Table) -> ibis.Table:
    latest = months.mutate(last=months.month.max().over(ibis.window()))
    return latest.filter(latest.month > latest.last - YEAR)


def _kept(t: Tables, as_of: datetime) -> ibis.Table:
    """One row: `spend` on keeping, and how many `people` were kept in those months."""
    told = _lately(spent(t, as_of, KEEP))
    bought = of_persons(purchases(t, as_of)).select("person_id", at=month_number(ibis._.day))
    # The months go first: where nothing is told of any, nobody's purchases are looked at.
    then = bought.join(told.select("month"), bought["at"] == told.month)
    first = first_purchases(t, as_of).select(whose="person_id", came="month")
    again = then.join(first, then.person_id == first.whose)
    again = again.filter(again["at"] > again.came)
    people = again.aggregate(people=again.person_id.nunique())
    return told.aggregate(spend=told.amount.sum()).cross_join(people)


def _each(row: ibis.Table, kind: str) -> ibis.Table:
    return row.select(
        kind=ibis.literal(kind),
        spend=row.spend.cast("int64"),
        people=row.people.fill_null(0).cast("int64"),
        each=settled(ratio(row.spend, row.people)),
    )


# -- what newcomers brought


def _earning(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    row = newcomers(t, as_of, by=by).cross_join(shop_rate(orders(t, as_of), t.margin))
    return row.mutate(profit=profit_of(row.earned, row.uncosted, row.rate))


def _by_age(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    """Profit of newcomers by `part`, `month` they came in, and months since (`k`)."""
    every = orders(t, as_of)
    sums = _of_whole(t, as_of) if by is None else _of_parts(t, as_of, every, by)
    row = sums.cross_join(shop_rate(every, t.margin))
    return row.mutate(profit=profit_of(row.earned, row.uncosted, row.rate))


def _of_whole(t: Tables, as_of: datetime) -> ibis.Table:
    """`earned` and `uncosted` of all newcomers by `month` and `k`: cohorts after the log's first
    month."""
    cells = cohort_months(t, as_of).cross_join(_log_start(t, as_of))
    late = cells.filter(cells.cohort > cells.log_month)
    return late.select("k", "earned", "uncosted", month="cohort")


def _of_parts(t: Tables, as_of: datetime, every: ibis.Table, by: Dimension) -> ibis.Table:
    """The same along what their first purchases say, as `part`."""
    came = newcomers(t, as_of, by=by)
    first = came.select("part", "month", whose="person_id")
    theirs = of_persons(every).select("person_id", "day", "earned", "uncosted")
    both = theirs.join(first, theirs.person_id == first.whose)
    aged = both.mutate(k=month_number(both.day) - both.month)
    aged = aged.filter(aged.k >= 0)
    return aged.group_by(["part", "month", "k"]).aggregate(
        earned=aged.earned.sum(), uncosted=aged.uncosted.sum()
    )


def _against(curve: ibis.Table, costs: ibis.Table, by: Dimension | None) -> ibis.Table:
    told = costs.rename(cost="value").drop("people")
    both = curve.cross_join(told) if by is None else _outer(curve, told, cut(by), {})
    return both.select(
        *cut(by),
        months=both.k + 1,
        people="people",
        profit="profit",
        cost=settled(both.cost),
        balance=settled(both.profit - both.cost),
    )


def _outer(
    left: ibis.Table, right: ibis.Table, keys: list[str], missing: dict[str, int]
) -> ibis.Table:
    """A left join on keys of which nulls are equal; what the right side lacks is `missing`."""
    told = right.rename({f"other_{name}": name for name in keys})
    same = [left[name].identical_to(told[f"other_{name}"]) for name in keys]
    both = left.left_join(told, same).drop(*(f"other_{name}" for name in keys))
    return both.mutate(**{name: both[name].fill_null(value) for name, value in missing.items()})
