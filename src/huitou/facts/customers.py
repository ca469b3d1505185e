"""The customer table: one row per person with a purchase, everything later chapters read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import ibis

from huitou.facts.contract import CUSTOMERS, Tables, shaped
from huitou.facts.kernel import day_number, flag, number_of, ratio, whole
from huitou.facts.orders import of_persons, orders
from huitou.facts.profit import profit_of, shop_rate
from huitou.facts.rhythm import purchase_days, rhythm, shop_rhythm, typical
from huitou.ground.clock import last_day_before

PERSON = ["person_id"]


def customers(
    t: Tables, as_of: datetime, margin: float | None = None, *, known: datetime | None = None
) -> ibis.Table:
    """Every person with a purchase known at `as_of` (columns: `contract.CUSTOMERS`).

    `margin` goes before `t.margin`. Ages and gaps are whole days in the shop's zone; `T` runs to
    the last day that began before `as_of`. Amounts are minor units.
    """
    told = t if margin is None else replace(t, margin=margin)
    every = orders(told, as_of, known=known)
    persons = of_persons(every)
    today = number_of(last_day_before(as_of, t.shop_zone))
    bought = rhythm(purchase_days(persons.filter(persons.is_purchase), PERSON), PERSON, today)
    shop = _shop(told, today, every, bought)
    joined = bought.join(_ledger(persons), "person_id").cross_join(shop)
    return shaped(_derived(joined), CUSTOMERS)


def _ledger(persons: ibis.Table) -> ibis.Table:
    """Per person: all money, returns included, and what the last purchase tells of them."""
    latest = ibis.window(
        group_by=persons.person_id,
        order_by=[
            flag(persons.is_purchase).desc(),
            persons.ordered_at.desc(),
            persons.source.desc(),
            persons.order_id.desc(),
        ],
    )
    ranked = persons.mutate(recency=ibis.row_number().over(latest))
    newest = ranked.recency == 0
    return ranked.group_by("person_id").aggregate(
        key=ibis.coalesce(ranked.member_no.min(), ranked.phone.min(), ranked.email.min()),
        name=ranked.name.min(),
        last_seen_day=ranked.last_day.max(),
        revenue=ranked.amount.sum(),
        returned=ranked.returned.sum(),
        return_lines=ranked.return_lines.sum(),
        costed=ranked.costed.sum(),
        earned=ranked.earned.sum(),
        uncosted=ranked.uncosted.sum(),
        store=ranked.store.max(where=newest),
        channel=ranked.channel.max(where=newest),
        region=ranked.region.max(where=newest),
        has_phone=ranked.phone.max().notnull(),
        has_email=ranked.email.max().notnull(),
    )


def _shop(t: Tables, today: int, every: ibis.Table, bought: ibis.Table) -> ibis.Table:
    """One row about the shop: its rate, usual gap, start of log, and costs per person."""
    log = every.aggregate(log_start=day_number(every.day.min()), costed_all=every.costed.sum())
    gap = shop_rhythm(bought)
    people = bought.aggregate(people=bought.count())
    row = log.cross_join(gap).cross_join(people).cross_join(shop_rate(every, t.margin))
    span = (whole(today) - row.log_start + 1).cast("float64")
    return row.select(
        shop_gap=row.shop_gap.fill_null(span),
        log_start=row.log_start,
        rate=row.rate,
        usual_costed=ratio(row.costed_all, row.people).fill_null(0.0),
        today=whole(today),
    )


def _derived(row: ibis.Table) -> ibis.Table:
    x = row.purchase_days - 1
    span = row.last_number - row.first_number
    return row.mutate(
        x=x,
        t_x=span,
        T=row.today - row.first_number,
        profit=profit_of(row.earned, row.uncosted, row.rate),
        margin_rate=_margin_rate(row),
        typical_gap=typical(x, span, row.shop_gap),
        left_censored=(row.first_number - row.log_start).cast("float64") <= row.shop_gap,
    )


def _margin_rate(row: ibis.Table) -> ibis.Value:
    """The person's own rate where costs are known, weighed against one usual customer's costs.

    Without that weight one line sold at a loss would make a person worthless for ever.
    """
    weighed = row.earned.cast("float64") + row.rate * row.usual_costed
    own = ratio(weighed, row.costed.cast("float64") + row.usual_costed)
    return own.fill_null(row.rate).clip(lower=-1.0, upper=1.0)
