"""What shows of a customer beside three numbers: the columns that the learned shapes look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.models.numbers import Array

NUMBERS = (
    "T",
    "x",
    "gap_mean",
    "gap_sd",
    "last_gap",
    "bought_month",
    "bought_month_before",
    "bought_lately",
    "bought_before",
    "bought_long_before",
    "spend_mean",
)
"""Columns of `facts.customers` without which nothing is learned."""
MORE_NUMBERS = ("return_lines", "complaints", "messages", "visits")
"""Columns that are looked at where the shop keeps them."""
KINDS = ("channel", "store", "region")
"""Columns of words that are looked at where the shop keeps them."""
MOST_KINDS = 24
"""So many words of a column are told apart, the most frequent ones; the others are one."""


@dataclass(frozen=True)
class Habits:
    """One row a customer, one column a habit; unknown is NaN."""

    names: tuple[str, ...]
    values: Array
    """Shape (n, habits)."""
    kinds: tuple[str, ...] = ()
    """Of the names, those whose values are codes and not amounts."""


def can_learn(customers: pa.Table) -> bool:
    """Whether all columns are there that learning needs."""
    return set(NUMBERS) <= set(customers.column_names)


def habits(customers: pa.Table, words: dict[str, list[str]]) -> Habits:
    """The habits of customers; `words` are those of each column that have a code (see `words_of`).

    Besides the columns themselves: days of silence, silence in usual gaps, and the share of what
    was paid that came back.
    """
    number = {name: _floats(customers, name) for name in (*NUMBERS, *_more(customers))}
    silence = number["T"] - _floats(customers, "t_x")
    gross = np.maximum(_floats(customers, "gross"), 1.0)
    number |= {
        "silence": silence,
        "silence_in_gaps": silence / np.maximum(_floats(customers, "typical_gap"), 1e-9),
        "came_back": 1.0 - _floats(customers, "revenue") / gross,
    }
    codes = {name: _codes(customers, name, known) for name, known in words.items()}
    columns = {**number, **codes}
    return Habits(tuple(columns), np.column_stack(list(columns.values())), tuple(codes))


def words_of(customers: pa.Table) -> dict[str, list[str]]:
    """The words of each column of kinds that has any, the most frequent first."""
    found: dict[str, list[str]] = {}
    for name in KINDS:
        if name not in customers.column_names:
            continue
        counted = pc.value_counts(customers.column(name).drop_null().combine_chunks()).to_pylist()
        ranked = sorted(counted, key=lambda one: (-one["counts"], one["values"]))
        if len(ranked) > 1:
            found[name] = [str(one["values"]) for one in ranked[:MOST_KINDS]]
    return found


def _more(customers: pa.Table) -> list[str]:
    return [name for name in MORE_NUMBERS if name in customers.column_names]


def _codes(customers: pa.Table, name: str, known: list[str]) -> Array:
    there = customers.column(name).cast(pa.string()).combine_chunks()
    place = pc.index_in(there, value_set=pa.array(known, pa.string()))
    codes = pc.if_else(pc.is_null(there), pa.scalar(np.nan), pc.fill_null(place, len(known)))
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.float64)


def _floats(table: pa.Table, name: str) -> Array:
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)
