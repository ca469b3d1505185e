"""Profit so far: a line's own cost first, then its product's margin, then one rate for the shop."""

from __future__ import annotations

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import Tables
from huitou.facts.kernel import ratio, rounded

ASSUMED_MARGIN = 0.2
"""Used only where the merchant has told no rate and no line carries a cost; callers must say so."""


def with_profit(t: Tables, lines: ibis.Table) -> ibis.Table:
    """Lines with `costed` (revenue whose cost is known), `earned` (its profit) and `uncosted`.

    Amounts are whole minor units, so that sums agree to the last one on every engine. Goods that
    came back lower the cost again, whichever sign the till gave it.
    """
    goods = lines.is_return.ifelse(-lines.cost.abs(), lines.cost)
    by_cost = lines.amount - goods
    if t.margins is None:
        return _split(lines, by_cost)
    rates = t.margins.select(margin_sku="sku", margin="margin")
    rated = lines.left_join(rates, lines.sku == rates.margin_sku).drop("margin_sku")
    goods = rated.is_return.ifelse(-rated.cost.abs(), rated.cost)
    by_margin = rounded(rated.amount.cast("float64") * rated.margin.cast("float64"))
    return _split(rated, ibis.coalesce(rated.amount - goods, by_margin)).drop("margin")


def _split(lines: ibis.Table, earned: Value) -> ibis.Table:
    known = earned.notnull()
    return lines.mutate(
        costed=known.ifelse(lines.amount, 0),
        earned=earned.fill_null(0),
        uncosted=known.ifelse(0, lines.amount),
    )


def shop_rate(orders: ibis.Table, margin: float | None) -> ibis.Table:
    """One row: `rate` for revenue without a cost, and `told`, whether that rate is known at all.

    The merchant's own rate if given, else the rate of the lines with costs, else ASSUMED_MARGIN.
    """
    sums = orders.aggregate(costed=orders.costed.sum(), earned=orders.earned.sum())
    if margin is not None:
        return sums.select(rate=ibis.literal(margin, "float64"), told=ibis.literal(True))
    own = (sums.costed > 0).ifelse(ratio(sums.earned, sums.costed), ibis.null("float64"))
    return sums.select(rate=own.fill_null(ASSUMED_MARGIN), told=own.notnull())


def profit_of(earned: Value, uncosted: Value, rate: Value) -> Value:
    """Profit in minor units: what is known by cost or product margin, and the rate on the rest."""
    return earned + rounded(uncosted.cast("float64") * rate)
