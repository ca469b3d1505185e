"""Rates beside peers: known ones are recovered, few are named wrongly, and peers are peers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.models.peers import Cells, beyond, expected, found, spread

LIMIT = 2.0


def cells(rows: list[tuple[int, int, int, int, float, float]]) -> Cells:
    columns = list(zip(*rows, strict=True))
    return Cells(*(np.array(each, dtype=np.int64) for each in columns[:4]),
                 *(np.array(each, dtype=float) for each in columns[4:]))  # fmt: skip


def test_what_one_did_oneself_is_not_expected_of_one() -> None:
    # One who sends back everything of a product that nobody else buys is held to its kind.
    told = cells([(0, 0, 0, 0, 40, 40), *((person, 1, 0, 0, 10, 1) for person in range(1, 101))])
    assert expected(told, 101)[0] < 8, "not forty, as their own doings would have it"


def test_who_buys_what_others_send_back_too_does_nothing_beyond_it() -> None:
    often = [(person, 0, 0, 0, 10, 5) for person in range(50)]
    seldom = [(person, 1, 1, 0, 10, 0) for person in range(50, 100)]
    e = expected(cells(often + seldom), 100)
    assert e[0] == pytest.approx(5, rel=0.1) and e[60] < 0.5


def test_large_baskets_are_held_beside_large_ones() -> None:
    large = [(person, 0, 0, 2, 6, 4) for person in range(50)]
    small = [(person, 0, 0, 0, 6, 1) for person in range(50, 100)]
    e = expected(cells(large + small), 100)
    assert e[0] == pytest.approx(4, rel=0.05) and e[60] == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("width", [0.5, 2.0, 10.0])
def test_the_spread_of_people_is_recovered(width: float) -> None:
    dice = np.random.default_rng(7)
    e = dice.uniform(1, 8, 20_000)
    k = dice.poisson(e * dice.gamma(width, 1 / width, len(e))).astype(float)
    assert spread(k, e) == pytest.approx(width, rel=0.1)


def test_intervals_hold_the_true_rate_as_often_as_they_say() -> None:
    dice = np.random.default_rng(11)
    e = dice.uniform(0.5, 10, 20_000)
    truth = dice.gamma(1.5, 1 / 1.5, len(e))
    told = beyond(dice.poisson(e * truth).astype(float), e, LIMIT)
    inside = np.mean((told.low <= truth) & (truth <= told.high))
    assert 0.94 <= inside <= 0.96


@pytest.mark.parametrize("seed", range(5))
def test_of_those_named_few_are_usual(seed: int) -> None:
    dice = np.random.default_rng(seed)
    e = dice.uniform(0.5, 6, 5_000)
    truth = np.where(
        dice.random(len(e)) < 0.05, dice.uniform(3, 8, len(e)), dice.gamma(4, 0.2, len(e))
    )
    told = beyond(dice.poisson(e * truth).astype(float), e, LIMIT)
    named = found(told.usual, 0.05)
    assert named.sum() > 100, "most of those who can be told apart are"
    assert np.mean(truth[named] <= LIMIT) <= 0.08


def test_nobody_is_named_where_all_do_as_their_peers_do() -> None:
    dice = np.random.default_rng(3)
    e = dice.uniform(1, 6, 2_000)
    assert not found(beyond(dice.poisson(e).astype(float), e, LIMIT).usual, 0.05).any()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.01, 0.5))
def test_the_named_are_the_least_usual_and_their_mean_keeps_the_share(
    usual: list[float], share: float
) -> None:
    chances = np.array(usual)
    named = found(chances, share)
    if named.any():
        assert chances[named].mean() <= share + 1e-12
        assert named.all() or chances[named].max() <= chances[~named].min()


def test_little_bought_says_little() -> None:
    done, e = np.array([1.0, 20.0, *[0.0] * 200]), np.array([0.05, 1.0, *[1.0] * 200])
    told = beyond(done, e, LIMIT)
    assert told.times[0] < told.times[1], "one of one is not as telling as twenty of twenty"
