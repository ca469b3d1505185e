"""Tables of metrics as they leave the house: amounts in major units, columns named, rows in order.

Inside, amounts are whole minor units and a metric's `people` may be lines. Whoever reads a table
outside sees decimal columns for money, and finds their currency once, in the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.facts.contract import Metric
from huitou.facts.flows import NOT_YET
from huitou.facts.life import STAGES
from huitou.facts.rfm import SEGMENTS
from huitou.ground.money import Money, digits, to_minor

CURRENCY = "currency"
"""Key of the schema's metadata that names the currency of all decimal columns."""

SHARES = ("share", "retention")
"""Columns that hold shares in every table."""

WHOLE_DIGITS = 19
"""Digits of the largest amount: those of a 64-bit whole number."""

RANKS: Mapping[str, Sequence[str]] = {
    "stage": STAGES,
    "before": (NOT_YET, *STAGES),
    "after": STAGES,
    "segment": tuple(segment.name for segment in SEGMENTS),
}
"""Columns whose values have an order of their own."""

IN_ORDER = ("part", "start", "end", "at", "month", "k", "months", "days", *RANKS)
"""By which columns rows are put in order, where a table has them."""


def told(metric: Metric, table: pa.Table, currency: str) -> pa.Table:
    """A metric's value: `people` is named for what it counts, and money is in major units."""
    named = [metric.counts if name == "people" else name for name in table.column_names]
    return ordered(in_major_units(table.rename_columns(named), metric.money, currency))


def told_people(metric: Metric, table: pa.Table, known: pa.Table, currency: str) -> pa.Table:
    """Who stands behind a metric, by what the merchant knows them by, the largest first.

    `known` holds `person_id`, `key` and `name`; the id comes last, for programs.
    """
    named = table.join(known, "person_id", join_type="left outer")
    first = ["key", "name"] if pc.any(pc.is_valid(named["name"])).as_py() else ["key"]
    rest = [name for name in table.column_names if name != "person_id"]
    ranked = ordered(named, ("value", "descending"), ("key", "ascending"))
    shown = ranked.select([*first, *rest, "person_id"])
    return in_major_units(shown, ("value",) if metric.each == "money" else (), currency)


def in_major_units(table: pa.Table, columns: Sequence[str], currency: str) -> pa.Table:
    """The columns, whole minor units or means of them, as decimals of major units."""
    for name in columns:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, _major(table[name], currency))
    return table.replace_schema_metadata({CURRENCY: currency} if columns else None)


def currency_of(table: pa.Table) -> str | None:
    """The currency of the table's amounts; None where it has none."""
    named = (table.schema.metadata or {}).get(CURRENCY.encode())
    return named.decode() if named else None


def amounts_of(table: pa.Table) -> tuple[str, ...]:
    """The columns that hold amounts."""
    return tuple(field.name for field in table.schema if pa.types.is_decimal(field.type))


def shares_of(table: pa.Table, unit: str) -> tuple[str, ...]:
    """The columns of a metric's table that hold shares of a whole; `unit` is the metric's."""
    named = (*SHARES, "value") if unit == "share" else SHARES
    return tuple(name for name in table.column_names if name in named)


def number_of(whole: pa.Table, unit: str) -> Any:
    """The one number a whole metric is: money as `Money`, whole counts as whole numbers."""
    (value,) = whole["value"].to_pylist()
    currency = currency_of(whole)
    if value is not None and unit == "money" and currency is not None:
        return Money(to_minor(value, currency), currency)
    return int(value) if unit == "count" and value is not None and value % 1 == 0 else value


def ordered(table: pa.Table, *first: tuple[str, str]) -> pa.Table:
    """The rows in the order people read them: parts by name, stages as they are listed, time on."""
    there = [name for name in IN_ORDER if name in table.column_names]
    keys = [*first, *((name, "ascending") for name in there)]
    if not keys:
        return table
    marks = {name: _rank(table[name], RANKS[name]) for name in there if name in RANKS}
    plain = {name: table[name] for name, _ in keys if name not in marks}
    return table.take(pc.sort_indices(pa.table(plain | marks), sort_keys=keys))


def _major(amounts: pa.ChunkedArray, currency: str) -> pa.ChunkedArray:
    whole = pc.cast(pc.cast(pc.round(amounts), pa.int64()), pa.decimal128(WHOLE_DIGITS, 0))
    return pc.multiply(whole, pa.scalar(Decimal(1).scaleb(-digits(currency))))


def _rank(values: pa.ChunkedArray, order: Sequence[str]) -> pa.ChunkedArray:
    return pc.index_in(values, pa.array(order))
