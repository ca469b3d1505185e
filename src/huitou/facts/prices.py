"""Products as customers meet them: what the shop charged, and what it stopped selling."""

from __future__ import annotations

import ibis

from huitou.facts.kernel import day_number, flag, month_number, ratio, whole

STOPPED_DAYS = 60.0
"""A product silent for less has not been dropped, whatever its pace."""
STOPPED_SPACINGS = 10.0
"""A product is dropped when silent for this many times its usual spacing between sales."""


def sold_goods(lines: ibis.Table) -> ibis.Table:
    """Lines that sold a priced product, with `number` (day), `month` and `log_price` per unit."""
    goods = lines.filter(
        lines.is_product
        & ~lines.is_return
        & (lines.amount > 0)
        & (lines.quantity > 0)
        & lines.sku.notnull()
    )
    return goods.mutate(
        number=day_number(goods.day),
        month=month_number(goods.day),
        log_price=ratio(goods.amount, goods.quantity).ln(),
    )


def monthly_prices(goods: ibis.Table) -> ibis.Table:
    """The shop's price of each product in each month: mean log of the price of its lines.

    Anonymous lines count too. `first_number`, `last_number`: first and last day sold.
    """
    return goods.group_by(["sku", "month"]).aggregate(
        log_price=goods.log_price.mean(),
        first_number=goods.number.min(),
        last_number=goods.number.max(),
        lines=goods.count(),
    )


def products(monthly: ibis.Table, today: int) -> ibis.Table:
    """One row per product: `latest`, its log price in the last month sold, and `stopped`.

    Stopped: silent until day `today` for longer than STOPPED_DAYS and than STOPPED_SPACINGS times
    its mean spacing between sale lines. Seasonal goods are stopped out of season.
    """
    newest = monthly.month.max().over(ibis.window(group_by="sku"))
    marked = monthly.mutate(is_newest=monthly.month == newest)
    summed = marked.group_by("sku").aggregate(
        latest=marked.log_price.max(where=marked.is_newest),
        first_number=marked.first_number.min(),
        last_number=marked.last_number.max(),
        lines=marked.lines.sum(),
    )
    spacing = ratio(summed.last_number - summed.first_number + 1, summed.lines)
    patience = ibis.greatest(spacing * STOPPED_SPACINGS, STOPPED_DAYS)
    silence = (whole(today) - summed.last_number).cast("float64")
    return summed.select(
        product_sku="sku",
        latest="latest",
        last_sold="last_number",
        stopped=flag(silence > patience),
    )
