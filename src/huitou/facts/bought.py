"""What people bought after a moment: the labels that a backtest compares its forecast with."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis

from huitou.facts.contract import BOUGHT, Tables, shaped
from huitou.facts.orders import of_persons, purchases
from huitou.ground.clock import end_of_day, last_day_before


def bought(
    t: Tables, origin: datetime, horizon_days: int, *, known: datetime | None = None
) -> ibis.Table:
    """Purchase days of each person in the `horizon_days` whole days after `origin`.

    `person_id`, `days` (>= 1); persons who bought nothing are absent. The caller sees to it that
    the whole window lies in the past: a window that is not over yet would read as silence.
    """
    last = last_day_before(origin, t.shop_zone)
    until = end_of_day(last + timedelta(days=horizon_days), t.shop_zone)
    window = purchases(t, until, known=known)
    after = of_persons(window.filter(window.day > ibis.literal(last)))
    daily = after.group_by(["person_id", "day"]).aggregate(orders=after.count())
    return shaped(daily.group_by("person_id").aggregate(days=daily.count()), BOUGHT)
