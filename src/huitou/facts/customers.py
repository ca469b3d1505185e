"""The customer table: one row per person with a purchase, everything later chapters read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import ibis

from huitou.facts import rhythm
from huitou.facts.accounts import accounts
from huitou.facts.contract import CUSTOMERS, Tables, shaped
from huitou.facts.kernel import day_number, number_of, ratio, whole
from huitou.facts.orders import orders
from huitou.facts.profit import profit_of, shop_rate
from huitou.facts.rhythm import shop_rhythm, typical
from huitou.ground.clock import last_day_before


def customers(
    t: Tables, as_of: datetime, margin: float | None = None, *, known: datetime | None = None
) -> ibis.Table:
    """Every person with a purchase known at `as_of` (columns: `contract.CUSTOMERS`).

    `margin` goes before `t.margin`. Ages and gaps are whole days in the shop's zone; `T` runs to
    the last day that began before `as_of`. Amounts are minor units.
    """
    told = t if margin is None else replace(t, margin=margin)
    return customers_of(told, accounts(told, as_of, known=known), as_of, known=known)


def customers_of(
    t: Tables, accounts: ibis.Table, as_of: datetime, *, known: datetime | None = None
) -> ibis.Table:
    """The same from everybody's account as of that evening (`contract.ACCOUNTS`)."""
    today = number_of(last_day_before(as_of, t.shop_zone))
    told = _told(accounts)
    days = rhythm.bought_days(t, as_of, known=known)
    late = rhythm.lately(days, ["person_id"], today).rename(whose="person_id")
    both = told.left_join(late, told.person_id == late.whose)
    bought = both.mutate(**{name: both[name].fill_null(0) for name in rhythm.WINDOWS})
    # Not of `bought`, which an engine would then hold whole: it is as wide as the shop is large.
    paced = _told(accounts.select("person_id", *rhythm.PACE))
    shop = _shop(t, today, orders(t, as_of, known=known), paced)
    return shaped(_derived(bought.cross_join(shop)), CUSTOMERS)


def _told(accounts: ibis.Table) -> ibis.Table:
    return rhythm.told(accounts.filter(accounts.purchase_days > 0))


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
        key=ibis.coalesce(row.member_no, row.phone, row.email),
        has_phone=row.phone.notnull(),
        has_email=row.email.notnull(),
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
