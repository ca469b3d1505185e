"""Sums add: in any order, in any number of pieces, without losing digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.stats.sums import Moments, Pairs

amounts = st.lists(st.floats(-1e9, 1e9), min_size=0, max_size=30)
pieces = st.lists(amounts, min_size=1, max_size=5)


@given(pieces)
def test_pieces_add_up_to_the_whole(parts: list[list[float]]) -> None:
    added = sum((Moments.of(part) for part in parts), Moments())
    whole = Moments.of([value for part in parts for value in part])
    assert added.n == whole.n
    assert added.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-3)
    assert added.deviations == pytest.approx(whole.deviations, rel=1e-6, abs=1e-1)


@given(amounts, amounts)
def test_the_order_of_adding_does_not_matter(one: list[float], other: list[float]) -> None:
    here, there = Moments.of(one) + Moments.of(other), Moments.of(other) + Moments.of(one)
    assert here.n == there.n
    assert here.variance == pytest.approx(there.variance, rel=1e-6, abs=1e-2)


def test_variance_is_that_of_numpy_even_far_from_zero() -> None:
    x = np.array([1.0, 2.0, 4.0]) + 1e12
    assert Moments.of(x).variance == pytest.approx(np.var([1, 2, 4], ddof=1), rel=1e-3)
    assert Moments.of([5.0]).variance == 0.0
    assert Moments.of([1, 2, 3]).total == 6.0


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=20), st.integers(0))
def test_pairs_add(rows: list[tuple[float, float]], cut: int) -> None:
    cut = cut % (len(rows) + 1)
    x, y = [row[0] for row in rows], [row[1] for row in rows]
    added = Pairs.of(x[:cut], y[:cut]) + Pairs.of(x[cut:], y[cut:])
    assert added.together == pytest.approx(Pairs.of(x, y).together, rel=1e-6, abs=1.0)


def test_slope_and_residual_are_least_squares() -> None:
    dice = np.random.default_rng(3)
    x = dice.normal(50, 10, 200)
    y = 3 * x + dice.normal(0, 5, 200)
    pairs = Pairs.of(x, y)
    slope, intercept = np.polyfit(x, y, 1)
    assert pairs.slope == pytest.approx(slope)
    left = pairs.residual(pairs.slope, 0.0)
    assert left.mean == pytest.approx(intercept)
    assert left.variance == pytest.approx(np.var(y - slope * x, ddof=1))


def test_a_constant_covariate_explains_nothing() -> None:
    assert Pairs.of([1.0, 1.0], [2.0, 5.0]).slope == 0.0


def test_pairs_must_have_equal_length() -> None:
    with pytest.raises(ValueError, match="paired"):
        Pairs.of([1.0], [1.0, 2.0])
