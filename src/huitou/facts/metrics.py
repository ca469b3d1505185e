"""Every metric of the shop with its definition in words. Doors, docs and tests read this list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import ibis

from huitou.facts import (
    cohorts,
    flows,
    losses,
    matched,
    repeat,
    returns,
    rfm,
    rhythm,
    serving,
    totals,
    winning,
)
from huitou.facts.contract import (
    EVERY_DIMENSION,
    METRICS,
    WHERE_FIRST,
    Dimension,
    Measure,
    Metric,
    Tables,
    Unit,
)
from huitou.ground.clock import last_day_before
from huitou.ground.errors import NotYet
from huitou.ground.words import Sentence, said

__all__ = ["METRICS", "stage_flows", "stage_members", "stage_movers", "stage_sizes", "values"]


def values(t: Tables, as_of: datetime) -> ibis.Table:
    """All metrics that are one number, in one expression: `name`, `value` (float64), `people`.

    One expression rather than one each, so that the engine reads the lines once.
    """
    numbers = [metric for metric in METRICS.values() if metric.unit != "table"]
    return ibis.union(*(_row(metric, t, as_of) for metric in numbers))


def _row(metric: Metric, t: Tables, as_of: datetime) -> ibis.Table:
    measured = metric.value(t, as_of)
    return measured.select(
        name=ibis.literal(metric.name),
        value=measured.value.cast("float64"),
        people=measured.people.cast("int64"),
    )


def _add(
    name: str,
    title: Sentence,
    definition: Sentence,
    unit: Unit,
    value: Measure,
    people: Callable[[Tables, datetime], ibis.Table] | None = None,
    by: tuple[Dimension, ...] = EVERY_DIMENSION,
    *,
    counts: str = "customers",
    amounts: tuple[str, ...] = (),
    each: Unit = "count",
) -> Metric:
    metric = Metric(
        name, title, definition, unit, value, people, by, counts=counts, amounts=amounts, each=each
    )
    return METRICS.add(metric)


def _stages(t: Tables, as_of: datetime) -> ibis.Table:
    if t.stages is None:
        raise NotYet("stages need a forecast, and none was made yet", to_try="huitou run")
    last = last_day_before(as_of, t.shop_zone)
    return t.stages.filter(t.stages.at <= ibis.literal(last))


def stage_sizes(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers and expected profit per stage, at every moment known before `as_of`."""
    return flows.stage_sizes(_stages(t, as_of))


