"""Cohorts, RFM, returns, sums and flows, each against a shop small enough to count."""

from __future__ import annotations

from datetime import date, datetime

import ibis
import pyarrow as pa
import pytest
from tests.unit.facts.rows import by_person, line, one, rows, shop

from huitou.facts import flows, returns, rfm, totals
from huitou.facts.cohorts import cohort_members, cohort_retention
from huitou.facts.contract import STAGES

AS_OF = datetime(2011, 4, 15)
COHORTS = shop(
    line("a", date(2011, 1, 3), 1000),
    line("a", date(2011, 2, 3), 500),
    line("a", date(2011, 2, 9), 500),
    line("b", date(2011, 1, 31), 2000),
    line("b", date(2011, 4, 1), -300),
    line("c", date(2011, 2, 1), 700),
    line("c", date(2011, 1, 15), -100),
    line(None, date(2011, 2, 2), 900),
    margin=0.5,
)


def test_a_cohort_month_by_month() -> None:
    out = rows(cohort_retention(COHORTS, AS_OF), "month", "k")
    names = ("month", "k", "size", "active", "retention", "orders", "revenue", "profit", "complete")
    january, february = date(2011, 1, 1), date(2011, 2, 1)
    assert [tuple(row[name] for name in names) for row in out] == [
        (january, 0, 2, 2, 1.0, 2, 3000, 1500, True),
        (january, 1, 2, 1, 0.5, 2, 1000, 500, True),
        (january, 3, 2, 0, 0.0, 0, -300, -150, False),
        (february, 0, 1, 1, 1.0, 1, 700, 350, True),
    ]


def test_a_december_cohort_knows_its_year() -> None:
    t = shop(line("a", date(2010, 12, 31)), line("a", date(2011, 1, 1)))
    out = rows(cohort_retention(t, AS_OF), "k")
    assert [(row["month"], row["k"]) for row in out] == [
        (date(2010, 12, 1), 0),
        (date(2010, 12, 1), 1),
    ]


def test_everybody_is_in_one_cohort() -> None:
    members = by_person(cohort_members(COHORTS, AS_OF))
    assert {name: row["month"] for name, row in members.items()} == {
        "a": date(2011, 1, 1),
        "b": date(2011, 1, 1),
        "c": date(2011, 2, 1),
    }


def test_equal_customers_get_equal_fifths() -> None:
    t = shop(
        *(line(f"p{n}", date(2011, 1, 1), 100) for n in range(8)),
        *(line("best", date(2011, month, 2), 900) for month in (1, 2, 3, 4)),
        *(line("good", date(2011, month, 1), 800) for month in (1, 2, 3, 4)),
    )
    out = by_person(rfm.rfm(t, AS_OF))
    plain = {(out[f"p{n}"]["r"], out[f"p{n}"]["f"], out[f"p{n}"]["m"]) for n in range(8)}
    assert plain == {(1, 1, 1)}
    assert (out["best"]["r"], out["best"]["f"], out["best"]["m"]) == (5, 5, 5)
    assert out["best"]["segment"] == "champions"
    assert out["best"]["recency"] == 12


def test_every_corner_of_the_cube_has_a_name() -> None:
    fifths = range(1, 6)
    cube = [{"r": r, "fm": (f + m) / 2} for r in fifths for f in fifths for m in fifths]
    table = ibis.memtable(pa.Table.from_pylist(cube))
    named = ibis.cases(*((corner.holds(table), corner.name) for corner in rfm.SEGMENTS))
    out = rows(table.select(segment=named))
    assert {row["segment"] for row in out} == {corner.name for corner in rfm.SEGMENTS}


def test_segments_hold_everybody_once() -> None:
    out = rows(rfm.rfm_segments(COHORTS, AS_OF))
    assert sum(row["people"] for row in out) == 3
    assert sum(row["share"] for row in out) == pytest.approx(1.0)


def test_the_return_rate_leaves_postage_aside() -> None:
    t = shop(
        line("a", date(2011, 1, 1), 1000),
        line("a", date(2011, 1, 5), -250, order="C1"),
        line("b", date(2011, 1, 1), 900, is_product=False),
        line("b", date(2011, 1, 9), -900, order="C2", is_product=False),
    )
    assert one(returns.return_rate(t, AS_OF)) == 0.25
    assert one(returns.returning_share(t, AS_OF)) == 1.0
    assert {name: row["value"] for name, row in by_person(returns.returners(t, AS_OF)).items()} == {
        "a": 250,
        "b": 900,
    }


def test_the_sums_of_a_shop() -> None:
    assert one(totals.customer_count(COHORTS, AS_OF)) == 3
    assert one(totals.order_count(COHORTS, AS_OF)) == 6
    assert one(totals.customer_order_count(COHORTS, AS_OF)) == 5
    assert one(totals.line_count(COHORTS, AS_OF)) == 8
    assert one(totals.anonymous_line_count(COHORTS, AS_OF)) == 1
    assert one(totals.anonymous_revenue(COHORTS, AS_OF)) == 900
    assert one(totals.revenue(COHORTS, AS_OF)) == 5200
    assert one(totals.order_value(COHORTS, AS_OF)) == pytest.approx(5600 / 6)
    assert one(totals.orders_per_customer(COHORTS, AS_OF)) == pytest.approx(5 / 3)
    assert one(totals.profit(COHORTS, AS_OF)) == 2600
    assert one(totals.profit_per_customer(COHORTS, AS_OF)) == pytest.approx(2150 / 3)


def test_movement_between_two_moments() -> None:
    first, then = date(2011, 1, 1), date(2011, 4, 1)
    told = [
        ("a", first, "active"),
        ("b", first, "active"),
        ("a", then, "lost"),
        ("b", then, "active"),
        ("c", then, "new"),
    ]
    moments = pa.Table.from_pylist(
        [
            {"person_id": person, "at": at, "stage": stage, "p_buy": 0.5, "value": 100}
            for person, at, stage in told
        ],
        schema=STAGES,
    )
    out = rows(flows.flows(ibis.memtable(moments)), "before", "after")
    assert [(row["start"], row["end"]) for row in out] == [(first, then)] * 3
    assert [(row["before"], row["after"], row["people"], row["value"]) for row in out] == [
        ("active", "active", 1, 100),
        ("active", "lost", 1, 100),
        (flows.NOT_YET, "new", 1, 100),
    ]
