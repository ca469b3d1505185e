"""Customers as the models see them: columns of `facts` turned into arrays, one row a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huitou.models.numbers import Array

FEWEST = 30
"""Below so many customers nothing is forecast."""


@dataclass(frozen=True)
class Histories:
    """What is known of each customer at one moment; times in days, amounts in minor units."""

    x: Array
    t_x: Array
    T: Array
    typical_gap: Array
    left_censored: NDArray[np.bool_]
    purchase_days: Array
    spend: Array
    """Mean gross amount of a purchase day."""
    gross: Array
    revenue: Array
    margin: Array

    def __len__(self) -> int:
        """How many customers there are."""
        return len(self.x)


@dataclass(frozen=True)
class Origin:
    """An earlier moment: the customers as they were known then, and what they did next."""

    as_of_day: date
    """The first day that was not yet known."""
    customers: pa.Table
    horizon_days: int
    bought: NDArray[np.int64]
    """Purchase days in [as_of_day, as_of_day + horizon_days), aligned with `customers`."""


def histories(customers: pa.Table) -> Histories:
    """Read the columns the models need (see `facts.customers`). Unknown gaps and spends are NaN."""
    return Histories(
        x=_floats(customers, "x"),
        t_x=_floats(customers, "t_x"),
        T=_floats(customers, "T"),
        typical_gap=_floats(customers, "typical_gap"),
        left_censored=_floats(customers, "left_censored") > 0,
        purchase_days=_floats(customers, "purchase_days"),
        spend=_floats(customers, "spend_mean"),
        gross=_floats(customers, "gross"),
        revenue=_floats(customers, "revenue"),
        margin=_floats(customers, "margin_rate"),
    )


def _floats(table: pa.Table, name: str) -> Array:
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)
