"""Repeat purchase: who came back, how many never did, and how long the second purchase takes."""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis.expr.types import BooleanValue

from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import flag, number_of, ratio, whole
from huitou.facts.orders import cut
from huitou.facts.rhythm import buyers
from huitou.ground.clock import last_day_before

SECOND_WITHIN = 180
"""Days within which a second purchase counts for the second-purchase rate."""

STEPS = 10
"""Purchase days up to which each next one is told apart."""


def repeat_purchase_rate(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers who bought on two different days or more / customers."""
    people = buyers(t, as_of, by=by)
    return _share(people, people.purchase_days >= 2, by)


def one_time_share(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers with exactly one order / customers."""
    people = buyers(t, as_of, by=by)
    return _share(people, people.orders == 1, by)


def repeaters(t: Tables, as_of: datetime) -> ibis.Table:
    """Who bought on two days or more; `value`: on how many."""
    people = buyers(t, as_of)
    return people.filter(people.purchase_days >= 2).select("person_id", value="purchase_days")


def one_timers(t: Tables, as_of: datetime) -> ibis.Table:
    """Who has exactly one order; `value`: its total, minor units."""
    people = buyers(t, as_of)
    return people.filter(people.orders == 1).select("person_id", value="gross")


def second_purchases(t: Tables, as_of: datetime) -> ibis.Table:
    """Who bought a second time; `value`: days from the first purchase day to the second."""
    people = buyers(t, as_of)
    again = people.filter(people.second_number.notnull())
    return again.select("person_id", value=again.second_number - again.first_number)


def second_purchase_curve(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Share of customers that has bought a second time by each day after the first (`share`).

    Kaplan and Meier (1958), eq. 2b: customers who have not come back yet count for as long as they
    were seen. `days`, `at_risk`, `bought`, and one row for each day on which somebody came back or
    left sight. On one day, coming back goes before leaving sight.
    """
    waits = _waits(t, as_of, by)
    keys = cut(by)
    ends = waits.group_by([*keys, "days"]).aggregate(bought=waits.came.sum(), people=waits.count())
    later = ibis.window(group_by=keys, order_by=ends.days.desc(), preceding=None, following=0)
    risk = ends.mutate(at_risk=ends.people.sum().over(later))
    stay = ibis.literal(1.0, "float64") - ratio(risk.bought, risk.at_risk)
    step = risk.mutate(log_stay=(stay > 0).ifelse(stay, 1.0).ln(), all_came=flag(stay <= 0))
    so_far = ibis.window(group_by=keys, order_by=step.days, preceding=None, following=0)
    away = step.log_stay.sum().over(so_far).exp()
    nobody_left = step.all_came.max().over(so_far) == 1
    curve = step.mutate(share=nobody_left.ifelse(1.0, ibis.literal(1.0, "float64") - away))
    return curve.select(*keys, "days", "at_risk", "bought", "share")


def second_purchase_rate(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Share of customers that buys a second time within SECOND_WITHIN days (Kaplan-Meier)."""
    curve = second_purchase_curve(t, as_of, by=by)
    within = curve.share.max(where=curve.days <= SECOND_WITHIN)
    return curve.aggregate(by=cut(by), value=within, people=curve.at_risk.max())


def second_purchase_days(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Days until half of all customers have bought a second time; null while half never did."""
    curve = second_purchase_curve(t, as_of, by=by)
    median = curve.days.min(where=curve.share >= 0.5)
    return curve.aggregate(by=cut(by), value=median, people=curve.at_risk.max())


def purchase_steps(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Of those who bought on `k` days or more, `people`: how many `went_on` to one more, and their
    `share`. Who came late has had less time to go on: the shares are the least that is true."""
    people = buyers(t, as_of, by=by)
    few = people.mutate(reached=(people.purchase_days > STEPS).ifelse(STEPS, people.purchase_days))
    held = few.group_by([*cut(by), "reached"]).aggregate(
        stood=few.count(), over=flag(few.purchase_days > STEPS).sum()
    )
    later = ibis.window(group_by=cut(by), order_by=held.reached.desc(), preceding=None, following=0)
    risk = held.mutate(people=held.stood.sum().over(later))
    went = risk.mutate(went_on=(risk.reached == STEPS).ifelse(risk.over, risk.people - risk.stood))
    share = ratio(went.went_on, went.people)
    return went.select(
        *cut(by), k=went.reached, people=went.people, went_on=went.went_on, share=share
    )


def _share(people: ibis.Table, counted: BooleanValue, by: Dimension | None) -> ibis.Table:
    return people.aggregate(
        by=cut(by), value=ratio(flag(counted).sum(), people.count()), people=people.count()
    )


def _waits(t: Tables, as_of: datetime, by: Dimension | None) -> ibis.Table:
    """Per customer the days from first to second purchase, or until sight of them ends."""
    people = buyers(t, as_of, by=by)
    today = number_of(last_day_before(as_of, t.shop_zone))
    end = people.second_number.fill_null(whole(today))
    return people.select(
        *cut(by), days=end - people.first_number, came=flag(people.second_number.notnull())
    )
