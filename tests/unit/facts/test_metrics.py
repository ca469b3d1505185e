"""The registry: every metric says what it is, has a value, and opens the customers behind it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
import pytest
from tests.unit.facts.rows import line, one, rows, shop

from huitou.facts.contract import EVERY_DIMENSION, SPEND, STAGES, Dimension, Metric
from huitou.facts.metrics import METRICS, values
from huitou.ground.errors import NotYet

AS_OF = datetime(2011, 4, 15)
LINES = (
    line("a", date(2011, 1, 3), 1000, channel="web", region="north"),
    line("a", date(2011, 2, 3), 500, channel="till", region="north"),
    line("b", date(2011, 1, 31), 2000, channel="till", store="harbour"),
    line("b", date(2011, 4, 1), -300, channel="till", store="harbour"),
    line("c", date(2011, 2, 1), 700, channel="web", category="tea", campaign="spring"),
    line(None, date(2011, 2, 2), 900, channel="web"),
)
MOMENTS = [
    {"person_id": "a", "at": date(2011, 1, 31), "stage": "new", "p_buy": 0.5, "value": 1},
    {"person_id": "a", "at": date(2011, 4, 14), "stage": "lost", "p_buy": 0.1, "value": 2},
    {"person_id": "a", "at": date(2011, 4, 15), "stage": "returned", "p_buy": 0.9, "value": 3},
]
SPENT = [
    {"day": date(2011, 2, 1), "channel": "web", "campaign": "", "purpose": "new", "amount": 90},
    {"day": date(2011, 2, 9), "channel": None, "campaign": None, "purpose": "keep", "amount": 50},
]
TIERS = ibis.memtable({"person_id": ["a"], "tier": ["gold"]})
SHOP = shop(
    *LINES,
    margin=0.5,
    spend=ibis.memtable(pa.Table.from_pylist(SPENT, schema=SPEND)),
    tiers=TIERS,
    stages=ibis.memtable(pa.Table.from_pylist(MOMENTS, schema=STAGES)),
)
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


@every_metric
def test_it_says_what_it_is(metric: Metric) -> None:
    assert str(metric.title)
    assert str(metric.definition).endswith(".")
    assert metric.unit in ("count", "share", "days", "money", "table")


@every_metric
def test_it_has_a_value(metric: Metric) -> None:
    out = rows(metric.value(SHOP, AS_OF))
    assert out
    if metric.unit != "table":
        assert len(out) == 1
        assert out[0].keys() == {"value", "people"}


@every_metric
def test_it_opens_the_customers_behind_it(metric: Metric) -> None:
    if metric.people is None:
        assert metric.name in ("lines", "anonymous_lines", "anonymous_revenue")
        return
    out = rows(metric.people(SHOP, AS_OF))
    assert {row["person_id"] for row in out} <= {"a", "b", "c"}
    assert all("value" in row for row in out)


@every_metric
def test_it_can_be_cut(metric: Metric) -> None:
    for dimension in metric.by[1:2]:
        out = rows(metric.value(SHOP, AS_OF, by=dimension))
        assert {row["part"] for row in out} <= {None, *(row[dimension] for row in LINES)}


@every_metric
def test_later_rows_change_nothing(metric: Metric) -> None:
    coming = [row | {"ordered_at": AS_OF, "day": AS_OF.date(), "cost": 1} for row in LINES]
    later = replace(SHOP, lines=shop(*LINES, *coming).lines)
    assert _sorted(metric.value(later, AS_OF)) == _sorted(metric.value(SHOP, AS_OF))


def _sorted(table: ibis.Table) -> list[Any]:
    return sorted(map(repr, rows(table)))


@pytest.mark.parametrize("dimension", EVERY_DIMENSION)
def test_every_dimension_cuts(dimension: Dimension) -> None:
    out = rows(METRICS["lines"].value(SHOP, AS_OF, by=dimension))
    found = {row["part"]: row["value"] for row in out}
    assert found == Counter(OF_PEOPLE.get(dimension, _told)(row, dimension) for row in LINES)


def _told(row: dict[str, Any], name: str) -> Any:
    return row[name]


def _person(parts: dict[str, str]) -> Any:
    return lambda row, _: parts.get(row["person_id"])


OF_PEOPLE: dict[str, Any] = {
    "acquisition": _person({"a": "web", "b": "till", "c": "spring"}),
    "tier": _person({"a": "gold"}),
}


def test_parts_of_a_sum_add_up() -> None:
    for name in ("lines", "anonymous_lines", "revenue", "anonymous_revenue", "profit"):
        whole = one(METRICS[name].value(SHOP, AS_OF))
        parts = rows(METRICS[name].value(SHOP, AS_OF, by="channel"))
        assert sum(row["value"] for row in parts) == whole


def test_who_is_counted_is_who_is_listed() -> None:
    for name in ("repeat_purchase_rate", "one_time_share", "returning_share"):
        metric = METRICS[name]
        assert metric.people is not None
        (row,) = rows(metric.value(SHOP, AS_OF))
        assert len(rows(metric.people(SHOP, AS_OF))) == pytest.approx(row["value"] * row["people"])


def test_what_customers_contribute_is_the_sum() -> None:
    for name in ("profit", "revenue", "customer_orders"):
        metric = METRICS[name]
        assert metric.people is not None
        named = shop(*LINES[:-1], margin=0.5)
        total = sum(row["value"] for row in rows(metric.people(named, AS_OF)))
        assert total == one(metric.value(named, AS_OF))


def test_all_numbers_at_once_are_the_numbers_one_by_one() -> None:
    together = {row["name"]: (row["value"], row["people"]) for row in rows(values(SHOP, AS_OF))}
    for metric in METRICS.values():
        if metric.unit != "table":
            (row,) = rows(metric.value(SHOP, AS_OF))
            assert together.pop(metric.name) == (row["value"], row["people"])
    assert together == {}


def test_stages_are_those_of_moments_before() -> None:
    out = rows(METRICS["stages"].value(SHOP, AS_OF), "at")
    assert [(row["stage"], row["people"]) for row in out] == [("new", 1), ("lost", 1)]


def test_without_a_forecast_there_are_no_stages() -> None:
    with pytest.raises(NotYet, match="forecast"):
        METRICS["flows"].value(shop(*LINES), AS_OF)
