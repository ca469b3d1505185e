"""What baskets leave: intervals hold the truth, few baskets say little, scale is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.models.contribution import Contribution, contribution

AMOUNTS = st.integers(-(10**6), 10**6)


def seen(baskets: list[list[float]]) -> Contribution:
    return contribution(
        np.array([len(each) for each in baskets], dtype=float),
        np.array([sum(each) for each in baskets]),
        np.array([sum(x * x for x in each) for each in baskets]),
    )


@pytest.mark.parametrize("apart", [0.0, 300.0, 1500.0])
def test_intervals_hold_what_baskets_leave_in_the_long_run(apart: float) -> None:
    dice = np.random.default_rng(5)
    truth = dice.normal(800, apart, 4_000)
    n = dice.integers(2, 30, len(truth))
    told = seen([list(dice.normal(mean, 1_000, k)) for mean, k in zip(truth, n, strict=True)])
    inside = np.mean((told.low / n <= truth) & (truth <= told.high / n))
    assert inside >= 0.93


def test_two_bad_baskets_are_not_yet_a_loss() -> None:
    usual = [[900.0, 1700.0, 100.0, 1300.0] for _ in range(50)]
    told = seen([[-300.0, -500.0], [-300.0, -500.0] * 12, *usual])
    assert told.high[0] > 0, "two may be bad luck"
    assert told.high[1] < 0, "twenty-four are not"


def test_one_wholesaler_does_not_make_losses_likelier_for_anybody() -> None:
    usual = [[900.0, 1100.0, 700.0, 1300.0 + place] for place in range(50)]
    without, beside = seen(usual), seen([*usual, [9e6, 2e6, 7e6]])
    assert beside.low[0] == pytest.approx(without.low[0], rel=0.1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=6), min_size=1, max_size=12
    )
)
def test_amounts_in_other_units_say_the_same(baskets: list[list[int]]) -> None:
    told = seen([[float(x) for x in each] for each in baskets])
    scaled = seen([[100.0 * x for x in each] for each in baskets])
    assert scaled.high == pytest.approx(100 * told.high, rel=1e-6, abs=1e-2)
    assert (told.low <= told.middle + 1e-6).all() and (told.middle <= told.high + 1e-6).all()
