"""When something is needed again: habits are found, doubled packs last, who stopped is let go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.models import needs
from huitou.models.needs import Bought


def shop(customers: int, seed: int, *, stop: float = 0.0, power: float = 0.0) -> Bought:
    """Customers who buy one of three products in gaps of 14, 30 and 60 days, for two years."""
    chance = np.random.default_rng(seed)
    rows, product = [], []
    for series in range(customers):
        kind = series % 3
        habit = chance.normal(np.log((14, 30, 60)[kind]), 0.2)
        day = int(chance.integers(0, 300))
        product.append(kind)
        while day <= 730:
            quantity = float(chance.choice((1, 2, 4)))
            rows.append((series, day, quantity))
            if chance.random() < stop:
                break
            gap = np.exp(chance.normal(habit + power * np.log(quantity / 2), 0.25))
            day += max(1, round(float(gap)))
    table = np.array(rows)
    return Bought(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2],
        np.array(product, dtype=np.int64), 730,
    )  # fmt: skip


def test_each_products_gap_is_found() -> None:
    habits = needs.fit(shop(300, 1)).habits
    assert np.exp(habits.middle) == pytest.approx([14, 30, 60], rel=0.12)


def test_who_took_double_is_spoken_to_later() -> None:
    model = needs.fit(shop(300, 2, power=0.6))
    assert model.habits.power == pytest.approx(0.6, abs=0.1)
    one = Bought(
        np.array([0, 0, 1, 1]), np.array([680, 700, 680, 700]), np.array([1.0, 1.0, 1.0, 4.0]),
        np.array([1, 1]), 730,
    )  # fmt: skip
    due = needs.foresee(model, one)
    assert due.usual[1] > 1.8 * due.usual[0] and due.within(7)[1] != due.within(7)[0]


def test_chances_are_kept_on_days_that_were_not_seen() -> None:
    whole = shop(1_500, 3, stop=0.05)
    known = whole.as_of(670)
    due = needs.foresee(needs.fit(known), known)
    first = np.full(whole.count, np.inf)
    later = whole.day > 670
    np.minimum.at(first, whole.series[later], (whole.day[later] - 670).astype(float))
    there = np.isfinite(due.waited)
    for days in (7, 30, 60):
        foretold = due.within(days)[there].mean()
        assert foretold == pytest.approx((first[there] <= days).mean(), abs=0.04)


def test_the_longer_somebody_stays_away_the_less_they_are_expected() -> None:
    bought = shop(600, 4, stop=0.1)
    model = needs.fit(bought)

    def after(days: int) -> float:
        last = np.array([0, 30, 60, 90, 120])
        one = Bought(np.zeros(5, np.int64), last, np.ones(5), np.array([1]), 120 + days)
        return float(needs.foresee(model, one).within(14)[0])

    assert after(25) > after(120) > after(500)


def test_a_shop_without_a_single_gap_is_told_something_all_the_same() -> None:
    one = Bought(np.zeros(1, np.int64), np.array([10]), np.ones(1), np.array([0]), 20)
    due = needs.foresee(needs.fit(one), one)
    assert 0 < due.within(30)[0] < 1 and np.isfinite(due.quantile(0.5)[0])


@given(st.floats(0.02, 0.97), st.floats(0.02, 0.97), st.integers(0, 200))
def test_the_day_is_later_for_a_higher_chance_and_never_past(
    one: float, other: float, waited: int
) -> None:
    due = needs.Due(
        np.array([float(waited) + 0.5]), np.array([30.0]), np.array([2]),
        np.full((1, len(needs.EDGES) - 1), 0.4),
    )  # fmt: skip
    low, high = sorted((one, other))
    assert 0 <= due.quantile(low)[0] <= due.quantile(high)[0] <= needs.AHEAD
    assert due.within(5)[0] <= due.within(50)[0] <= 1


def test_half_of_those_who_come_within_its_reach_come_by_the_day_that_is_named() -> None:
    usual = np.array([10.0, 40.0, 120.0])
    due = needs.Due(
        np.full(3, 5.0), usual, np.array([4, 4, 4]), np.full((3, len(needs.EDGES) - 1), 0.7)
    )
    reach = np.array([91.0, 91.0, 240.0])
    named = due.within(due.quantile(0.5))
    assert named == pytest.approx(due.within(reach) / 2, abs=0.003)


def test_what_goes_out_of_the_range_is_not_due() -> None:
    """Thirty products are bought on any day by chance, each until it is taken off the shelf."""
    chance, rows = np.random.default_rng(6), []
    for series in range(900):
        ends = 60 + 15 * (series % 30)
        rows += [(series, day) for day in np.flatnonzero(chance.random(ends) < 0.05)]
    series, day = np.array(rows).T
    known = Bought(series, day, np.ones(len(day)), np.arange(900) % 30, 500).as_of(389)
    model = needs.fit(known)
    assert model.demand[-1, 0] < 0.3 * model.demand[-1].max()
    due = needs.foresee(model, known)
    waiting = (due.waited >= 30) & (due.waited < 60)
    gone, there = (waiting & (known.product == product) for product in (20, 29))
    assert due.within(14)[gone].mean() < 0.6 * due.within(14)[there].mean()


def test_days_run_faster_before_a_feast_that_was_seen_last_year() -> None:
    chance = np.random.default_rng(5)
    day = np.concatenate([chance.integers(0, 800, 20_000), chance.integers(400, 430, 3_000)])
    series, quantity = chance.integers(0, 3_000, len(day)), np.ones(len(day))
    order = np.lexsort((day, series))
    known = Bought(series[order], day[order], quantity, np.zeros(3_000, np.int64), 760)
    clock = needs.fit(known).clock
    feast, after = clock[430 + 365 - 760] - clock[5], clock[190] - clock[160]
    assert feast > 1.15 * after
    young = needs.fit(known.as_of(390))
    assert (young.clock == np.arange(366)).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_nothing_that_came_later_moves_what_is_foretold(seed: int) -> None:
    chance = np.random.default_rng(seed)
    whole = shop(60, seed % 7)
    other = replace(whole, day=np.where(whole.day > 500, 500 + chance.integers(1, 300), whole.day))
    told, also = (
        needs.foresee(needs.fit(each), each) for each in (whole.as_of(500), other.as_of(500))
    )
    assert np.array_equal(told.within(28), also.within(28), equal_nan=True)
    assert np.array_equal(told.quantile(0.5), also.quantile(0.5), equal_nan=True)
