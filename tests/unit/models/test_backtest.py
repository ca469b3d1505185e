"""Backtests use full windows only, and at each origin only what was known there."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.models.worlds import Shop

from huitou.models.backtest import (
    choose,
    complete,
    group_interval,
    log_loss,
    naive_log_loss,
    origin_days,
    tenths,
    trial,
)
from huitou.models.forecast import Past, foresee
from huitou.models.histories import Origin, histories
from huitou.models.level import Level
from huitou.models.season import NO_SEASON
from huitou.models.shape import CANDIDATES


@given(st.integers(0, 2000), st.integers(14, 400))
def test_origins_leave_a_full_window_before_today_and_history_before_them(history, horizon):
    first = date(2020, 1, 1)
    today = first + timedelta(days=history)
    days = origin_days(first, today, horizon)
    assert len(days) <= 5 and list(days) == sorted(set(days), reverse=True)
    for day in days:
        assert day + timedelta(days=horizon) <= today
        assert (day - first).days >= max(horizon, 60)


def test_the_same_day_a_year_ago_is_among_the_origins():
    today = date(2024, 6, 1)
    assert today - timedelta(days=365) in origin_days(date(2021, 1, 1), today, 90)


@pytest.fixture(scope="module")
def shop():
    return Shop(seed=4)


def origin(shop, day, horizon=120):
    return Origin(shop.day(day), shop.customers(day), horizon, shop.bought(day, horizon))


def test_windows_that_are_not_over_are_left_out(shop):
    some = [origin(shop, 500), origin(shop, 600), origin(shop, 700, horizon=60)]
    kept = complete(some, shop.day(700), 120)
    assert [each.as_of_day for each in kept] == [shop.day(500)]
    assert complete(some, shop.day(720), 120)[0].as_of_day == shop.day(600)


def test_what_was_learnt_later_says_nothing_at_an_earlier_origin(shop):
    past = Past([origin(shop, 700), origin(shop, 500)], 120)
    assert [each.as_of_day for each in past.before(shop.day(820))] == [shop.day(700), shop.day(500)]
    assert [each.as_of_day for each in past.before(shop.day(700))] == [shop.day(500)]
    assert past.before(shop.day(619)) == ()
    then = foresee(shop.customers(850), shop.day(850), past).then
    alone = foresee(shop.customers(500), shop.day(500), Past([], 120))
    assert np.array_equal(then[1].forecast.p_buy, alone.p_buy)
    assert then[1].forecast.hazard == alone.hazard


def test_half_a_window_that_has_just_ended_is_a_witness(shop):
    half = origin(shop, 640, horizon=60)
    past = Past([origin(shop, 580), half, origin(shop, 600, horizon=60)], 120)
    assert past.half_before(shop.day(700)) == (half,)
    assert past.half_before(shop.day(701)) == ()
    tried = foresee(shop.customers(700), shop.day(700), past).tried
    assert [each.days for each in tried.trials] == [60, 120]


def test_the_candidate_with_the_least_log_loss_is_taken(shop):
    both = [origin(shop, 700), origin(shop, 500)]
    best, losses = choose(both, histories(shop.customers(850)), {})
    assert losses[best.name] == min(losses.values())
    assert {"MBG/NBD", "Pareto/NBD"} <= set(losses)


def test_without_origins_the_default_stands(shop):
    best, losses = choose([], histories(shop.customers(300)), {})
    assert best.name == "MBG/NBD" and losses == {}


def test_hindsight_makes_the_total_right(shop):
    tried = trial(CANDIDATES[0], origin(shop, 600), NO_SEASON, {})
    assert tried.hindsight().sum() == pytest.approx(tried.returned.sum(), abs=1e-3)
    assert tried.expected_in_hindsight().sum() == pytest.approx(tried.bought.sum(), rel=0.01)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0, 1), st.floats(0, 0.5))
def test_intervals_hold_their_forecast_and_stay_possible(p_none, sd, shape_sd):
    silence = np.array(p_none)
    rows = np.arange(len(silence))
    middle, low, high = group_interval(silence, rows, Level(0.1, sd), shape_sd, 0.0)
    assert 0 <= low <= middle + 1e-9 and middle <= high + 1e-9 and high <= len(silence)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=57))
def test_tenths_cover_everybody_once_from_the_likeliest_down(p):
    groups = tenths(np.array(p))
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(p)))
    means = [np.array(p)[rows].mean() for rows in groups]
    assert all(a >= b - 1e-12 for a, b in pairwise(means))


def test_log_loss_of_the_certain_and_wrong_is_finite():
    assert log_loss(np.array([1.0, 0.0]), np.array([False, True])) == pytest.approx(13.8, abs=0.1)


def test_the_naive_rule_gets_its_two_groups_right_in_hindsight(shop):
    known, bought = histories(shop.customers(600)), shop.bought(600, 120) > 0
    base = bought.mean()
    entropy = -(base * np.log(base) + (1 - base) * np.log(1 - base))
    assert naive_log_loss(known, bought) < entropy
