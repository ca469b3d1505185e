"""Personal rhythm: purchase days, the gaps between them, and what is usual for whom."""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import RETURNING, Dimension, Tables, shaped
from huitou.facts.kernel import (
    day_number,
    day_of,
    flag,
    geometric_mean,
    nullable,
    number_of,
    ratio,
    rounded,
    settled,
    spread,
    whole,
)
from huitou.facts.orders import cut, of_persons, persons_of, purchases, torn_since
from huitou.ground.clock import last_day_before

PRIOR_GAPS = 2.0
"""The shop's usual gap weighs as much as this many gaps of the person's own."""
MONTH = 28
"""Days of a month that has every day of the week four times."""
LATELY = 112
"""Days whose purchases are held against those of as many days before: sixteen weeks even out the
days of a week and the ends of months, and lie within one season."""
WINDOWS = {
    "bought_month": (0, MONTH),
    "bought_month_before": (MONTH, 2 * MONTH),
    "bought_lately": (0, LATELY),
    "bought_before": (LATELY, 2 * LATELY),
    "bought_long_before": (2 * LATELY, 4 * LATELY),
}
"""Purchase days of late: from how many days ago, and up to how many."""
MILLION = 1e6
"""Logs are counted in millionths: sums of whole numbers are exact."""
DAYS_OF_A_CODE = 2**20
"""More than any day number, before 1970 or after."""
PACE = (
    *("purchase_days", "gross", "logs", "log_squares"),
    *("first_number", "last_number", "gap_squares", "absence_code"),
)
"""What of a pace is told."""
BANDS = (7, 14, 30, 60, 90, 180, 365)
"""Days by which gaps between purchases are told apart."""


