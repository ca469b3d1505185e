"""RFM: recency, frequency and money in fifths, with the segments the trade knows by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis
from ibis.expr.types import BooleanValue, Value

from huitou.facts.contract import Dimension, Tables
from huitou.facts.kernel import number_of, ratio, whole
from huitou.facts.orders import cut
from huitou.facts.rhythm import buyers
from huitou.ground.clock import last_day_before
from huitou.ground.words import Sentence, said

FIFTHS = 5


@dataclass(frozen=True)
class Segment:
    """A named corner of the RFM cube: which fifths of recency, and of frequency and money."""

    name: str
    title: Sentence
    recency: tuple[int, int]
    weight: tuple[float, float]
    """Bounds, both inclusive, of the mean of the frequency and money fifths."""

    def holds(self, row: ibis.Table) -> BooleanValue:
        """Whether a scored customer lies in this corner."""
        return row.r.between(*self.recency) & row.fm.between(*self.weight)


SEGMENTS = (
    Segment("champions", said("Champions"), (4, 5), (4.0, 5.0)),
    Segment("loyal", said("Loyal buyers"), (3, 5), (3.0, 5.0)),
    Segment("newcomers", said("Newcomers"), (5, 5), (1.0, 2.0)),
    Segment("promising", said("Promising"), (4, 5), (1.0, 3.0)),
    Segment("not_to_lose", said("Not to be lost"), (1, 1), (4.0, 5.0)),
    Segment("at_risk", said("At risk"), (1, 2), (2.5, 5.0)),
    Segment("cooling", said("Cooling down"), (3, 3), (1.0, 3.0)),
    Segment("asleep", said("Asleep"), (1, 2), (1.0, 2.5)),
)
"""The first that holds names the customer; together they cover the cube."""


def rfm(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Every customer's `recency` (days), `frequency` (purchase days), `money` (gross, minor).

    With the fifths `r`, `f`, `m` (5 is best) and the `segment`. A fifth follows from the share of
    customers that are strictly worse, so that equal customers get equal fifths: with ntile, one
    half of the one-time buyers would be called frequent by chance.
    """
    people = buyers(t, as_of, by=by)
    today = number_of(last_day_before(as_of, t.shop_zone))
    keys = cut(by)
    plain = people.select(
        *keys,
        "person_id",
        recency=whole(today) - people.last_number,
        frequency=people.purchase_days,
        money=people.gross,
    )
    scored = plain.mutate(
        r=_fifth(plain, plain.recency.desc(), keys),
        f=_fifth(plain, plain.frequency, keys),
        m=_fifth(plain, plain.money, keys),
    )
    row = scored.mutate(fm=(scored.f + scored.m).cast("float64") / 2.0)
    named = ibis.cases(*((corner.holds(row), corner.name) for corner in SEGMENTS))
    return row.mutate(segment=named).drop("fm")


def rfm_segments(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers and money of each `segment`; `share` is of customers."""
    row = rfm(t, as_of, by=by)
    sizes = row.group_by([*cut(by), "segment"]).aggregate(
        people=row.count(), money=row.money.sum(), recency=ratio(row.recency.sum(), row.count())
    )
    everybody = sizes.people.sum().over(ibis.window(group_by=cut(by)))
    return sizes.mutate(share=ratio(sizes.people, everybody))


def segment_members(t: Tables, as_of: datetime) -> ibis.Table:
    """Who is in which `segment`; `value`: spent so far, minor units."""
    return rfm(t, as_of).select("person_id", "segment", value="money")


def _fifth(row: ibis.Table, worst_first: Value, keys: list[str]) -> Value:
    ranked = ibis.window(group_by=keys, order_by=worst_first)
    everybody = ibis.window(group_by=keys)
    worse = ratio(ibis.rank().over(ranked), row.count().over(everybody))
    return (worse * float(FIFTHS)).floor().cast("int64") + 1
