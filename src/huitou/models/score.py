"""Scores of every customer, from what is known now and from how the past went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.models.card import Card, card
from huitou.models.forecast import Forecast, Past, foresee
from huitou.models.histories import FEWEST, Origin
from huitou.models.numbers import Array, Index
from huitou.models.value import Spending, Worth, spending, worth

NEVER_DAYS = 1826
"""A purchase not expected within five years is not expected."""

SCORES = pa.schema(
    [
        ("person_id", pa.string()),
        ("p_alive", pa.float64()),
        ("p_buy", pa.float64()),
        ("expected", pa.float64()),
        ("days_low", pa.int64()),
        ("days_high", pa.int64()),
        ("next_low", pa.int64()),
        ("next_mid", pa.int64()),
        ("next_high", pa.int64()),
        ("spend", pa.float64()),
        ("value", pa.int64()),
        ("value_low", pa.int64()),
        ("value_high", pa.int64()),
        ("value_if_kept", pa.int64()),
        ("value_then", pa.int64()),
        ("prior_dominated", pa.bool_()),
    ]
)
"""One row a customer: chances in [0, 1], days from `as_of`, amounts in minor units."""


@dataclass(frozen=True)
class Choice:
    """What is asked: from which day, how far ahead, and over how long value is counted."""

    as_of_day: date
    """The first day that is not known."""
    horizon_days: int
    value_days: int = 365


def score(
    customers: pa.Table, past: Past | Sequence[Origin], choice: Choice
) -> tuple[pa.Table, Card]:
    """Score every customer as of `choice.as_of_day`; columns as in `SCORES`, rows as given.

    Origins whose window does not end by then are left out: they know the future. Who scores
    several moments of one shop hands the same `Past` to each, so that no work is done twice.
    Raises NotYet below thirty customers.
    """
    if customers.num_rows < FEWEST:
        raise NotYet(
            said(
                "A forecast needs {least} customers, and {known} are known so far.",
                least=FEWEST,
                known=customers.num_rows,
            ),
            to_try="huitou import FILE",
        )
    told = past if isinstance(past, Past) else Past(past, choice.horizon_days)
    found = told.scored[choice.as_of_day] = foresee(customers, choice.as_of_day, told)
    volume = found.value_volume(choice.value_days)
    paid = spending(found.known)
    seen = card(found, paid, volume)
    value = worth(found, paid, volume, choice.value_days)
    return _table(customers, found, paid, value, seen.prior_dominated), seen


def _table(
    customers: pa.Table, found: Forecast, paid: Spending, value: Worth, open_total: bool
) -> pa.Table:
    made, (low, high) = found.made, found.days_interval
    columns = {
        "person_id": customers.column("person_id").cast(pa.string()),
        # A level above 1 may lift the chance to buy over the model's chance to be there at all.
        "p_alive": np.maximum(made.p_alive(), found.p_buy),
        "p_buy": found.p_buy,
        "expected": found.expected,
        "days_low": low,
        "days_high": high,
        **_next(found),
        "spend": paid.expected,
        **_amounts(value),
        "prior_dominated": (made.own_weight() < 0.5) | open_total,
    }
    return pa.table(columns, schema=SCORES)


def _next(found: Forecast) -> dict[str, pa.Array]:
    """Days until the chance to have bought, after the level, reaches 10, 50 and 90 %."""
    return {
        name: _or_null(found.made.days_until(_bare(chance, found), NEVER_DAYS))
        for name, chance in (("next_low", 0.1), ("next_mid", 0.5), ("next_high", 0.9))
    }


def _bare(chance: float, found: Forecast) -> Array | float:
    """The bare shape's chance that becomes `chance`: one a customer where something is learned."""
    if not found.gate.is_open:
        return float(-np.expm1(np.log1p(-chance) / found.hazard.factor()))
    bare: Array = -np.expm1(np.log1p(-chance) / found.personal_hazard)
    return bare


def _or_null(days: Index) -> pa.Array:
    return pa.array(days, mask=days < 0)


def _amounts(value: Worth) -> dict[str, Index]:
    return {
        "value": value.value,
        "value_low": value.low,
        "value_high": value.high,
        "value_if_kept": value.if_kept,
        "value_then": value.then,
    }
