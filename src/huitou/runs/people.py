"""The table of people: facts, forecast, stage, suspect and plan of each customer on one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.money import Money
from huitou.runs.views import Page, PersonRow, Range

if TYPE_CHECKING:
    from huitou.store.shelf import Shelf

Floats = NDArray[np.float64]

SORTS = {"value": True, "missed": True, "p_buy": False, "last_day": True, "orders": True}
"""Orders of the table of customers -> whether the largest comes first."""
FILTERS = ("stage", "act", "cause")
SEARCHED = ("key", "name")


def joined(
    customers: pa.Table,
    scores: pa.Table,
    stages: pa.Table,
    causes: pa.Table,
    holders: pa.Table,
) -> pa.Table:
    """One row a customer, in the order of `customers`; every table is keyed by `person_id`."""
    table = customers.append_column("place", pa.array(np.arange(customers.num_rows)))
    for other in (scores, stages.select(["person_id", "stage"]), first_suspects(causes), holders):
        table = table.join(other, "person_id", join_type="left outer")
    table = table.sort_by("place").drop_columns(["place"]).combine_chunks()
    return with_missed(table)


def with_missed(people: pa.Table) -> pa.Table:
    """People with `missed`, the profit that silence has taken, minor units.

    It is what they were worth on the evening of their last purchase, less what they are worth now.
    """
    taken = pc.subtract(people["value_then"], people["value"])
    return people.append_column("missed", pc.max_element_wise(taken, 0))


def first_suspects(causes: pa.Table) -> pa.Table:
    """The likeliest cause of each person: `person_id, cause, posterior`."""
    ranked = causes.select(["person_id", "cause", "posterior"]).sort_by(
        [("person_id", "ascending"), ("posterior", "descending")]
    )
    people = ranked["person_id"].combine_chunks()
    if not len(people):
        return ranked
    before = pc.equal(people.slice(1), people.slice(0, len(people) - 1))
    first = pa.concat_arrays([pa.array([True]), pc.invert(before)])
    return ranked.filter(first)


def shelved(people: pa.Table, acts: pa.Table, day: date) -> pa.Table:
    """The columns the console lists, sorts and searches; `acts` holds `person_id, act`."""
    table = people.join(acts, "person_id", join_type="left outer")
    next_day = [
        (day + timedelta(days=days)).isoformat() if days is not None else None
        for days in table["next_mid"].to_pylist()
    ]
    chosen = table.select(
        [
            *("person_id", "hold_key", "key", "name", "stage", "orders", "p_buy", "p_alive"),
            *("value", "value_low", "value_high", "missed", "cause", "act"),
        ]
    )
    return chosen.append_column("last_day", pc.cast(table["last_day"], pa.string())).append_column(
        "next_day", pa.array(next_day, pa.string())
    )


def page(
    shelf: Shelf,
    currency: str,
    *,
    where: Mapping[str, str] | None = None,
    search: str = "",
    sort: str = "value",
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of the shelf as the doors draw it."""
    shown = shelf.page(where=where, search=search, sort=sort, after=after, limit=limit)
    rows = tuple(person_row(row, currency) for row in shown.rows)
    return Page(rows, shown.after, shown.total)


def person_row(row: Mapping[str, Any], currency: str) -> PersonRow:
    """A row of the shelf as the doors draw it."""
    return PersonRow(
        id=row["person_id"],
        key=row["key"] or row["person_id"],
        name=row["name"],
        stage=row["stage"],
        orders=row["orders"],
        last_day=date.fromisoformat(row["last_day"]),
        p_buy=row["p_buy"],
        value=money_range(row["value"], row["value_low"], row["value_high"], currency),
        act=row["act"],
        next_day=date.fromisoformat(row["next_day"]) if row["next_day"] else None,
        missed=_missed_range(row, currency),
    )


def _missed_range(row: Mapping[str, Any], currency: str) -> Range:
    ends = (float(row[name]) for name in ("missed", "value", "value_low", "value_high"))
    low, high = missed_ends(*map(np.atleast_1d, ends))
    return money_range(row["missed"], float(low[0]), float(high[0]), currency)


def missed_ends(
    missed: Floats, value: Floats, value_low: Floats, value_high: Floats
) -> tuple[Floats, Floats]:
    """Ends of the 90 % interval of the profit that each person's silence took, minor units.

    An assumption, not a measurement: nobody asked the forecast on the evening of the last purchase
    how sure it was. These ends take its relative error then for what it is now, `value_low / value`
    and `value_high / value`, and shift both worths by the same share.
    """
    each = missed / np.maximum(value, 1.0)
    return np.minimum(each * value_low, missed), np.maximum(each * value_high, missed)


def latest_key(lines: Iterable[Mapping[str, Any]], name: str) -> str | None:
    """The phone, e-mail or number of a person's latest order that names one, or None."""
    told = [(line["ordered_at"], line[name]) for line in lines if line[name]]
    return max(told)[1] if told else None


def money_range(value: float, low: float, high: float, currency: str, level: float = 0.9) -> Range:
    """Three numbers of minor units as an estimate with its interval."""
    middle, least, most = (Money(round(each), currency) for each in (value, low, high))
    return Range(middle, least, most, level)
