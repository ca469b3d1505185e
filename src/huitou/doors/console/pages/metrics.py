"""One metric as a table: apart by a dimension, as of a day, and as it was known on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from huitou.doors.console import names
from huitou.doors.console.drawing import Length, lengths
from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.facts.metrics import METRICS
from huitou.facts.rfm import SEGMENTS
from huitou.ground.languages import Speaker, speaker
from huitou.ground.money import Money, to_minor
from huitou.ground.words import Sentence, said
from huitou.runs.desks.exodus import KINDS
from huitou.runs.desks.winning import AGES, SERVED
from huitou.runs.outward import currency_of, shares_of

if TYPE_CHECKING:
    import pyarrow as pa

    from huitou.facts.contract import Metric
    from huitou.runs.views import MetricView

routes = APIRouter()

SHOWN = 200
"""Rows of a table that a page shows; the command line and the API tell all."""
HIDDEN = {"person_id"}
"""Columns that only programs use."""
YES, NO = said("Yes"), said("No")
DRAWN = ("value", "retention", "share", "total", "balance", "lost", "customers", "people")
"""Of these columns the first that a table has is drawn, beside its figures."""

COLUMNS: Mapping[str, Sentence] = {
    "active": said("Bought that month"),
    "after": said("Stage after"),
    "age": said("Age of the relationship"),
    "at": said("Day"),
    "at_risk": said("Not yet by then"),
    "balance": said("Less the cost"),
    "before": said("Stage before"),
    "bought": said("Bought"),
    "complete": said("Month is over"),
    "cost": said("Cost"),
    "customers": said("Customers"),
    "days": said("Days since"),
    "each": said("Each customer"),
    "end": said("To"),
    "gaps": said("Gaps between purchases"),
    "k": said("Months since"),
    "kind": said("Kind"),
    "lines": said("Lines"),
    "lost": said("Lost"),
    "money": said("Money"),
    "month": said("Month"),
    "months": said("Month (1 is the one they came in)"),
    "orders": said("Orders"),
    "orders_and_returns": said("Orders and returns"),
    "profit": said("Profit"),
    "recency": said("Days since the last purchase"),
    "retention": said("Share"),
    "returned_lines": said("Returned lines"),
    "revenue": said("Revenue"),
    "segment": said("Group"),
    "share": said("Share"),
    "size": said("People"),
    "spend": said("Spent"),
    "stage": said("Stage"),
    "start": said("From"),
    "total": said("In all"),
    "value": said("Value"),
    "went_on": said("Came once more"),
}
"""What the columns of tables are called."""
OF_ONE: Mapping[tuple[str, str], Sentence] = {
    ("gaps", "days"): said("Up to so many days"),
    ("purchase_steps", "k"): said("Days they bought on"),
}
"""What a column of one metric is called, where another's of its name is called otherwise."""
UNTOLD: Mapping[tuple[str, str], Sentence] = {("gaps", "days"): said("longer")}
"""What it means that a column of one metric has no value; elsewhere, that none is known."""
CODES: Mapping[str, Mapping[str, Sentence]] = {
    "after": names.BEFORE,
    "age": AGES,
    "before": names.BEFORE,
    "kind": {"new": said("to win"), "keep": said("to keep"), **SERVED},
    "segment": {each.name: each.title for each in SEGMENTS},
    "stage": names.BEFORE,
}
"""What stands in columns of codes."""

Told = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True)
class MetricPage:
    """The metric that was asked for, and what else may be."""

    metric: Metric
    others: tuple[MetricView, ...]
    by: str
    parts: Mapping[str, Sentence]
    """Along what it may be cut."""
    as_of: date | None
    known: date | None
    headings: tuple[Sentence | str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawn: int
    """The place of the column that is drawn; -1 where none is."""
    lengths: tuple[Length | None, ...]
    """Of each row, for that column."""
    left: int
    """Rows that are not shown."""


@routes.get("/metrics")
def first(visit: Member, other: Told = "") -> Response:
    """The page of the metric that was chosen, or of the first."""
    return visit.to(f"/metrics/{METRICS[other or next(iter(METRICS))].name}")


@routes.get("/metrics/{name}")
def metric(visit: Member, name: str, by: Told = "", as_of: Told = "", known: Told = "") -> Response:
    """The page of a metric."""
    found = METRICS[name]
    cut = by if by in found.by else ""
    at, then = (a_day(told) if told else None for told in (as_of, known))
    table = visit.shop.metric(name, cut or None, as_of=at, known=then)
    columns = [column for column in table.column_names if column not in HIDDEN]
    shown = table.select(columns).slice(0, SHOWN)
    drawn = next((each for each in DRAWN if each in columns and shown.num_rows > 1), None)
    page = MetricPage(
        metric=found,
        others=tuple(visit.shop.metrics()),
        by=cut,
        parts={kind: KINDS[kind] for kind in found.by},
        as_of=at,
        known=then,
        headings=tuple(_heading(found, column, cut) for column in columns),
        rows=_written(found, shown, speaker(visit.language)),
        drawn=columns.index(drawn) if drawn else -1,
        lengths=lengths(shown.column(drawn).to_pylist()) if drawn else (),
        left=max(0, table.num_rows - SHOWN),
    )
    return visit.page("metrics.html", page)


def _heading(found: Metric, column: str, by: str) -> Sentence | str:
    if column == "part" and by:
        return KINDS[by]
    return OF_ONE.get((found.name, column), COLUMNS.get(column, column))


def _written(found: Metric, table: pa.Table, says: Speaker) -> tuple[tuple[str, ...], ...]:
    currency, shares = currency_of(table), shares_of(table, found.unit)

    def cell(column: str, value: Any) -> str:
        if value is None:
            return says.say(UNTOLD.get((found.name, column), "–"))
        if isinstance(value, Decimal) and currency:
            return says.shown(Money(to_minor(value, currency), currency))
        if column in shares:
            return says.percent(value)
        if isinstance(value, bool):
            return says.say(YES if value else NO)
        if column == "month" and isinstance(value, date):
            return says.month(value)
        return says.shown(CODES.get(column, {}).get(value, value))

    return tuple(
        tuple(cell(column, value) for column, value in row.items()) for row in table.to_pylist()
    )
