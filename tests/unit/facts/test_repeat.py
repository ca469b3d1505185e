"""Repeat purchase, against counting by hand and against SciPy's estimator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf
from tests.unit.facts.rows import by_person, line, one, rows, shop

from huitou.facts import repeat

START = date(2011, 1, 1)
AS_OF = datetime(2011, 4, 11)  # a hundred days


def on(number: int) -> date:
    return START + timedelta(days=number)


def test_two_orders_on_one_day_are_neither_repeat_nor_one_time() -> None:
    t = shop(
        line("once", on(0)),
        line("twice a day", on(0), order="1"),
        line("twice a day", on(0), order="2"),
        line("again", on(0)),
        line("again", on(1)),
        line(None, on(3)),
    )
    assert one(repeat.repeat_purchase_rate(t, AS_OF)) == pytest.approx(1 / 3)
    assert one(repeat.one_time_share(t, AS_OF)) == pytest.approx(1 / 3)
    assert set(by_person(repeat.repeaters(t, AS_OF))) == {"again"}
    assert set(by_person(repeat.one_timers(t, AS_OF))) == {"once"}


def test_a_return_does_not_make_a_repeat_buyer() -> None:
    t = shop(line("a", on(0)), line("a", on(5), -100))
    assert one(repeat.repeat_purchase_rate(t, AS_OF)) == 0.0
    assert one(repeat.one_time_share(t, AS_OF)) == 1.0


def test_by_channel_only_what_was_bought_there_counts() -> None:
    t = shop(
        line("a", on(0), channel="web"),
        line("a", on(1), channel="till"),
        line("b", on(0), channel="web"),
        line("b", on(2), channel="web"),
    )
    out = {
        row["part"]: row["value"]
        for row in rows(repeat.repeat_purchase_rate(t, AS_OF, by="channel"))
    }
    assert out == {"web": 0.5, "till": 0.0}


def test_an_empty_shop_has_no_rate() -> None:
    assert one(repeat.repeat_purchase_rate(shop(line(None, on(0))), AS_OF)) is None
    assert one(repeat.second_purchase_rate(shop(line(None, on(0))), AS_OF)) is None


def test_the_way_to_the_second_purchase_by_hand() -> None:
    t = shop(
        *(line("a", on(n)) for n in (0, 10)),
        *(line("b", on(n)) for n in (0, 20, 30)),
        line("c", on(84)),  # seen for 15 days
        line("d", on(0)),  # seen for 99 days
    )
    out = rows(repeat.second_purchase_curve(t, AS_OF), "days")
    assert [(row["days"], row["at_risk"], row["bought"]) for row in out] == [
        (10, 4, 1),
        (15, 3, 0),
        (20, 2, 1),
        (99, 1, 0),
    ]
    assert [row["share"] for row in out] == pytest.approx([1 / 4, 1 / 4, 5 / 8, 5 / 8])
    assert one(repeat.second_purchase_rate(t, AS_OF)) == pytest.approx(5 / 8)
    assert one(repeat.second_purchase_days(t, AS_OF)) == 20


def test_where_all_came_back_the_share_is_one() -> None:
    t = shop(*(line(name, on(n)) for name in "ab" for n in (0, 7)))
    assert one(repeat.second_purchase_rate(t, AS_OF)) == 1.0


def test_there_is_no_median_while_half_never_came_back() -> None:
    t = shop(line("a", on(0)), line("b", on(0)), line("c", on(0)), line("c", on(9)))
    assert one(repeat.second_purchase_days(t, AS_OF)) is None


person = st.tuples(st.integers(0, 60), st.none() | st.integers(1, 39))


@settings(max_examples=12)
@given(st.lists(person, min_size=1, max_size=25))
def test_the_curve_is_the_product_limit_estimate(people: list[tuple[int, int | None]]) -> None:
    lines: list[dict[str, Any]] = []
    came, waiting = [], []
    for number, (first, wait) in enumerate(people):
        lines.append(line(f"p{number}", on(first)))
        if wait is not None:
            lines.append(line(f"p{number}", on(first + wait)))
        (waiting if wait is None else came).append(99 - first if wait is None else wait)
    estimate = ecdf(CensoredData(uncensored=came, right=waiting)).cdf
    curve = rows(repeat.second_purchase_curve(shop(*lines), AS_OF), "days")
    expected = estimate.evaluate(np.array([row["days"] for row in curve]))
    assert [row["share"] for row in curve] == pytest.approx(list(expected), abs=1e-12)
