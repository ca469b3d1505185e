"""What customers cost to win and to serve, against counting by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import by_person, line, one, rows, shop

from huitou.facts import serving, winning
from huitou.facts.contract import SERVED, SPEND, Tables
from huitou.facts.metrics import METRICS

AS_OF = datetime(2026, 6, 1)


def on(month: int, day: int = 10) -> date:
    return date(2026, month, day)


def spend(*told: tuple[date, str | None, str | None, str, int]) -> ibis.Table:
    return ibis.memtable(
        pa.Table.from_pylist(
            [dict(zip(SPEND.names, each, strict=True)) for each in told], schema=SPEND
        )
    )


def launched(**more: Any) -> Tables:
    """One old customer, then three newcomers in March and April, by two channels."""
    return shop(
        line("old", on(1), 9000, channel="till"),
        line("old", on(3), 9000, channel="till"),
        line("a", on(3), 1000, channel="web", campaign="spring"),
        line("a", on(4), 5000, channel="till"),
        line("b", on(3, 20), 2000, channel="web"),
        line("c", on(4), 4000, channel="till"),
        line("c", on(5), 4000, channel="till"),
        margin=0.5,
        **more,
    )


def test_a_new_customer_costs_what_was_spent_in_the_months_it_was_known() -> None:
    told = spend(
        (on(3, 1), "web", None, "new", 3000),
        (on(4, 2), "till", None, "new", 500),
        (on(4, 2), "till", None, "keep", 99_999),
        (on(1, 2), "web", None, "new", 77_777),
        (date(2026, 6, 1), "web", None, "new", 55_555),
    )
    t = launched(spend=told)
    (found,) = rows(winning.acquisition_cost(t, AS_OF))
    # March and April: the log's first month and the one under way say nothing.
    assert found == {"value": pytest.approx(3500 / 3), "people": 3}
    assert set(by_person(winning.came(t, AS_OF))) == {"a", "b", "c"}


def test_by_channel_a_newcomer_belongs_to_their_first_purchase() -> None:
    t = launched(spend=spend((on(3, 1), "web", None, "new", 3000)))
    found = {row["part"]: row for row in rows(winning.acquisition_cost(t, AS_OF, by="channel"))}
    assert found["web"] == {"part": "web", "value": 1500.0, "people": 2}
    assert found["till"] == {"part": "till", "value": None, "people": 0}  # nobody said


def test_money_that_won_nobody_has_no_cost_each() -> None:
    t = launched(spend=spend((on(3, 1), None, "radio", "new", 3000)))
    found = {row["part"]: row for row in rows(winning.acquisition_cost(t, AS_OF, by="campaign"))}
    assert found["radio"] == {"part": "radio", "value": None, "people": 0}


def test_without_a_word_about_spending_the_cost_is_unknown() -> None:
    for by in (None, "channel", "acquisition", "tier", "store"):
        for row in rows(winning.acquisition_cost(launched(), AS_OF, by=by)):
            assert row["value"] is None and row["people"] == 0
    assert one(winning.new_to_kept(launched(), AS_OF)) is None


def test_acquisition_is_the_campaign_of_the_first_purchase_else_its_channel() -> None:
    found = rows(winning.first_order_profit(launched(), AS_OF, by="acquisition"), "part")
    assert [(row["part"], row["value"]) for row in found] == [
        ("spring", 500.0), ("till", 2000.0), ("web", 1000.0),
    ]  # fmt: skip


def test_every_line_of_a_person_counts_for_their_acquisition() -> None:
    revenue = METRICS["revenue"].value(launched(), AS_OF, by="acquisition")
    found = {row["part"]: row["value"] for row in rows(revenue)}
    assert found == {"spring": 6000, "web": 2000, "till": 26_000}


def test_the_payback_curve_follows_those_who_lived_so_long() -> None:
    t = launched(spend=spend((on(3, 1), "web", None, "new", 3000)))
    found = rows(winning.payback_curve(t, AS_OF), "months")
    # Month 1, in which they came: three people, 500+1000+2000; month 2: three, 2500+0+2000; month
    # 3: two of March, nothing.
    assert [(row["months"], row["people"]) for row in found] == [(1, 3), (2, 3)]
    assert [row["profit"] for row in found] == pytest.approx([3500 / 3, 3500 / 3 + 1500])
    assert [row["balance"] for row in found] == pytest.approx([3500 / 3 - 1500, 3500 / 3])
    assert one(winning.payback_months(t, AS_OF)) == 2


def test_what_is_not_paid_back_yet_has_no_month() -> None:
    t = launched(spend=spend((on(3, 1), "web", None, "new", 300_000)))
    assert one(winning.payback_months(t, AS_OF)) is None
    assert one(winning.payback_months(launched(), AS_OF)) is None


def test_new_against_kept_is_this_shops_own_figure() -> None:
    told = spend((on(3, 1), "web", None, "new", 3000), (on(4, 1), None, None, "keep", 200))
    t = launched(spend=told)
    found = {row["kind"]: row for row in rows(winning.winning_and_keeping(t, AS_OF))}
    assert found["new"] == {"kind": "new", "spend": 3000, "people": 2, "each": 1500.0}
    assert found["keep"] == {"kind": "keep", "spend": 200, "people": 1, "each": 200.0}  # only a
    assert one(winning.new_to_kept(t, AS_OF)) == 7.5


def test_by_tier_people_stand_where_they_stand_now() -> None:
    tiers = ibis.memtable({"person_id": ["a", "c"], "tier": ["gold", "silver"]})
    t = launched(tiers=tiers)
    found = {row["part"]: row for row in rows(METRICS["customers"].value(t, AS_OF, by="tier"))}
    assert {part: row["value"] for part, row in found.items()} == {
        "gold": 1, "silver": 1, None: 2,
    }  # fmt: skip
    profit = rows(winning.first_order_profit(t, AS_OF, by="tier"))
    assert {row["part"]: row["people"] for row in profit} == {"gold": 1, "silver": 1, None: 1}


def test_cost_to_serve_adds_up_what_each_kind_cost() -> None:
    beside = pa.Table.from_pylist(
        [
            {"person_id": "a", "day": on(2), "kind": "service", "amount": 300},
            {"person_id": "a", "day": on(2), "kind": "returns", "amount": 50},
            {"person_id": "a", "day": on(7), "kind": "gifts", "amount": 9999},
        ],
        schema=SERVED,
    )
    t = shop(
        line("a", on(1), 1000, discount=100),
        line("a", on(2), -1000, order="back"),
        line("a", on(3), 500, is_product=False, cost=450, order="post"),
        line("b", on(1), 1000),
        line(None, on(1), 1000, discount=700),
        served=ibis.memtable(beside),
    )
    assert one(serving.cost_to_serve(t, AS_OF)) == (100 + 50 + 450 + 300) / 2
    found = {row["kind"]: row for row in rows(serving.served_by_kind(t, AS_OF))}
    assert {kind: row["total"] for kind, row in found.items()} == {
        "discounts": 100, "returns": 50, "shipping": 450, "service": 300,
    }  # fmt: skip
    assert found["service"]["each"] == 150 and found["service"]["people"] == 1
    assert by_person(serving.serving_costs(t, AS_OF))["a"]["value"] == 900
    assert one(serving.cost_to_serve(replace(t, served=None), AS_OF)) == 275


def test_what_newcomers_cost_to_serve_is_asked_of_no_older_customer() -> None:
    beside = [
        {"person_id": name, "day": on(4), "kind": "service", "amount": amount}
        for name, amount in (("old", 90_000), ("a", 300), ("c", 70))
    ]
    t = launched(served=ibis.memtable(pa.Table.from_pylist(beside, schema=SERVED)))
    assert one(serving.newcomers_to_serve(t, AS_OF)) == pytest.approx(370 / 3)
    found = {row["part"]: row for row in rows(serving.newcomers_to_serve(t, AS_OF, by="channel"))}
    assert {part: (row["value"], row["people"]) for part, row in found.items()} == {
        "web": (150, 2), "till": (70, 1),
    }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.integers(1, 5),
            st.integers(1, 9000),
            st.sampled_from(["web", "till", None]),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_parts_of_the_newcomers_are_all_of_them(
    bought: list[tuple[str, int, int, str | None]],
) -> None:
    t = shop(
        line("zero", on(1, 1)),
        *(
            line(who, on(month), amount, order=str(n), channel=channel)
            for n, (who, month, amount, channel) in enumerate(bought)
        ),
        margin=0.3,
    )
    (whole,) = rows(winning.first_order_profit(t, AS_OF))
    parts = rows(winning.first_order_profit(t, AS_OF, by="acquisition"))
    assert sum(row["people"] for row in parts) == whole["people"]
    total = sum(row["people"] * row["value"] for row in parts)
    assert total == pytest.approx((whole["value"] or 0) * whole["people"])
