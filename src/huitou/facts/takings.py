"""Takings: what was sold in each of several stretches of days, for reports that compare them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import ibis

from huitou.facts.contract import Tables
from huitou.facts.kernel import flag
from huitou.facts.orders import orders


def takings(t: Tables, as_of: datetime, ends: Sequence[date]) -> ibis.Table:
    """One row for each stretch in which anything happened: `stretch`, the place of its end.

    A stretch runs from the day after one of `ends` to the next of them; `ends` ascend. Columns:
    `revenue` (money taken less money given back, minor units), `orders` (purchases), `buyers`
    (persons who bought), `newcomers` (those of them whose first purchase it was).
    """
    every = orders(t, as_of)
    first = every.filter(every.is_purchase & every.person_id.notnull())
    first = first.group_by("person_id").aggregate(first_day=first.day.min())
    told = every.left_join(first, "person_id").drop("person_id_right")
    there = told.filter((told.day > ibis.literal(ends[0])) & (told.day <= ibis.literal(ends[-1])))
    stretch = ibis.cases(*((there.day <= ibis.literal(end), index) for index, end in _later(ends)))
    placed = there.mutate(stretch=stretch)
    fresh = placed.is_purchase & (placed.first_day > _before(placed, ends))
    return placed.group_by("stretch").aggregate(
        revenue=placed.amount.sum(),
        orders=flag(placed.is_purchase).sum(),
        buyers=placed.person_id.nunique(where=placed.is_purchase),
        newcomers=placed.person_id.nunique(where=fresh),
    )


def _later(ends: Sequence[date]) -> list[tuple[int, date]]:
    return list(enumerate(ends))[1:]


def _before(placed: ibis.Table, ends: Sequence[date]) -> ibis.Value:
    """The last day before the stretch of each row."""
    return ibis.cases(
        *((placed.stretch == index, ibis.literal(ends[index - 1])) for index, _ in _later(ends))
    )
