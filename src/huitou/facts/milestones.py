"""Which of their purchases each person made lately, counted from the first."""

from __future__ import annotations

from datetime import date, datetime

import ibis

from huitou.facts.contract import Tables
from huitou.facts.orders import of_persons, purchases


def numbered(t: Tables, as_of: datetime, since: date) -> ibis.Table:
    """The purchases of persons after the day `since`: `person_id`, `nth` (from 1), `day`.

    Purchases of one moment are counted by their number, so that the same one is always the tenth.
    """
    every = of_persons(purchases(t, as_of))
    in_order = ibis.window(
        group_by=every.person_id, order_by=[every.ordered_at, every.source, every.order_id]
    )
    counted = every.mutate(nth=ibis.row_number().over(in_order) + 1)
    return counted.filter(counted.day > ibis.literal(since)).select("person_id", "nth", "day")