def stage_flows(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """People that moved from stage to stage between neighbouring moments before `as_of`."""
    return flows.flows(_stages(t, as_of))


def loss_by_stage(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers lost between neighbouring moments before `as_of`, by the stage they stood in."""
    return losses.loss_by_stage(_stages(t, as_of))


def loss_by_age(t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
    """Customers lost between neighbouring moments, by the age of their relationship."""
    return losses.loss_by_age(t, as_of, _stages(t, as_of))


def lost_people(t: Tables, as_of: datetime) -> ibis.Table:
    """Who was lost between which moments; `value`: expected profit, minor units."""
    return losses.lost_people(_stages(t, as_of))


def stage_members(t: Tables, as_of: datetime) -> ibis.Table:
    """Who stood in which stage at which moment; `value`: expected profit, minor units."""
    return _stages(t, as_of).select("person_id", "at", "stage", "value")


def stage_movers(t: Tables, as_of: datetime) -> ibis.Table:
    """Who moved from which stage to which; `value`: expected profit, minor units."""
    return flows.moves(_stages(t, as_of))


_add(
    "customers",
    said("Customers"),
    said(
        "Persons with at least one purchase. A purchase is an order without a returned line "
        "whose total is above zero."
    ),
    "count",
    totals.customer_count,
    totals.shoppers,
    each="money",
)
_add(
    "orders",
    said("Orders"),
    said("All purchases, with or without a known customer."),
    "count",
    totals.order_count,
    totals.order_counts,
    counts="orders",
)
_add(
    "customer_orders",
    said("Orders of known customers"),
    said("Purchases that carry a membership number, phone or e-mail."),
    "count",
    totals.customer_order_count,
    totals.order_counts,
    counts="orders",
)
_add(
    "lines",
    said("Lines"),
    said("Lines of every kind: sales, returns, postage, with or without a customer."),
    "count",
    totals.line_count,
    counts="lines",
)
_add(
    "anonymous_lines",
    said("Anonymous lines"),
    said("Lines without a membership number, phone or e-mail: trade whose customer is unknown."),
    "count",
    totals.anonymous_line_count,
    counts="lines",
)
_add(
    "revenue",
    said("Revenue"),
    said("All that was paid, less all that was given back."),
    "money",
    totals.revenue,
    totals.payers,
    counts="lines",
    each="money",
)
_add(
    "anonymous_revenue",
    said("Anonymous revenue"),
    said("The part of the revenue that carries no customer."),
    "money",
    totals.anonymous_revenue,
    counts="lines",
)
_add(
    "order_value",
    said("Order value"),
    said("Mean total of a purchase."),
    "money",
    totals.order_value,
    totals.shoppers,
    counts="orders",
    each="money",
)
_add(
    "orders_per_customer",
    said("Orders per customer"),
    said("Purchases of known customers divided by customers."),
    "count",
    totals.orders_per_customer,
    totals.order_counts,
)
_add(
    "repeat_purchase_rate",
    said("Repeat-purchase rate"),
    said("Customers who bought on two different days or more, divided by customers."),
    "share",
    repeat.repeat_purchase_rate,
    repeat.repeaters,
)
_add(
    "one_time_share",
    said("One-time share"),
    said("Customers with exactly one order, divided by customers."),
    "share",
    repeat.one_time_share,
    repeat.one_timers,
    each="money",
)
_add(
    "second_purchase_rate",
    said("Second-purchase rate"),
    said(
        "Share of customers that buys on a second day within {days} days of the first. Customers "
        "whose time is not over yet count for as long as they were seen (Kaplan-Meier).",
        days=repeat.SECOND_WITHIN,
    ),
    "share",
    repeat.second_purchase_rate,
    repeat.second_purchases,
    each="days",
)
_add(
    "second_purchase_days",
    said("Time to the second purchase"),
    said(
        "Days after the first purchase until half of all customers have bought on a second day "
        "(Kaplan-Meier). Empty while fewer than half have."
    ),
    "days",
    repeat.second_purchase_days,
    repeat.second_purchases,
    each="days",
)
_add(
    "second_purchase_curve",
    said("Way to the second purchase"),
    said("Share of customers that has bought on a second day, by days after the first."),
    "table",
    repeat.second_purchase_curve,
    repeat.second_purchases,
    each="days",
)
_add(
    "usual_gap",
    said("Usual gap"),
    said(
        "Geometric mean over customers of their own mean number of days between two purchase "
        "days. A customer's typical gap is their own mean, drawn towards this one while they "
        "have few."
    ),
    "days",
    rhythm.usual_gap,
    rhythm.own_gaps,
    each="days",
)
_add(
    "gaps",
    said("Gaps between purchases"),
    said("All gaps between two purchase days of one customer, by their length in days."),
    "table",
    rhythm.gap_bands,
    rhythm.own_gaps,
    each="days",
)
_add(
    "purchase_steps",
    said("From purchase to purchase"),
    said(
        "Of the customers who bought on so many days: the share that bought on one more. Who came "
        "late has had less time, so the shares are the least that is true."
    ),
    "table",
    repeat.purchase_steps,
    totals.order_counts,
)
_add(
    "cohort_retention",
    said("Cohorts"),
    said(
        "Of the customers whose first purchase fell in a month: the share that bought again so "
        "many months later, with their orders, revenue net of returns, and profit."
    ),
    "table",
    cohorts.cohort_retention,
    cohorts.cohort_members,
    amounts=("revenue", "profit"),
    each="money",
)
_add(
    "rfm",
    said("RFM segments"),
    said(
        "Customers in fifths by days since the last purchase, number of purchase days, and "
        "amount bought; equal customers get equal fifths. The pairs of fifths have names."
    ),
    "table",
    rfm.rfm_segments,
    rfm.segment_members,
    amounts=("money",),
    each="money",
)
_add(
    "return_rate",
    said("Return rate"),
    said("Value of goods that went back, divided by value of goods sold. Postage does not count."),
    "share",
    returns.return_rate,
    returns.returners,
    counts="returned_lines",
    each="money",
)
_add(
    "returning_share",
    said("Customers with returns"),
    said("Customers who have returned something, divided by customers."),
    "share",
    returns.returning_share,
    returns.returners,
    each="money",
)
_add(
    "unmatched_returns",
    said("Returns without an order"),
    said(
        "Returned lines that find no order: their number names none, and their customer bought no "
        "such product before."
    ),
    "count",
    matched.unmatched_returns,
    matched.unmatched_people,
    counts="returned_lines",
    each="money",
)
_add(
    "returns_found",
    said("How returns find their order"),
    said(
        "Returned lines by how they find the order they are of: by its number; by goods, the "
        "latest purchase of the same product by the same customer; or none."
    ),
    "table",
    matched.returns_found,
    returns.returners,
    by=(),
    counts="returned_lines",
    amounts=("value",),
    each="money",
)
_add(
    "profit",
    said("Profit so far"),
    said(
        "Revenue less the cost of goods. A line's own cost goes first, then its product's margin, "
        "then one rate for the shop. Goods that came back lower the cost."
    ),
    "money",
    totals.profit,
    totals.earners,
    counts="orders_and_returns",
    each="money",
)
_add(
    "profit_per_customer",
    said("Profit per customer"),
    said("Profit so far from customers, returns included, divided by customers."),
    "money",
    totals.profit_per_customer,
    totals.earners,
    each="money",
)
_add(
    "stages",
    said("Stages"),
    said(
        "Customers by where they stand: new, active, loyal, slipping, lost or returned, judged by "
        "their own rhythm and by their chance to buy again."
    ),
    "table",
    stage_sizes,
    stage_members,
    (),
    amounts=("value",),
    each="money",
)
_add(
    "flows",
    said("Movement between stages"),
    said("Customers by the stage they stood in at one moment, and by that of the next."),
    "table",
    stage_flows,
    stage_movers,
    (),
    amounts=("value",),
    each="money",
)
_add(
    "loss_by_stage",
    said("Loss by stage"),
    said("Customers lost between one moment and the next, by the stage they stood in before."),
    "table",
    loss_by_stage,
    lost_people,
    (),
    amounts=("value",),
    each="money",
)
_add(
    "loss_by_age",
    said("Loss by age"),
    said(
        "Customers lost between one moment and the next, by how long before it they had first "
        "bought."
    ),
    "table",
    loss_by_age,
    lost_people,
    (),
    amounts=("value",),
    each="money",
)
_add(
    "acquisition_cost",
    said("Cost of a new customer"),
    said(
        "Spent on winning customers, divided by newcomers, over the months that are over and whose "
        "spending is known. Newcomers are told apart by their first purchase; those of the log's "
        "first month are left out, for they may be old customers. Empty where nobody said what "
        "was spent."
    ),
    "money",
    winning.acquisition_cost,
    winning.came,
    WHERE_FIRST,
    each="money",
)
_add(
    "first_order_profit",
    said("Profit of the first order"),
    said("Mean profit of a newcomer's first order. Newcomers as for their cost."),
    "money",
    winning.first_order_profit,
    winning.first_profits,
    WHERE_FIRST,
    each="money",
)
_add(
    "payback_curve",
    said("Payback"),
    said(
        "What one newcomer has brought by the end of month 1, the one they came in, and of each "
        "after it, against what winning one cost. Each month counts those who have lived through "
        "it."
    ),
    "table",
    winning.payback_curve,
    winning.came,
    WHERE_FIRST,
    amounts=("profit", "cost", "balance"),
    each="money",
)
_add(
    "payback_months",
    said("Month in which paid back"),
    said(
        "The month by whose end a newcomer has brought what winning one cost; month 1 is the one "
        "they came in. Empty: not yet, or the cost is not known."
    ),
    "count",
    winning.payback_months,
    winning.came,
    WHERE_FIRST,
    each="money",
)
_add(
    "winning_and_keeping",
    said("Winning and keeping"),
    said(
        "What was spent on winning newcomers and on keeping customers, and on each of them, over "
        "the latest twelve months of which such spending is known. Kept is who bought in those "
        "months, having come in an earlier one."
    ),
    "table",
    winning.winning_and_keeping,
    winning.came,
    (),
    amounts=("spend", "each"),
    each="money",
)
_add(
    "new_to_kept",
    said("New against kept"),
    said(
        "How many times as much as keeping one customer winning one costs. Empty where what was "
        "spent on either is not known."
    ),
    "count",
    winning.new_to_kept,
    winning.came,
    (),
    each="money",
)
_add(
    "cost_to_serve",
    said("Cost to serve"),
    said(
        "Mean over customers of what they cost beside their goods: discounts, handling of returns, "
        "postage where its cost is told, staff for complaints, gifts."
    ),
    "money",
    serving.cost_to_serve,
    serving.serving_costs,
    WHERE_FIRST,
    each="money",
)
_add(
    "served",
    said("Cost to serve by kind"),
    said("What customers cost beside their goods, by kind, and on each of all customers."),
    "table",
    serving.served_by_kind,
    serving.serving_costs,
    WHERE_FIRST,
    amounts=("total", "each"),
    each="money",
)
