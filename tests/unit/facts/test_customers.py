"""The customer table: by hand, against a plain recomputation, and blind to the future."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.facts.refilled import Refilled, refilled
from tests.unit.facts.rows import arrow, by_person, line, rows, shop

from huitou.facts.contract import CUSTOMERS, Tables
from huitou.facts.customers import customers
from huitou.facts.profit import ASSUMED_MARGIN
from huitou.facts.rhythm import LATELY, MONTH, PRIOR_GAPS

__all__ = ["refilled"]
START = date(2011, 1, 1)
AS_OF = datetime(2011, 7, 1)
FAST = (Phase.explicit, Phase.generate)
"""Without shrinking: an example takes a tenth of a second, and shrinking takes hundreds."""


def on(number: int) -> date:
    return START + timedelta(days=number)


def test_the_columns_are_those_of_the_contract() -> None:
    out = customers(shop(line("a", START)), AS_OF).to_pyarrow()
    assert out.schema.names == CUSTOMERS.names
    assert out.schema.types == CUSTOMERS.types


def test_no_lines_no_customers() -> None:
    assert rows(customers(Tables(ibis.memtable(arrow([]))), AS_OF)) == []


def test_orders_on_one_day_are_one_purchase_day() -> None:
    t = shop(line("a", on(0), 300, order="1"), line("a", on(0), 500, order="2"), line("a", on(9)))
    a = by_person(customers(t, AS_OF))["a"]
    assert (a["orders"], a["purchase_days"], a["x"], a["t_x"]) == (3, 2, 1, 9)
    assert a["spend_mean"] == 900.0
    assert a["gap_mean"] == 9.0
    assert a["gap_sd"] is None


def test_age_runs_to_the_last_day_before_the_moment_in_the_shops_zone() -> None:
    t = shop(line("a", on(0)), zone="Asia/Taipei")
    evening = datetime(2011, 1, 10, 15, 59)  # 23:59 of the tenth in Taipei
    assert by_person(customers(t, evening))["a"]["T"] == 9
    assert by_person(customers(t, datetime(2011, 1, 10, 16)))["a"]["T"] == 9
    assert by_person(customers(t, datetime(2011, 1, 10, 16, 1)))["a"]["T"] == 10


def test_returns_lower_revenue_but_not_what_was_bought() -> None:
    t = shop(line("a", on(0), 1000), line("a", on(5), -400, order="C1"))
    a = by_person(customers(t, AS_OF, 0.5))["a"]
    assert (a["gross"], a["returned"], a["revenue"], a["return_lines"]) == (1000, 400, 600, 1)
    assert (a["last_day"], a["last_seen_day"], a["orders"]) == (on(0), on(5), 1)
    assert a["profit"] == 300


def test_who_only_returned_is_no_customer() -> None:
    t = shop(line("a", on(0), -400), line("b", on(0)))
    assert set(by_person(customers(t, AS_OF))) == {"b"}


def test_the_key_is_the_number_then_the_phone_then_the_mail() -> None:
    t = shop(
        line("a", on(0), member_no=None, phone="+886911", email="a@shop"),
        line("a", on(1), member_no="7"),
        line("b", on(0), member_no=None, email="b@shop"),
    )
    out = by_person(customers(t, AS_OF))
    assert (out["a"]["key"], out["b"]["key"]) == ("7", "b@shop")
    assert (out["a"]["has_phone"], out["a"]["has_email"]) == (True, True)
    assert (out["b"]["has_phone"], out["b"]["has_email"]) == (False, True)


def test_the_place_is_that_of_the_last_purchase_not_of_a_later_return() -> None:
    t = shop(
        line("a", on(0), store="old", channel="till"),
        line("a", on(5), store="new", channel="web"),
        line("a", on(9), -100, order="C", store="desk"),
    )
    a = by_person(customers(t, AS_OF))["a"]
    assert (a["store"], a["channel"]) == ("new", "web")


def test_cost_of_the_line_goes_before_margin_of_the_product_before_the_one_rate() -> None:
    t = shop(
        line("a", on(0), 1000, order="1", cost=700, sku="cup"),
        line("a", on(0), 1000, order="1", sku="cup"),
        line("a", on(0), 1000, order="1", sku="pot"),
        margins=ibis.memtable(pa.table({"sku": ["cup"], "margin": [0.4]})),
        margin=0.1,
    )
    assert by_person(customers(t, AS_OF))["a"]["profit"] == 300 + 400 + 100


@pytest.mark.parametrize("sign", [1, -1])
def test_goods_that_came_back_lower_the_cost_whatever_sign_the_till_gave_it(sign: int) -> None:
    t = shop(line("a", on(0), 1000, cost=600), line("a", on(1), -1000, order="C", cost=sign * 600))
    assert by_person(customers(t, AS_OF))["a"]["profit"] == 0


def test_without_a_rate_the_lines_with_costs_tell_it() -> None:
    t = shop(line("a", on(0), 1000, cost=600), line("b", on(0), 500))
    out = by_person(customers(t, AS_OF))
    assert out["b"]["profit"] == 200
    assert out["b"]["margin_rate"] == pytest.approx(0.4)


def test_without_any_cost_a_rate_is_assumed() -> None:
    a = by_person(customers(shop(line("a", on(0), 1000)), AS_OF))["a"]
    assert (a["profit"], a["margin_rate"]) == (200, ASSUMED_MARGIN)


def test_one_line_sold_at_a_loss_does_not_condemn_its_buyer() -> None:
    t = shop(
        line("a", on(0), 1000, cost=5000), *(line("b", on(n), 10_000, cost=5000) for n in range(9))
    )
    out = by_person(customers(t, AS_OF))
    assert -1.0 <= out["a"]["margin_rate"] < out["b"]["margin_rate"] <= 1.0
    assert out["a"]["margin_rate"] > (1000 - 5000) / 1000


def test_the_usual_gap_is_drawn_towards_the_shops() -> None:
    t = shop(
        *(line("a", on(n)) for n in (0, 10, 20, 30, 40)),
        *(line("b", on(n)) for n in (0, 40)),
        line("c", on(20)),
    )
    out = by_person(customers(t, AS_OF))
    usual = math.sqrt(10 * 40)
    assert out["c"]["typical_gap"] == pytest.approx(usual)
    assert out["a"]["typical_gap"] == pytest.approx((40 + PRIOR_GAPS * usual) / (4 + PRIOR_GAPS))
    assert 10 < out["a"]["typical_gap"] < out["c"]["typical_gap"] < out["b"]["typical_gap"] < 40


def test_where_nobody_came_back_the_usual_gap_is_the_length_of_the_log() -> None:
    out = by_person(customers(shop(line("a", on(0))), datetime(2011, 1, 11)))
    assert out["a"]["typical_gap"] == 10.0


def test_who_was_there_when_the_log_starts_is_marked() -> None:
    t = shop(
        *(line("a", on(n)) for n in (0, 10, 20)),
        line("b", on(10)),
        line("c", on(11)),
        line(None, on(0)),
    )
    out = by_person(customers(t, AS_OF))
    assert {name: row["left_censored"] for name, row in out.items()} == {
        "a": True,
        "b": True,
        "c": False,
    }


def test_the_longest_absence_and_the_day_that_ended_it() -> None:
    t = shop(*(line("a", on(n)) for n in (0, 30, 35, 65, 70)), line("b", on(0)))
    out = by_person(customers(t, AS_OF))
    assert (out["a"]["absence"], out["a"]["back_day"]) == (30, on(65))
    assert (out["b"]["absence"], out["b"]["back_day"]) == (None, None)


def test_who_bought_more_of_late_than_before_is_told_by_days_counted_from_the_moment() -> None:
    # The moment is the evening of 30 June, day 180; 112 days are days 69 to 180.
    seen = [180, 69, 68, 0]
    t = shop(*(line("a", on(n)) for n in seen), line("a", on(180), order="twice that day"))
    a = by_person(customers(t, AS_OF))["a"]
    assert (a["bought_lately"], a["bought_before"]) == (2, 2)
    b = by_person(customers(shop(*(line("b", on(n)) for n in (-44, -43, 60))), AS_OF))["b"]
    assert (b["bought_lately"], b["bought_before"]) == (0, 2)


def test_momentum_is_of_the_evening_asked_about_whatever_was_bought_since() -> None:
    t = shop(line("a", on(0)), line("a", on(150)))
    a = by_person(customers(t, datetime(2011, 3, 1)))["a"]
    assert (a["bought_lately"], a["bought_before"]) == (1, 0)


drawn = st.builds(
    lambda person, number, amount, order: line(
        person, on(number), amount, order=f"{person}/{number}/{order}"
    ),
    st.sampled_from(["a", "b", "c", None]),
    st.one_of(st.integers(0, 40), st.integers(55, 85), st.integers(-60, 180)),
    st.integers(-500, 5000),
    st.integers(0, 2),
)


def recomputed(lines: list[dict[str, Any]], margin: float) -> dict[str, dict[str, Any]]:
    """The same table in plain loops."""
    orders: dict[tuple[Any, str], list[dict[str, Any]]] = defaultdict(list)
    for row in lines:
        if row["person_id"] is not None:
            orders[row["person_id"], row["order_id"]].append(row)
    spent: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    count: dict[str, int] = defaultdict(int)
    for (person, _), its in orders.items():
        total = sum(row["amount"] for row in its)
        if total > 0 and not any(row["is_return"] for row in its):
            spent[person][its[0]["day"]] += total
            count[person] += 1
    out = {}
    for person, days in spent.items():
        every = [row for row in lines if row["person_id"] == person]
        seen = sorted(days)
        gaps = [(b - a).days for a, b in pairwise(seen)]
        revenue = sum(row["amount"] for row in every)
        out[person] = {
            "first_day": seen[0],
            "last_day": seen[-1],
            "last_seen_day": max(row["day"] for row in every),
            "orders": count[person],
            "x": len(seen) - 1,
            "t_x": (seen[-1] - seen[0]).days,
            "T": (date(2011, 6, 30) - seen[0]).days,
            "gross": sum(days.values()),
            "revenue": revenue,
            "returned": -sum(row["amount"] for row in every if row["is_return"]),
            "return_lines": sum(row["is_return"] for row in every),
            "profit": math.floor(revenue * margin + 0.5),
            "gap_mean": statistics.mean(gaps) if gaps else None,
            "gap_sd": statistics.stdev(gaps) if len(gaps) > 1 else None,
            "absence": max(gaps, default=None),
            "last_gap": gaps[-1] if gaps else None,
            "bought_month": sum((date(2011, 6, 30) - day).days < MONTH for day in seen),
            "bought_month_before": sum(
                MONTH <= (date(2011, 6, 30) - day).days < 2 * MONTH for day in seen
            ),
            "bought_long_before": sum(
                2 * LATELY <= (date(2011, 6, 30) - day).days < 4 * LATELY for day in seen
            ),
            "bought_lately": sum((date(2011, 6, 30) - day).days < LATELY for day in seen),
            "bought_before": sum(
                LATELY <= (date(2011, 6, 30) - day).days < 2 * LATELY for day in seen
            ),
            "spend_log_sd": statistics.stdev(map(math.log, days.values()))
            if len(days) > 1
            else None,
        }
    return out


@settings(max_examples=15, phases=FAST)
@given(lines=st.lists(drawn, min_size=1, max_size=30))
def test_any_shop_agrees_with_a_plain_recomputation(
    refilled: Refilled, lines: list[dict[str, Any]]
) -> None:
    expected, t = recomputed(lines, 0.25), Tables(refilled.table("lines", arrow(lines)))
    rows = refilled.answer(0.25, lambda: customers(t, AS_OF, 0.25)).to_pylist()
    found = {row["person_id"]: row for row in rows}
    assert len(found) == len(rows)
    assert set(found) == set(expected)
    for person, row in expected.items():
        for name, value in row.items():
            exact = value is None or isinstance(value, date)
            wanted = value if exact else pytest.approx(value, rel=1e-9, abs=1e-6)
            assert found[person][name] == wanted, name


@settings(max_examples=6, phases=FAST)
@given(before=st.lists(drawn, min_size=1, max_size=15), after=st.lists(drawn, max_size=15))
def test_later_rows_change_nothing(
    refilled: Refilled, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    moved = [
        row | {"ordered_at": datetime.combine(row["day"], time(12)) + timedelta(days=400)}
        for row in after
    ]
    late = [row | {"day": row["ordered_at"].date(), "cost": 1, "phone": "+1"} for row in moved]
    found = []
    for lines in (before, [*before, *late]):
        t = Tables(refilled.table("lines", arrow(lines)))
        told = refilled.answer("plain", lambda t=t: customers(t, AS_OF))
        found.append(told.sort_by("person_id").to_pylist())
    assert found[0] == found[1]
