"""The response model: found again from simulation, and the same as other programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from huitou.decisions.effects.response import (
    Block,
    Normal,
    Posterior,
    averaged,
    expected_move,
    fit_blocks,
    log_odds,
)
from huitou.ground.errors import HuitouError


def fit(x, y, offset, prior: Normal, weight=None) -> Posterior:
    return fit_blocks([Block(x, y, offset, np.arange(len(prior)), weight)], prior)


def world(seed: int, people: int, features: int, acts: int, spread: float = 0.3):
    """Features, acts by lot, forecasts, outcomes and the truth."""
    dice = np.random.default_rng(seed)
    x = np.column_stack([np.ones(people), dice.normal(size=(people, features - 1))])
    p0 = dice.beta(1.5, 4.0, people)
    act = dice.integers(0, acts + 1, people)
    theta = np.vstack([np.zeros(features), dice.normal(0, spread, (acts, features))])
    eta = 0.3 + 0.9 * log_odds(p0) + np.einsum("ij,ij->i", x, theta[act])
    y = (dice.random(people) < expit(eta)).astype(float)
    return x, act, p0, y, theta[1:]


def wide(features: int, sd: float = 0.3) -> Normal:
    return Normal.apart(np.zeros(features), np.full(features, sd))


def in_blocks(x, act, p0, y, prior: Normal, acts: int = 2) -> Posterior:
    """Acts side by side, each with numbers of its own beside the baseline that all share."""
    own = x.shape[1]
    blocks = []
    for number in range(acts + 1):
        mine = act == number
        base = np.column_stack([np.ones(mine.sum()), log_odds(p0[mine])])
        columns = np.column_stack([base, x[mine]]) if number else base
        places = [0, 1, *(2 + (number - 1) * own + np.arange(own if number else 0))]
        blocks.append(Block(columns, y[mine], np.zeros(mine.sum()), np.array(places)))
    return fit_blocks(blocks, prior)


def shared(features: int) -> Normal:
    """A baseline's prior, and that of two acts."""
    sd = np.concatenate([[0.5, 0.25], np.full(2 * features, 0.3)])
    return Normal.apart(np.concatenate([[0.0, 1.0], np.zeros(2 * features)]), sd)


def test_truth_is_found_again_with_an_interval_that_covers():
    misses = []
    for seed in range(12):
        x, act, p0, y, theta = world(seed, 4000, 3, 2)
        found = in_blocks(x, act, p0, y, shared(3))
        misses.append((found.mean[2:] - theta.ravel()) / found.sd[2:])
    away = np.concatenate(misses)
    assert 0.75 < away.std() < 1.25
    assert np.mean(np.abs(away) < 1.645) >= 0.80


def test_many_people_bring_it_close():
    x, act, p0, y, theta = world(3, 200_000, 3, 2)
    found = in_blocks(x, act, p0, y, shared(3))
    assert np.abs(found.mean[2:] - theta.ravel()).max() < 0.05
    assert found.mean[:2] == pytest.approx([0.3, 0.9], abs=0.05)


def test_the_top_is_that_of_a_brute_search():
    x, _act, p0, y, _ = world(5, 600, 3, 1)
    prior = Normal.apart(np.array([0.1, -0.1, 0.0]), np.array([0.2, 0.3, 0.4]))
    offset = log_odds(p0)

    def against(theta: np.ndarray) -> float:
        eta = offset + x @ theta
        likely = np.sum(y * eta - np.logaddexp(0, eta))
        return float(-likely + 0.5 * np.sum(((theta - prior.mean) / prior.sd) ** 2))

    searched = minimize(against, prior.mean, method="BFGS", options={"gtol": 1e-9})
    found = fit(x, y, offset, prior)
    assert found.mean == pytest.approx(searched.x, abs=1e-5)
    assert found.rows == 600


def test_without_an_offset_it_is_ridge_of_scikit_learn():
    x, _, _, y, _ = world(7, 800, 4, 1)
    found = fit(x, y, np.zeros(800), wide(4, 0.5))
    peer = LogisticRegression(C=0.25, fit_intercept=False, tol=1e-10, max_iter=5000).fit(x, y)
    assert found.mean == pytest.approx(peer.coef_[0], abs=1e-5)


