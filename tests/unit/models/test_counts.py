"""How many days: ranges that hold nine in ten, and no more evidence counted than there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.models.counts import MASS, interval, trust


def drawn(share, n=40_000, seed=3):
    """People who do what the model says, their own evidence worth `share`."""
    rng = np.random.default_rng(seed)
    p_buy, x = rng.beta(1.0, 2.0, n), rng.integers(0, 30, n).astype(float)
    expected = p_buy * (1 + rng.gamma(1.0, 2.0, n))
    more, size = expected / p_buy - 1, share * (1 + x)
    came = (rng.random(n) < p_buy) * (1 + rng.poisson(rng.gamma(size, more / size)))
    return p_buy, expected, x, came


@pytest.mark.parametrize("share", [0.1, 0.5, 2.0])
def test_the_share_of_evidence_is_recovered(share):
    assert trust(*drawn(share)) == pytest.approx(share, rel=0.25)


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_ranges_hold_nine_in_ten_and_hardly_more(share):
    p_buy, expected, x, came = drawn(share)
    low, high = interval(p_buy, expected, x, share)
    inside = np.mean((low <= came) & (came <= high))
    assert MASS - 0.005 <= inside <= 0.96


def test_who_is_surely_silent_is_said_to_buy_on_no_day():
    low, high = interval(np.array([0.02]), np.array([0.03]), np.array([0.0]), 0.5)
    assert (low[0], high[0]) == (0, 0)


def test_who_buys_weekly_is_not_said_to_stay_away():
    low, high = interval(np.array([0.999]), np.array([13.0]), np.array([50.0]), 2.0)
    assert 5 <= low[0] < 13 < high[0] <= 22


@given(st.floats(0, 1), st.floats(0, 60), st.integers(0, 200), st.floats(0.05, 4.0))
def test_any_forecast_has_a_range(p, expected, x, share):
    low, high = interval(np.array([p]), np.array([expected]), np.array([float(x)]), share)
    assert 0 <= low[0] <= high[0]


def test_where_nobody_came_nothing_is_learned():
    nobody = np.zeros(5, dtype=np.int64)
    assert trust(np.full(5, 0.2), np.full(5, 0.3), np.zeros(5), nobody) == 0.5
