"""Gamma-Gamma: derivatives, recovery, and expectations between the own mean and the shop's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln

from huitou.models.gammagamma import Spend, fit_spend, spend_loglik


def spends(rng, n, p=6.0, q=4.0, gamma=15.0):
    x = 1 + rng.poisson(1.5, n)
    nu = rng.gamma(q, 1 / gamma, n)
    return x, rng.gamma(p * x, 1 / nu) / x


def test_log_likelihood_is_the_one_of_note_025():
    p, q, gamma = 6.25, 3.74, 15.44
    x, m = np.array([1.0, 2, 7]), np.array([20.0, 35.5, 4.2])
    total = x * m
    printed = -betaln(p * x, q) - np.log(m) + q * np.log(gamma / (gamma + total))
    printed = printed + p * x * np.log(total / (gamma + total))
    found = spend_loglik(np.log([p, q, gamma]), x, m)[0]
    assert found == pytest.approx(printed.sum(), rel=1e-12)


def test_gradient_and_hessian_are_those_of_the_log_likelihood():
    rng, step = np.random.default_rng(0), 1e-5
    x, m = spends(rng, 300)
    theta = np.log([4.0, 3.0, 20.0])
    _, slope, bend = spend_loglik(theta, x.astype(float), m)
    for i, axis in enumerate(np.eye(3) * step):
        up, down = (spend_loglik(theta + sign * axis, x.astype(float), m) for sign in (1, -1))
        assert slope[i] == pytest.approx((up[0] - down[0]) / (2 * step), rel=1e-6, abs=1e-5)
        np.testing.assert_allclose(bend[i], (up[1] - down[1]) / (2 * step), rtol=1e-6, atol=1e-5)


def test_parameters_are_recovered_the_closer_the_more_customers():
    x, m = spends(np.random.default_rng(1), 40_000)
    for n, within in ((500, 0.8), (5_000, 0.3), (40_000, 0.1)):
        found = fit_spend(x[:n], m[:n], prior_sd=None)
        assert found.converged
        assert np.abs(found.theta - np.log([6.0, 4.0, 15.0])).max() < within, (n, found.params)


def test_expected_spend_goes_from_the_shops_mean_to_the_customers_own():
    found = fit_spend(*spends(np.random.default_rng(2), 5_000))
    p, q, gamma = found.params.values()
    shop = p * gamma / (q - 1)
    once, often = found.expected([1, 400], [3 * shop, 3 * shop])
    assert shop < once < often < 3 * shop
    assert often == pytest.approx(3 * shop, rel=0.02)


@given(
    st.floats(0.2, 50),
    st.floats(0.05, 20),
    st.floats(1, 1e6),
    st.integers(1, 100),
    st.floats(1, 1e8),
)
def test_no_expectation_is_negative_or_infinite(p, q, gamma, x, m):
    spend = Spend(np.log([p, q, gamma]), np.eye(3), 0.0, 1, True)
    assert 0 < spend.expected([x], [m])[0] < np.inf


def test_customers_without_spend_are_left_out_and_a_shop_of_them_is_refused():
    x, m = spends(np.random.default_rng(3), 500)
    with_zeros = fit_spend(np.append(x, [1, 0, 2]), np.append(m, [0.0, 5.0, np.nan]))
    assert with_zeros.loglik == pytest.approx(fit_spend(x, m).loglik)
    with pytest.raises(ValueError, match="positive spend"):
        fit_spend([1, 2], [0, 0])


@pytest.mark.parametrize("m", [[500.0] * 40, [0.01, 1e9] * 20])
def test_equal_spends_and_absurd_spends_still_fit(m):
    found = fit_spend([1, 2] * 20, m)
    assert np.isfinite(found.theta).all()
    assert np.isfinite(found.expected([1, 2], m[:2])).all()