def test_evidence_and_width_are_those_of_quadrature():
    dice = np.random.default_rng(2)
    offset = dice.normal(-1, 1, 300)
    y = (dice.random(300) < expit(offset + 0.2)).astype(float)
    prior = Normal.apart(np.array([0.1]), np.array([0.2]))

    def likely(theta: float) -> float:
        eta = offset + theta
        return float(np.sum(y * eta - np.logaddexp(0, eta)))

    found = fit(np.ones((300, 1)), y, offset, prior)
    top = likely(found.mean[0])

    def dense(theta: float) -> float:
        prior_at = np.exp(-0.5 * ((theta - 0.1) / 0.2) ** 2) / (0.2 * np.sqrt(2 * np.pi))
        return float(np.exp(likely(theta) - top) * prior_at)

    whole = quad(dense, -1.5, 1.5)[0]
    mean = quad(lambda theta: theta * dense(theta), -1.5, 1.5)[0] / whole
    var = quad(lambda theta: (theta - mean) ** 2 * dense(theta), -1.5, 1.5)[0] / whole
    assert found.evidence == pytest.approx(np.log(whole) + top, abs=0.01)
    assert found.mean[0] == pytest.approx(mean, abs=0.002)
    assert found.sd[0] == pytest.approx(np.sqrt(var), rel=0.02)


def test_no_rows_give_the_prior_back():
    prior = Normal.apart(np.array([0.1, -0.2]), np.array([0.3, 0.1]))
    found = fit(np.zeros((0, 2)), np.zeros(0), np.zeros(0), prior)
    assert found.mean == pytest.approx(prior.mean)
    assert found.covariance == pytest.approx(prior.covariance)
    assert found.evidence == pytest.approx(0.0)


def test_averaging_widths_lies_between_and_is_surer_of_none():
    x, _, _, y, _ = world(11, 300, 2, 1)
    found = [fit(x, y, np.zeros(300), wide(2, sd)) for sd in (0.05, 0.2, 0.8)]
    mixed = averaged(found)
    means = np.array([each.mean for each in found])
    assert (mixed.mean >= means.min(axis=0)).all()
    assert (mixed.mean <= means.max(axis=0)).all()
    assert np.linalg.eigvalsh(mixed.covariance).min() > 0
    assert averaged([found[1]]).mean == pytest.approx(found[1].mean)


@pytest.mark.parametrize(
    ("x", "y", "offset"),
    [
        (np.ones((3, 1)), np.array([0.0, 1.0]), np.zeros(3)),
        (np.ones((2, 1)), np.array([0.0, 0.5]), np.zeros(2)),
        (np.array([[1.0], [np.nan]]), np.array([0.0, 1.0]), np.zeros(2)),
        (np.ones((2, 2)), np.array([0.0, 1.0]), np.zeros(2)),
    ],
)
def test_bad_rows_are_told(x, y, offset):
    with pytest.raises(HuitouError):
        fit(x, y, offset, wide(1))


def test_places_beyond_the_prior_are_told():
    block = Block(np.ones((2, 1)), np.array([0.0, 1.0]), np.zeros(2), np.array([3]))
    with pytest.raises(HuitouError):
        fit_blocks([block], wide(1))


chance = st.floats(0.001, 0.999)
shift = st.floats(-2, 2)


@given(chance, shift, st.floats(0, 1.5))
def test_a_moved_chance_stays_a_chance(p, mean, sd):
    moved = p + expected_move(np.array([p]), np.array([mean]), np.array([sd]))[0]
    assert 0 <= moved <= 1


@given(chance, shift, shift)
def test_a_stronger_push_moves_more(p, one, other):
    weak, strong = sorted((one, other))
    low, high = expected_move(np.full(2, p), np.array([weak, strong]), np.zeros(2))
    assert low <= high + 1e-12


@given(st.sampled_from([0.0, 1.0]), shift)
def test_the_certain_do_not_move(p, mean):
    assert expected_move(np.array([p]), np.array([mean]), np.array([0.3]))[0] == 0.0


@given(st.integers(0, 10_000), st.integers(5, 60))
def test_the_order_of_people_means_nothing(seed, people):
    x, act, p0, y, _ = world(seed, people, 2, 2)
    turned = np.random.default_rng(seed).permutation(people)
    one = in_blocks(x, act, p0, y, shared(2))
    two = in_blocks(x[turned], act[turned], p0[turned], y[turned], shared(2))
    assert one.mean == pytest.approx(two.mean, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_weights_count_rows(seed, times):
    x, _, _, y, _ = world(seed, 30, 2, 1)
    offset = np.zeros(30)
    weighed = fit(x, y, offset, wide(2), np.full(30, float(times)))
    again = fit(np.tile(x, (times, 1)), np.tile(y, times), np.zeros(30 * times), wide(2))
    assert weighed.mean == pytest.approx(again.mean, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(2, 80))
def test_data_never_widen_a_belief(seed, people):
    x, act, p0, y, _ = world(seed, people, 2, 2)
    found = in_blocks(x, act, p0, y, shared(2))
    assert (found.sd <= shared(2).sd + 1e-9).all()
