"""Intervals, comparisons and power agree with the books and with independent programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from huitou.stats.intervals import Interval, wilson, z
from huitou.stats.power import detectable, times_more
from huitou.stats.resample import drawn_again, drawn_arms
from huitou.stats.sums import Moments
from huitou.stats.tests import pooled, sample_ratio, welch


def test_z_is_the_number_everybody_knows() -> None:
    assert z(0.95) == pytest.approx(1.959964, abs=1e-6)


def test_wilson_agrees_with_scipy() -> None:
    for hits, n in ((0, 10), (1, 10), (10, 100), (37, 40)):
        expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
        found = wilson(hits, n)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_the_share_and_stays_within_0_and_1(hits: int, misses: int) -> None:
    found = wilson(hits, hits + misses)
    assert 0 <= found.low <= found.high <= 1
    if hits + misses:
        assert hits / (hits + misses) in Interval(found.low - 1e-12, found.high + 1e-12)


@pytest.mark.parametrize(("compare", "equal"), [(welch, False), (pooled, True)])
def test_comparisons_agree_with_scipy(compare, equal) -> None:
    dice = np.random.default_rng(1)
    a, b = dice.lognormal(0, 1, 60), dice.lognormal(0.2, 1.5, 25)
    found = compare(Moments.of(a), Moments.of(b))
    expected = stats.ttest_ind(a, b, equal_var=equal)
    ends = expected.confidence_interval(0.95)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.interval().low, found.interval().high) == pytest.approx((ends.low, ends.high))


@pytest.mark.parametrize("compare", [welch, pooled])
def test_an_arm_of_one_says_nothing(compare) -> None:
    found = compare(Moments.of([1.0]), Moments.of([1.0, 2.0]))
    assert found.p_value == 1.0
    assert -1e300 in found.interval()


@pytest.mark.parametrize("compare", [welch, pooled])
def test_equal_constants_do_not_differ(compare) -> None:
    assert compare(Moments.of([2.0, 2.0]), Moments.of([2.0, 2.0, 2.0])).p_value == 1.0


def test_sample_ratio_is_a_chi_square() -> None:
    expected = stats.chisquare([930, 70], [950, 50]).pvalue
    assert sample_ratio([930, 70], [0.95, 0.05]) == pytest.approx(expected)
    assert sample_ratio([950, 50], [0.95, 0.05]) == pytest.approx(1.0)
    assert sample_ratio([100, 1], [1.0, 0.0]) == 0.0
    assert sample_ratio([0, 0], [0.5, 0.5]) == 1.0
    assert sample_ratio([10, 0], [1.0, 0.0]) == 1.0


def test_power_is_what_it_says() -> None:
    se = 2.0
    effect = detectable(se)
    found = np.random.default_rng(5).normal(effect, se, 20_000) > z(0.95) * se
    assert found.mean() == pytest.approx(0.8, abs=0.01)
    assert times_more(se, effect) == pytest.approx(1.0)
    assert times_more(se, effect / 2) == pytest.approx(4.0)
    assert times_more(se, 0.0) == float("inf")


def test_the_same_seed_draws_the_same_lots() -> None:
    one, other = np.random.default_rng(9), np.random.default_rng(9)
    assert (drawn_arms(50, 0.3, one) == drawn_arms(50, 0.3, other)).all()
    again = drawn_again(10, 1_000, one)
    assert set(again) == set(range(10))