def buyers(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """The rhythm of every person with a purchase, per `part` when cut along a dimension."""
    accounts = t.kept("accounts", as_of) if by is None else None
    if accounts is not None:
        return told(accounts.filter(accounts.purchase_days > 0))
    keys = [*cut(by), "person_id"]
    return rhythm(bought_days(t, as_of, by=by), keys)


def bought_days(
    t: Tables, as_of: datetime, *, by: Dimension | None = None, known: datetime | None = None
) -> ibis.Table:
    """Everybody's purchase days (`purchase_days`), per `part` when cut along a dimension."""
    bought = of_persons(purchases(t, as_of, by=by, known=known))
    later = t.kept("purchase_days", as_of, later=True) if by is None and known is None else None
    if later is None:
        return purchase_days(bought, [*cut(by), "person_id"])
    parts = torn_since(t, as_of)
    if parts is None:
        return later
    # Whoever bought in an order that was not all there yet had other days then.
    today = number_of(last_day_before(as_of, t.shop_zone))
    theirs = persons_of(parts)
    others = later.filter(later.number <= whole(today)).anti_join(theirs, "person_id")
    again = purchase_days(bought.semi_join(theirs, "person_id"), ["person_id"])
    return ibis.union(others, again.select(*others.columns))


def purchase_days(purchases: ibis.Table, keys: list[str]) -> ibis.Table:
    """One row per person and day with a purchase: `gross` of the day, `gap` since the one before.

    Several orders on one day are one event, as in the published models. `keys` are the columns
    that tell persons apart, and may begin with `part`.
    """
    daily = purchases.group_by([*keys, "day"]).aggregate(
        gross=purchases.amount.sum(), orders=purchases.count()
    )
    numbered = daily.mutate(number=day_number(daily.day))
    before = ibis.window(group_by=keys, order_by=numbered.number)
    previous = nullable(numbered.number.lag().over(before), 0)
    return numbered.mutate(gap=numbered.number - previous)


def rhythm(days: ibis.Table, keys: list[str]) -> ibis.Table:
    """One row per person: first and last day, counts, spend per day, and the gaps.

    `gap_mean`, `last_gap` and `absence` (the longest gap, `back_day` the last day that ended one so
    long) are null with one purchase day, `gap_sd` and `spend_log_sd` (sample sd) below three and
    two.
    """
    return told(pace(days, keys))


def pace(days: ibis.Table, keys: list[str]) -> ibis.Table:
    """What a rhythm is told from: whole numbers that add, for those of one span of days and of the
    next come to those of both (`accounts.added`).

    `logs` and `log_squares` are of the log of each day's `gross`, in millionths; `gap_squares` of
    gaps in days; `absence_code` holds the longest gap and the last day that ended one so long.
    """
    log = rounded(days.gross.cast("float64").ln() * MILLION)
    return days.group_by(keys).aggregate(
        first_day=days.day.min(),
        last_day=days.day.max(),
        first_number=days.number.min(),
        second_number=days.number.min(where=days.gap.notnull()),
        last_number=days.number.max(),
        purchase_days=days.count(),
        orders=days.orders.sum(),
        gross=days.gross.sum(),
        logs=log.sum(),
        log_squares=(log * log).sum(),
        gap_squares=(days.gap * days.gap).sum(),
        absence_code=absence_code(days.gap, days.number).max(),
        last_gap=(_placed(days.number) * DAYS_OF_A_CODE + days.gap).max() % DAYS_OF_A_CODE,
    )


def lately(days: ibis.Table, keys: list[str], today: int) -> ibis.Table:
    """Purchase days of late (`WINDOWS`), today (a day number) among them; without any, no row."""
    farthest = max(end for _begin, end in WINDOWS.values())
    late = days.filter(days.number > whole(today - farthest))
    return late.group_by(keys).aggregate(
        **{name: flag(within(late.number, today, name)).sum() for name in WINDOWS}
    )


def told(pace: ibis.Table) -> ibis.Table:
    """The same, with means, deviations and the longest absence."""
    gaps = pace.purchase_days - 1
    absence = pace.absence_code // DAYS_OF_A_CODE
    back = pace.absence_code - absence * DAYS_OF_A_CODE - DAYS_OF_A_CODE // 2
    return pace.mutate(
        spend_mean=ratio(pace.gross, pace.purchase_days),
        spend_log_sd=settled(spread(pace.purchase_days, pace.logs, pace.log_squares) / MILLION),
        gap_mean=ratio(pace.last_number - pace.first_number, gaps),
        gap_sd=spread(gaps, pace.last_number - pace.first_number, pace.gap_squares),
        absence=absence,
        back_day=day_of(back),
    )


def absence_code(gap: Value, number: Value) -> Value:
    """A gap and the day that ended it as one number: the largest is the longest, and the latest."""
    return gap * DAYS_OF_A_CODE + _placed(number)


def _placed(number: Value) -> Value:
    """A day number of any age as a number above zero."""
    return number + DAYS_OF_A_CODE // 2


def within(number: Value, today: int, window: str) -> Value:
    """Whether a day lies in one of the `WINDOWS` that end on the day `today` (both numbers)."""
    begin, end = WINDOWS[window]
    ago = whole(today) - number
    return (ago >= begin) & (ago < end)


def returning(t: Tables, as_of: datetime) -> ibis.Table:
    """Purchase days of each day that were not anybody's first: `day`, `repeats`.

    What the seasons are told from: newcomers come by campaigns, those who return by season.
    """
    days = bought_days(t, as_of)
    again = days.filter(days.gap.notnull())
    return shaped(again.group_by("day").aggregate(repeats=again.count()), RETURNING)


def shop_rhythm(rhythms: ibis.Table) -> ibis.Table:
    """One row: `shop_gap`, the geometric mean over persons of their mean gaps in days.

    Null where nobody has bought on two days. A geometric mean rather than a median, for a median
    has no exact form on several engines; rather than a mean, for the rare buyers have long tails.
    """
    return rhythms.aggregate(shop_gap=geometric_mean(rhythms.gap_mean))


def usual_gap(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """The shop's usual gap in days, as a metric; `people` are those with a gap."""
    rhythms = buyers(t, as_of, by=by)
    usual = geometric_mean(rhythms.gap_mean)
    return rhythms.aggregate(by=cut(by), value=usual, people=rhythms.gap_mean.count())


def gap_bands(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """All gaps between two purchase days by length: `days` (the longest of a band), `gaps`,
    `share` of all, and `people` who had one. The last band has no end: its `days` is null."""
    days = bought_days(t, as_of, by=by)
    known = days.filter(days.gap.notnull())
    bands = [(known.gap <= longest, ibis.literal(longest, "int64")) for longest in BANDS]
    placed = known.mutate(days=ibis.cases(*bands, else_=ibis.null("int64")))
    sums = placed.group_by([*cut(by), "days"]).aggregate(
        gaps=placed.count(), people=placed.person_id.nunique()
    )
    of_all = sums.gaps.sum().over(ibis.window(group_by=cut(by)))
    return sums.mutate(share=ratio(sums.gaps, of_all)).select(
        *cut(by), "days", "gaps", "share", "people"
    )


def own_gaps(t: Tables, as_of: datetime) -> ibis.Table:
    """Who has a rhythm yet; `value`: the mean gap between their purchase days."""
    rhythms = buyers(t, as_of)
    return rhythms.filter(rhythms.gap_mean.notnull()).select("person_id", value="gap_mean")


def typical(x: ibis.Value, span: ibis.Value, shop_gap: ibis.Value) -> ibis.Value:
    """A person's usual gap in days: own mean over `x` gaps in `span` days, shrunken to the shop's.

    (span + k shop_gap) / (x + k) with k = PRIOR_GAPS, the posterior mean of a gamma prior.
    """
    prior = shop_gap.cast("float64") * PRIOR_GAPS
    return (span.cast("float64") + prior) / (x.cast("float64") + PRIOR_GAPS)
