"""Scores of every customer, from what is known now and from how the past went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.models.backtest import Backtest, Trials, backtest, complete
from huitou.models.card import Card, ahead, card
from huitou.models.histories import FEWEST, Histories, Origin, histories
from huitou.models.level import Level, levelled
from huitou.models.numbers import Index
from huitou.models.shape import Shape, shape
from huitou.models.value import Spending, Worth, spending, worth

NEVER_DAYS = 1826
"""A purchase not expected within five years is not expected."""

SCORES = pa.schema(
    [
        ("person_id", pa.string()),
        ("p_alive", pa.float64()),
        ("p_buy", pa.float64()),
        ("expected", pa.float64()),
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


@dataclass(frozen=True)
class Forecast:
    """All that is needed to score: the shape, the levels of its windows, and the spends."""

    made: Shape
    tried: Backtest
    hazard: Level
    expected: Level
    """Of purchases within the horizon."""
    volume: Level
    """Of purchases over the value days, in which the seasons even out."""
    paid: Spending


def score(
    customers: pa.Table, origins: Sequence[Origin], choice: Choice, trials: Trials | None = None
) -> tuple[pa.Table, Card]:
    """Score every customer as of `choice.as_of_day`; columns as in `SCORES`, rows as given.

    Origins whose window does not end by then are left out: they know the future. Who scores
    several moments of one shop hands the same `trials` to each, so that none is made twice.
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
    known = histories(customers)
    usable = complete(origins, choice.as_of_day, choice.horizon_days)
    found = forecast(known, usable, choice, trials)
    p_none = found.made.p_none(choice.horizon_days)
    shape_sd = found.tried.shape_sd(choice.as_of_day, choice.horizon_days)
    coming = ahead(
        found.made, p_none, found.hazard, shape_sd, choice.as_of_day, choice.horizon_days
    )
    told = card(found.made, found.tried, usable, coming, found.paid, found.hazard, found.volume)
    return _table(customers, known, found, choice, told.prior_dominated), told


def forecast(
    known: Histories, usable: Sequence[Origin], choice: Choice, trials: Trials | None = None
) -> Forecast:
    """Choose the shape by backtest, learn the levels from it, and fit to what is known now."""
    tried = backtest(usable, known, trials)
    return Forecast(
        made=shape(tried.candidate, known),
        tried=tried,
        hazard=tried.hazard(choice.as_of_day, choice.horizon_days),
        expected=tried.volume(choice.as_of_day, choice.horizon_days),
        volume=tried.volume(choice.as_of_day, choice.value_days, seasonal=choice.value_days < 365),
        paid=spending(known),
    )


def _table(
    customers: pa.Table, known: Histories, found: Forecast, choice: Choice, open_total: bool
) -> pa.Table:
    made, days = found.made, choice.horizon_days
    value = worth(made, known, found.paid, found.volume, choice.value_days)
    p_buy = levelled(made.p_none(days), found.hazard.factor())
    columns = {
        "person_id": customers.column("person_id").cast(pa.string()),
        # A level above 1 may lift the chance to buy over the model's chance to be there at all.
        "p_alive": np.maximum(made.p_alive(), p_buy),
        "p_buy": p_buy,
        "expected": made.expected(days) * found.expected.factor(),
        **_next(made, found.hazard),
        "spend": found.paid.expected,
        **_amounts(value),
        "prior_dominated": (made.own_weight() < 0.5) | open_total,
    }
    return pa.table(columns, schema=SCORES)


def _next(made: Shape, hazard: Level) -> dict[str, pa.Array]:
    """Days until the chance to have bought, after the level, reaches 10, 50 and 90 %."""
    return {
        name: _or_null(made.days_until(_before_level(chance, hazard), NEVER_DAYS))
        for name, chance in (("next_low", 0.1), ("next_mid", 0.5), ("next_high", 0.9))
    }


def _before_level(chance: float, hazard: Level) -> float:
    """The bare shape's chance that the level turns into `chance`."""
    return float(-np.expm1(np.log1p(-chance) / hazard.factor()))


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
