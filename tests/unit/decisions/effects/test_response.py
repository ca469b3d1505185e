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
    BASE,
    Block,
    Normal,
    averaged,
    expected_move,
    fit,
    fit_acts,
    fit_blocks,
    log_odds,
)
from huitou.ground.errors import HuitouError


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


def test_truth_is_found_again_with_an_interval_that_covers():
    misses = []
    for seed in range(12):
        x, act, p0, y, theta = world(seed, 4000, 3, 2)
        found = fit_acts(x, act, y, p0, [wide(3)] * 2)
        misses.append((found.joint.mean[2:] - theta.ravel()) / found.joint.sd[2:])
    away = np.concatenate(misses)
    assert 0.75 < away.std() < 1.25
    assert np.mean(np.abs(away) < 1.645) >= 0.80


def test_many_people_bring_it_close():
    x, act, p0, y, theta = world(3, 200_000, 3, 2)
    found = fit_acts(x, act, y, p0, [wide(3)] * 2)
    assert np.abs(found.joint.mean[2:] - theta.ravel()).max() < 0.05
    assert found.joint.mean[:2] == pytest.approx([0.3, 0.9], abs=0.05)


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


def test_a_forecast_wrong_for_all_is_no_effect():
    dice = np.random.default_rng(4)
    p0 = dice.beta(2, 6, 30_000)
    act = dice.integers(0, 2, 30_000)
    y = (dice.random(30_000) < expit(log_odds(p0) - 0.6)).astype(float)
    x = np.ones((30_000, 1))
    found = fit_acts(x, act, y, p0, [wide(1)])
    mean, sd = found.of(1).shift(x[:1])
    assert abs(mean[0]) < 2.5 * sd[0]
    alone = fit(x[act == 1], y[act == 1], log_odds(p0[act == 1]), wide(1))
    assert alone.mean[0] < -0.4  # what would be read without those left alone


def test_no_rows_give_the_prior_back():
    prior = Normal.apart(np.array([0.1, -0.2]), np.array([0.3, 0.1]))
    found = fit(np.zeros((0, 2)), np.zeros(0), np.zeros(0), prior)
    assert found.mean == pytest.approx(prior.mean)
    assert found.covariance == pytest.approx(prior.covariance)
    assert found.evidence == pytest.approx(0.0)


def test_what_one_act_shows_is_partly_true_of_its_kin():
    x, act, p0, y, _ = world(9, 5000, 1, 2, spread=0.0)
    y = np.where(act == 1, np.maximum(y, (np.arange(5000) % 5 == 0).astype(float)), y)
    only_first = act != 2
    kin = np.array([[1.0, 0.7], [0.7, 1.0]])
    rows = (x[only_first], act[only_first], y[only_first], p0[only_first])
    pooled = fit_acts(*rows, [wide(1, 0.2)] * 2, between=kin)
    apart = fit_acts(*rows, [wide(1, 0.2)] * 2)
    assert pooled.of(2).mean[0] == pytest.approx(0.7 * pooled.of(1).mean[0], rel=0.05)
    assert apart.of(2).mean[0] == 0.0
    assert pooled.of(2).sd[0] < apart.of(2).sd[0]


def test_averaging_widths_lies_between_and_is_surer_of_none():
    x, _, _, y, _ = world(11, 300, 2, 1)
    found = [fit(x, y, np.zeros(300), wide(2, sd)) for sd in (0.05, 0.2, 0.8)]
    mixed = averaged(found)
    means = np.array([each.mean for each in found])
    assert (mixed.mean >= means.min(axis=0)).all()
    assert (mixed.mean <= means.max(axis=0)).all()
    assert np.linalg.eigvalsh(mixed.covariance).min() > 0
    assert averaged([found[1]]).mean == pytest.approx(found[1].mean)


def test_draws_follow_the_belief():
    belief = Normal(np.array([0.1, -0.3]), np.array([[0.04, 0.01], [0.01, 0.09]]))
    drawn = belief.draw(np.random.default_rng(1), 40_000)
    assert drawn.mean(axis=0) == pytest.approx(belief.mean, abs=0.01)
    assert np.cov(drawn.T) == pytest.approx(belief.covariance, abs=0.005)


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
    one = fit_acts(x, act, y, p0, [wide(2)] * 2)
    two = fit_acts(x[turned], act[turned], y[turned], p0[turned], [wide(2)] * 2)
    assert one.joint.mean == pytest.approx(two.joint.mean, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_weights_count_rows(seed, times):
    x, _, _, y, _ = world(seed, 30, 2, 1)
    offset = np.zeros(30)
    weighed = fit(x, y, offset, wide(2), np.full(30, float(times)))
    again = fit(np.tile(x, (times, 1)), np.tile(y, times), np.zeros(30 * times), wide(2))
    assert weighed.mean == pytest.approx(again.mean, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(2, 80))
def test_data_never_widen_a_belief(seed, people):
    x, act, p0, y, _ = world(seed, people, 2, 1)
    found = fit_acts(x, act, y, p0, [wide(2)])
    assert (found.joint.sd <= np.concatenate([BASE.sd, wide(2).sd]) + 1e-9).all()
