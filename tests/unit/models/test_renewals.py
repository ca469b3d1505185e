"""Contracts: derivatives, recovery, and what chances to renew must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.models.renewals import Bdw, Renewals, Sbg, fit_renewals, loglik, tenures

MODELS = {"sBG": (Sbg(), (0.7, 1.2)), "BdW": (Bdw(), (0.3, 1.0, 1.4))}


def world(rng, n, params, longest=12):
    """Contracts that began together and were watched for 1 to `longest` renewals."""
    alpha, beta, *c = params
    chance = rng.beta(alpha, beta, n)
    draw = rng.exponential(1, n) / -np.log1p(-np.minimum(chance, 1 - 1e-12))
    ends = np.ceil(draw ** (1 / (c[0] if c else 1.0)))
    seen = rng.integers(1, longest + 1, n)
    return tenures(np.minimum(ends, seen), ends <= seen)


@pytest.mark.parametrize("name", MODELS)
def test_gradient_and_hessian_are_those_of_the_log_likelihood(name):
    model, params = MODELS[name]
    s = tenures([1, 2, 2, 5, 9, 1, 4], [1, 1, 0, 1, 0, 0, 1])
    theta, step = np.log(params), 1e-5
    _, slope, bend = loglik(model, theta, s)
    axes = step * np.eye(len(theta))
    up, down = ([loglik(model, theta + sign * e, s) for e in axes] for sign in (1, -1))
    numeric = np.array([(u[0] - d[0]) / (2 * step) for u, d in zip(up, down, strict=True)])
    bent = np.array([(u[1] - d[1]) / (2 * step) for u, d in zip(up, down, strict=True)])
    np.testing.assert_allclose(slope, numeric, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(bend, bent, rtol=1e-6, atol=1e-7)


def test_the_sbg_is_the_chance_product_of_its_paper():
    """P(T = t) = P(T = t - 1) (beta + t - 2) / (alpha + beta + t - 1), Fader and Hardie eq. 7."""
    alpha, beta = MODELS["sBG"][1]
    ended, whole = [alpha / (alpha + beta)], 0.0
    for t in range(2, 9):
        ended.append(ended[-1] * (beta + t - 2) / (alpha + beta + t - 1))
    for t, chance in enumerate(ended, start=1):
        found = loglik(Sbg(), np.log([alpha, beta]), tenures([t], [1]))[0]
        assert found == pytest.approx(np.log(chance), rel=1e-10)
        whole += chance
    alive = loglik(Sbg(), np.log([alpha, beta]), tenures([8], [0]))[0]
    assert np.exp(alive) == pytest.approx(1 - whole, rel=1e-10)


def test_survival_is_told_of_the_tenures_that_are_asked_for_and_no_others():
    fitted = Renewals(Sbg(), np.log([1, 2]), np.eye(2), 0.0, 0)
    np.testing.assert_allclose(fitted.survival([0, 5, 2]), [1, 2 / 7, 1 / 2], rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_recovered_from_simulation(name):
    model, params = MODELS[name]
    rng = np.random.default_rng(5)
    for n, within in ((4_000, 0.6), (100_000, 0.12)):
        fitted = fit_renewals(model, world(rng, n, params), prior_sd=None)
        assert fitted.converged
        away = fitted.theta - np.log(params)
        assert np.abs(away).max() < within, fitted.params
        assert (np.abs(away) < 3.5 * np.sqrt(np.diag(fitted.covariance))).all()


def test_a_handful_of_contracts_still_gets_an_answer():
    for model in (Sbg(), Bdw()):
        for t, ended in (([1, 1, 2], [0, 0, 0]), ([1, 1, 1], [1, 1, 1]), ([3, 1], [0, 1])):
            fitted = fit_renewals(model, tenures(t, ended))
            assert fitted.converged and np.abs(fitted.theta).max() < 20


@given(
    name=st.sampled_from(list(MODELS)),
    moved=st.lists(st.floats(-1, 1), min_size=3, max_size=3),
    t=st.integers(0, 60),
    ahead=st.integers(1, 40),
)
def test_who_stayed_longer_is_likelier_to_stay_unless_it_wears(name, moved, t, ahead):
    model, params = MODELS[name]
    theta = np.log(params) + np.array(moved)[: len(params)]
    fitted = Renewals(model, theta, np.eye(len(params)), 0.0, 0)
    now, longer = fitted.p_renew(t, ahead), fitted.p_renew(t, ahead + 1)
    assert 0 <= longer <= now <= 1
    assert fitted.survival(0) == 1.0
    if name == "sBG":
        assert fitted.p_renew(t + 1, ahead) >= now - 1e-12
    worth = fitted.expected(t, ahead)
    assert fitted.expected(t, ahead, rate=0.1) <= worth <= ahead
    assert worth == pytest.approx(fitted.p_renew(t, np.arange(1, ahead + 1)).sum(), rel=1e-12)


def test_a_contract_cannot_end_before_its_first_renewal():
    with pytest.raises(ValueError, match="first renewal"):
        tenures([0], [1])
