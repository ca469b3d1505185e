"""Where each customer stands, judged by their own rhythm and by the forecast.

    lost       chance to buy within the horizon is under the merchant's line
    slipping   silent for longer than is usual for them
    returned   bought within the last horizon, after an absence or after having been lost
    new        one purchase day
    loyal      four purchase days or more
    active     the rest

The first that fits is the stage. *Lost* comes first, so that it means exactly what the merchant's
line says; *slipping* goes before the praise, because it is the one that asks for an act.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import BooleanValue, Value

from huitou.facts.contract import STAGES, shaped
from huitou.facts.kernel import day_number, number_of, whole
from huitou.facts.rhythm import PRIOR_GAPS, typical

LOYAL_DAYS = 4
"""Purchase days from which on a customer who is not slipping is loyal."""
SHORTEST_SILENCE = 7.0
"""Nobody slips within a week, however often they buy: a holiday is not a farewell."""
LEAST_SPREAD, MOST_SPREAD = 0.25, 1.5
"""Bounds of a person's spread of gaps (sd / mean): few gaps say little about their spread."""
ABSENCE_GAPS = 3.0
"""An absence is a silence of more than this many usual gaps, and of a whole horizon."""


def stages(
    customers: ibis.Table,
    scores: ibis.Table,
    line: float,
    earlier: ibis.Table | None = None,
    *,
    at: date,
    horizon_days: int,
) -> ibis.Table:
    """The stage of every customer at the end of day `at` (columns: `contract.STAGES`).

    `customers` and `scores` are as of that moment; `line` is the chance to buy within
    `horizon_days` under which a customer is lost. `earlier`: stages at earlier moments, if any;
    those within one horizon before `at` tell who had been lost.
    """
    told = scores.select("person_id", "p_buy", "value")
    row = customers.left_join(told, "person_id").drop("person_id_right")
    row = _with_earlier_loss(row, earlier, number_of(at), horizon_days)
    stage = ibis.cases(
        (row.p_buy < line, "lost"),
        (_silent(row, number_of(at)), "slipping"),
        (_is_back(row, number_of(at), horizon_days), "returned"),
        (row.purchase_days == 1, "new"),
        (row.purchase_days >= LOYAL_DAYS, "loyal"),
        else_="active",
    )
    return shaped(row.mutate(at=ibis.literal(at), stage=stage), STAGES)


def longest_usual_silence(row: ibis.Table) -> Value:
    """Days of silence after which a customer slips: usual gap x (1 + spread of their gaps).

    The spread (sd / mean) is shrunken to 1, that of purchases at random, by PRIOR_GAPS gaps: a
    punctual customer is missed soon, an erratic one late.
    """
    seen = (row.x - 1).cast("float64")
    own = (row.gap_sd / row.gap_mean).fill_null(1.0)
    spread = (seen * own + PRIOR_GAPS) / (seen + PRIOR_GAPS)
    bounded = spread.clip(lower=LEAST_SPREAD, upper=MOST_SPREAD)
    return ibis.greatest(row.typical_gap * (bounded + 1.0), SHORTEST_SILENCE)


def _silent(row: ibis.Table, today: int) -> BooleanValue:
    quiet = (whole(today) - day_number(row.last_day)).cast("float64")
    return quiet > longest_usual_silence(row)


def _is_back(row: ibis.Table, today: int, horizon_days: int) -> BooleanValue:
    after_absence = (
        (day_number(row.back_day) > whole(today - horizon_days))
        & (row.absence >= horizon_days)
        & (row.absence.cast("float64") > _usual_otherwise(row) * ABSENCE_GAPS)
    ).fill_null(False)
    after_loss = (day_number(row.last_day) > row.lost_number).fill_null(False)
    return after_absence | after_loss


def _usual_otherwise(row: ibis.Table) -> Value:
    """The usual gap without the absence itself, which would excuse itself."""
    shop_gap = (row.typical_gap * (row.x.cast("float64") + PRIOR_GAPS) - row.t_x) / PRIOR_GAPS
    return typical(row.x - 1, row.t_x - row.absence, shop_gap)


def _with_earlier_loss(
    row: ibis.Table, earlier: ibis.Table | None, today: int, horizon_days: int
) -> ibis.Table:
    """The customers with `lost_number`: the last day within a horizon on which they were lost."""
    if earlier is None:
        return row.mutate(lost_number=ibis.null("int64"))
    number = day_number(earlier.at)
    recent = (number >= whole(today - horizon_days)) & (number < whole(today))
    lost = earlier.filter(recent & (earlier.stage == "lost"))
    since = lost.group_by("person_id").aggregate(lost_number=day_number(lost.at).max())
    return row.left_join(since, "person_id").drop("person_id_right")
