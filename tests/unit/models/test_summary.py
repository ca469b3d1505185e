"""Customers compress to their different histories and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.models.summary import summarise

HISTORY = st.tuples(st.integers(0, 6), st.integers(1, 9), st.integers(0, 9)).map(
    lambda h: (h[0], h[1] if h[0] else 0, h[1] + h[2])
)


@given(st.lists(HISTORY, min_size=1, max_size=60), st.sampled_from([1.0, 7.0]))
def test_every_customer_finds_their_own_history_again(rows, unit):
    x, t_x, T = np.array(rows, float).T
    s, place = summarise(x, t_x / unit, T / unit)
    assert s.customers == len(rows) and len(s) == len(set(rows))
    np.testing.assert_array_equal(s.x[place], x)
    np.testing.assert_array_equal(s.t_x[place], t_x / unit)
    np.testing.assert_array_equal(s.T[place], T / unit)
    np.testing.assert_array_equal(np.bincount(place, minlength=len(s)), s.count)


@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [([-1], [0], [1]), ([1], [5], [4]), ([0], [2], [4]), ([2], [0], [4]), ([1], [np.nan], [4])],
)
def test_impossible_histories_are_refused(x, t_x, T):
    with pytest.raises(ValueError, match=r"history|t_x|finite"):
        summarise(x, t_x, T)
