"""A fitted model as a function over Arrow columns: for engines that hand over batches of rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa

from huitou.models.fitted import Fitted, Prediction
from huitou.models.numbers import Array, Index
from huitou.models.summary import Column, Summary, each_alone, just_bought

ANSWER = pa.struct([(each.name, pa.float64()) for each in fields(Prediction)])
"""What the function answers for each row."""
MOST_KEPT = 4_000_000
"""Counts times days of one batch, beyond which nothing is kept; the table is roomier."""


def scorer(fitted: Fitted, days: float) -> Callable[[Any, Any, Any], pa.StructArray]:
    """(x, t_x, T) -> `ANSWER` for the coming days; in DuckDB, for example:

    connection.create_function(
        "foresee", scorer(fitted, 90), ["BIGINT"] * 3,
        "STRUCT(p_alive DOUBLE, p_buy DOUBLE, expected DOUBLE)", type="arrow")
    """

    kept = _Kept(fitted, days)

    def score(x: Any, t_x: Any, T: Any) -> pa.StructArray:
        told = kept.predict(each_alone(_plain(x), _plain(t_x), _plain(T)))
        answers = [pa.array(getattr(told, field.name)) for field in ANSWER]
        return pa.StructArray.from_arrays(answers, fields=list(ANSWER))

    return score


class _Kept:
    """What the living do, kept by (x, T) from batch to batch: a batch has only some rows."""

    def __init__(self, fitted: Fitted, days: float) -> None:
        self._fitted, self._days = fitted, days
        self._table = np.full((2, 1, 1), np.nan)
        # Engines may call from several threads; what one fills another may not read half filled.
        self._filling = threading.Lock()

    def predict(self, s: Summary) -> Prediction:
        x, T = s.times.place, s.watched.place
        whole = self._fitted.forgets and s.times.whole and s.watched.whole
        size = x.max(initial=0) + 1, T.max(initial=0) + 1
        if not whole or size[0] * size[1] > MOST_KEPT:
            return self._fitted.predict(s, self._days)
        with self._filling:
            table = self._filled(x, *size)
        back, days = (kept.ravel().take(x * table.shape[2] + T) for kept in table)
        return self._fitted.met(self._fitted.p_alive(s), back, days)

    def _filled(self, x: Index, wide: int, long: int) -> Array:
        """The table with the rows of these x; rows that were filled once never change."""
        table = self._large_enough(wide, long)
        unknown = np.isnan(table[0, :, 0])
        for each in np.flatnonzero(np.bincount(x, minlength=len(unknown)) * unknown).tolist():
            every = np.arange(table.shape[2], dtype=np.float64)
            cells = just_bought(Column.of(np.full(len(every), float(each))), Column.of(every))
            table[:, each] = self._fitted.ahead(cells, self._days)
        return table

    def _large_enough(self, wide: int, long: int) -> Array:
        """The table; a new one, roomier than asked for, where the old one is too small."""
        table = self._table
        if wide > table.shape[1] or long > table.shape[2]:
            table = np.full(
                (2, max(2 * wide, table.shape[1]), max(long * 5 // 4, table.shape[2])), np.nan
            )
            self._table = table
        return table


def _plain(column: Any) -> Array:
    return np.asarray(column.to_numpy(), dtype=np.float64)
