"""BG/BB: the paper's sums, derivatives, recovery, and what comes true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln, gammaln

from huitou.models.bgbb import BgBb
from huitou.models.fitted import Fitted, fit, loglik
from huitou.models.summary import summarise

PARAMS = (1.2, 0.75, 0.66, 2.8)
SOME = ([0, 1, 3, 6, 2, 0, 4], [0, 1, 5, 6, 2, 0, 4], [6, 6, 6, 6, 6, 9, 4])


def at(params):
    return Fitted(BgBb(), np.log(params), np.eye(4), 0.0, 0)


def printed(params, x, t_x, n):
    """Fader, Hardie, Shang 2010, eq. 7, term by term."""
    alpha, beta, gamma, delta = params
    whole = np.exp(
        betaln(alpha + x, beta + n - x) - betaln(alpha, beta)
        + betaln(gamma, delta + n) - betaln(gamma, delta)
    )  # fmt: skip
    for i in range(n - t_x):
        whole += np.exp(
            betaln(alpha + x, beta + t_x - x + i) - betaln(alpha, beta)
            + betaln(gamma + 1, delta + t_x + i) - betaln(gamma, delta)
        )  # fmt: skip
    return np.log(whole)


def ahead(params, x, t_x, n, h):
    """Eq. 13 of the paper: expected purchases at the next `h` occasions."""
    alpha, beta, gamma, delta = params
    first = betaln(alpha + x + 1, beta + n - x) - betaln(alpha, beta)
    rest = gammaln(gamma + delta) - gammaln(1 + delta)
    steps = np.exp(gammaln(1 + delta + n) - gammaln(gamma + delta + n)) - np.exp(
        gammaln(1 + delta + n + h) - gammaln(gamma + delta + n + h)
    )
    return np.exp(first + rest - printed(params, x, t_x, n)) * delta / (gamma - 1) * steps


def test_log_likelihood_and_expectation_are_those_of_the_paper():
    s, place = summarise(*SOME)
    expected = at(PARAMS).expected(s, 5)[place]
    histories = list(zip(*SOME, strict=True))
    want = [printed(PARAMS, *history) for history in histories]
    assert loglik(BgBb(), np.log(PARAMS), s)[0] == pytest.approx(sum(want), rel=1e-12)
    np.testing.assert_allclose(expected, [ahead(PARAMS, *each, 5) for each in histories], rtol=1e-9)


def test_gradient_and_hessian_are_those_of_the_log_likelihood():
    theta, step = np.log(PARAMS), 1e-5
    s = summarise(*SOME)[0]
    _, slope, bend = loglik(BgBb(), theta, s)
    up, down = ([loglik(BgBb(), theta + sign * e, s) for e in step * np.eye(4)] for sign in (1, -1))
    numeric = np.array([(u[0] - d[0]) / (2 * step) for u, d in zip(up, down, strict=True)])
    bent = np.array([(u[1] - d[1]) / (2 * step) for u, d in zip(up, down, strict=True)])
    np.testing.assert_allclose(slope, numeric, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(bend, bent, rtol=1e-6, atol=1e-7)


def bought(rng, n, occasions):
    """Which of the occasions each of n customers bought at."""
    alpha, beta, gamma, delta = PARAMS
    p, quit_ = rng.beta(alpha, beta, n), rng.beta(gamma, delta, n)
    there = rng.random((n, occasions)) >= quit_[:, None]
    return (rng.random((n, occasions)) < p[:, None]) & np.logical_and.accumulate(there, axis=1)


def test_parameters_are_recovered_and_purchases_come_true():
    seen, n = bought(np.random.default_rng(2), 60_000, 15), 10
    known = seen[:, :n]
    last = np.where(known.any(axis=1), n - known[:, ::-1].argmax(axis=1), 0)
    s, place = summarise(known.sum(axis=1), last, np.full(len(seen), n))
    fitted = fit(BgBb(), s, prior_sd=None)
    away = fitted.theta - np.log(PARAMS)
    assert np.abs(away).max() < 0.15 and fitted.converged
    assert (np.abs(away) < 3.5 * np.sqrt(np.diag(fitted.covariance))).all()
    came = seen[:, n:]
    assert fitted.expected(s, 5)[place].sum() == pytest.approx(came.sum(), rel=0.02)
    assert fitted.p_buy(s, 5)[place].sum() == pytest.approx(came.any(axis=1).sum(), rel=0.02)


def test_an_occasion_counts_once_it_is_over_and_is_discounted_to_its_end() -> None:
    fitted, (s, _) = at(PARAMS), summarise(*SOME)
    halves = fitted.expected(s, 0.5)
    np.testing.assert_array_equal(halves, np.zeros(len(s)))
    np.testing.assert_allclose(fitted.expected(s, 2.5), fitted.expected(s, 2.0), rtol=1e-15)
    each = [fitted.expected(s, k) - fitted.expected(s, k - 1) for k in (1, 2, 3)]
    want = sum(np.exp(-0.1 * k) * more for k, more in enumerate(each, 1))
    np.testing.assert_allclose(fitted.discounted(s, 3.9, 0.1), want, rtol=1e-12)
