"""Every purchase model: derivatives, second opinions, recovery, and what chances must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.models import textbook
from tests.unit.models.worlds import observed, purchases

from huitou.models.bgnbd import BgNbd
from huitou.models.fitted import Fitted, fit, loglik
from huitou.models.mbgcnbd import MbgCnbd, regularity
from huitou.models.mbgnbd import MbgNbd
from huitou.models.nbd import Nbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import summarise

MODELS = {
    "NBD": (Nbd(), (0.5, 12.0)),
    "BG/NBD": (BgNbd(), (0.24, 4.4, 0.79, 2.43)),
    "MBG/NBD": (MbgNbd(), (0.52, 6.2, 0.89, 1.61)),
    "MBG/CNBD-2": (MbgCnbd(2), (1.3, 2.8, 0.42, 0.79)),
    "MBG/CNBD-3": (MbgCnbd(3), (1.3, 1.7, 1.1, 2.4)),
    "Pareto/NBD": (ParetoNbd(), (0.55, 10.6, 0.61, 11.7)),
    "Pareto/NBD, alpha small": (ParetoNbd(), (1.5, 3.0, 2.2, 80.0)),
    "Pareto/NBD, beta small": (ParetoNbd(), (1.5, 90.0, 0.4, 2.0)),
}
SOME_HISTORIES = (
    [0, 0, 1, 2, 5, 26, 0, 1],
    [0, 0, 3, 30.9, 8, 37.2, 0, 38.8],
    [39, 1, 20] + [39] * 5,
)
BOOK = {
    "NBD": textbook.nbd_loglik,
    "BG/NBD": textbook.bg_loglik,
    "MBG/NBD": textbook.mbg_loglik,
    "MBG/CNBD-2": lambda *args: textbook.cnbd_loglik(2, *args),
    "MBG/CNBD-3": lambda *args: textbook.cnbd_loglik(3, *args),
    "Pareto/NBD": textbook.pareto_loglik,
}


def some_histories():
    return summarise(*SOME_HISTORIES)[0]


def at(model, params):
    return Fitted(model, np.log(params), np.eye(len(params)), 0.0, 0)


@pytest.fixture(params=MODELS, ids=list(MODELS))
def case(request):
    return MODELS[request.param]


def test_gradient_and_hessian_are_those_of_the_log_likelihood(case):
    model, params = case
    theta, s, step = np.log(params), some_histories(), 1e-5
    _, slope, bend = loglik(model, theta, s)
    axes = step * np.eye(len(theta))
    up, down = ([loglik(model, theta + sign * e, s) for e in axes] for sign in (1, -1))
    numeric = np.array([(u[0] - d[0]) / (2 * step) for u, d in zip(up, down, strict=True)])
    bent = np.array([(u[1] - d[1]) / (2 * step) for u, d in zip(up, down, strict=True)])
    np.testing.assert_allclose(slope, numeric, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(bend, bent, rtol=1e-6, atol=1e-7)


def test_log_likelihood_is_the_one_the_paper_prints(case):
    model, params = case
    s = some_histories()
    printed = BOOK[model.name](params, s.x, s.t_x, s.T)
    assert loglik(model, np.log(params), s)[0] == pytest.approx(float(printed @ s.count), rel=1e-10)


def test_silence_is_the_likelihood_of_a_longer_watch_over_that_of_this_one(case):
    model, params = case
    s, book = some_histories(), BOOK[model.name]
    ratio = np.exp(book(params, s.x, s.t_x, s.T + 26) - book(params, s.x, s.t_x, s.T))
    np.testing.assert_allclose(at(model, params).p_none(s, 26), ratio, rtol=1e-8)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("BG/NBD", textbook.bg_alive),
        ("MBG/NBD", textbook.mbg_alive),
        ("Pareto/NBD", textbook.pareto_alive),
        ("Pareto/NBD, alpha small", textbook.pareto_alive),
        ("Pareto/NBD, beta small", textbook.pareto_alive),
    ],
)
def test_alive_agrees_with_the_published_formula(name, formula):
    model, params = MODELS[name]
    s = some_histories()
    np.testing.assert_allclose(
        at(model, params).p_alive(s), formula(params, s.x, s.t_x, s.T), rtol=1e-8
    )


@pytest.mark.parametrize("h", [1.0, 39.0, 260.0])
def test_expected_purchases_agree_with_the_published_formulas(h):
    s = some_histories()
    for name, formula in (
        ("BG/NBD", textbook.bg_expected),
        ("MBG/NBD", lambda *args: textbook.bg_expected(*args, chances=1)),
        ("Pareto/NBD", textbook.pareto_expected),
    ):
        model, params = MODELS[name]
        found = at(model, params).expected_alive(s, h)
        np.testing.assert_allclose(found, formula(params, s.x, s.t_x, s.T, h), rtol=1e-8)


@pytest.mark.parametrize("name", ["BG/NBD", "MBG/NBD", "Pareto/NBD"])
def test_where_published_formulas_divide_by_zero_expectations_pass_smoothly(name):
    """a = 1 and s = 1 are removable singularities."""
    model, params = MODELS[name]
    s = some_histories()

    def expected(third):
        return at(model, (params[0], params[1], third, params[3])).expected(s, 26.0)

    around = (expected(1 - 1e-5) + expected(1 + 1e-5)) / 2
    np.testing.assert_allclose(expected(1.0), around, rtol=1e-8)


def test_a_bg_customer_without_repeat_is_alive_for_certain_and_an_mbg_customer_is_not():
    once = summarise([0], [0], [300])[0]
    assert at(*MODELS["BG/NBD"]).p_alive(once) == 1.0
    assert at(*MODELS["MBG/NBD"]).p_alive(once) < 0.6


@given(
    name=st.sampled_from(list(MODELS)),
    scale=st.lists(st.floats(-1.5, 1.5), min_size=4, max_size=4),
    x=st.integers(0, 300),
    share=st.floats(0, 1),
    T=st.integers(1, 1500),
    h=st.floats(0.5, 700),
    more=st.floats(0.5, 700),
)
def test_chances_lie_in_0_1_and_go_the_right_way_with_time(name, scale, x, share, T, h, more):
    model, params = MODELS[name]
    fitted = at(model, np.array(params) * np.exp(scale[: len(params)]))
    s = summarise([min(x, T)], [max(share * T, 1e-3) if min(x, T) else 0.0], [T])[0]
    alive, none, later = fitted.p_alive(s), fitted.p_none(s, h), fitted.p_none(s, h + more)
    assert 0 <= alive <= 1 and 0 <= later <= none + 1e-9 <= 1 + 1e-9
    assert none >= 1 - alive - 1e-6, "who has left buys nothing"
    expected, longer = fitted.expected(s, h), fitted.expected(s, h + more)
    assert 0 <= expected <= longer * (1 + 1e-9)
    assert fitted.p_buy(s, h) <= expected * (1 + 1e-4) + 1e-9, "a chance is below its expectation"
    assert fitted.p_buy(s, h) <= alive, "who has left buys nothing, to the last digit"


@given(name=st.sampled_from(list(MODELS)), chance=st.floats(0.02, 0.6))
def test_the_day_by_which_a_chance_is_reached_is_the_first_such_day(name, chance):
    fitted = at(*MODELS[name])
    s = some_histories()
    days = fitted.days_until(s, chance, longest=400)
    reached = days >= 0
    last = np.where(reached, days, 400)
    assert (fitted.p_buy(s, last)[reached] >= chance).all()
    assert (fitted.p_buy(s, 400)[~reached] < chance).all()
    assert (fitted.p_buy(s, np.maximum(last - 1, 0))[reached & (days > 1)] < chance).all()


def test_all_three_answers_at_once_are_those_asked_one_by_one(case):
    model, params = case
    fitted, s = at(model, params), some_histories()
    told = fitted.predict(s, 26.0)
    np.testing.assert_allclose(told.p_alive, fitted.p_alive(s), rtol=1e-12)
    np.testing.assert_allclose(told.p_buy, fitted.p_buy(s, 26), rtol=1e-8)
    np.testing.assert_allclose(told.expected, fitted.expected(s, 26), rtol=1e-12)


def test_discounted_purchases_are_those_of_the_closed_form():
    """Fader, Hardie, Lee 2005, DERT with 15 % a year; three hundred years are as good as ever."""
    (model, params), s, rate = MODELS["Pareto/NBD"], some_histories(), 0.0027
    want = textbook.pareto_dert(params, s.x, s.t_x, s.T, rate)
    np.testing.assert_allclose(at(model, params).discounted(s, 15_600.0, rate), want, rtol=1e-9)


def test_without_a_rate_nothing_is_discounted_and_with_one_the_late_count_less(case):
    model, params = case
    fitted, s = at(model, params), some_histories()
    expected = fitted.expected(s, 52)
    np.testing.assert_allclose(fitted.discounted(s, 52.0, 0.0), expected, rtol=1e-12)
    worth = fitted.discounted(s, 52.0, 0.01)
    assert (worth < expected).all() and (worth > expected * np.exp(-0.52)).all()


def test_of_the_almost_certainly_gone_no_more_buy_than_are_there():
    """Both are differences of logarithms near a hundred: rounding once told 1e-15 too many."""
    fitted = at(MbgCnbd(2), (0.6, 12.4, 1.9, 2.57))
    told = fitted.predict(summarise([9], [41], [223])[0], 273.0)
    assert 0 < told.p_buy <= told.p_alive < 1e-9


def test_regular_buying_by_a_clock_of_one_beat_is_the_mbg():
    s, params = some_histories(), MODELS["MBG/NBD"][1]
    one, mbg = at(MbgCnbd(1), params), at(MbgNbd(), params)
    by_beats = one.model._by_beats(np.array(params), s, 26.0)
    np.testing.assert_allclose(by_beats, mbg.expected_alive(s, 26), rtol=1e-9)


def test_regularity_is_found_and_what_it_expects_comes_true():
    rng, truth = np.random.default_rng(8), (1.2, 12.0, 0.5, 2.0)
    of = {"r": truth[0], "alpha": truth[1], "a": truth[2], "b": truth[3]}
    history = purchases(rng, 6_000, leave="mbg", days=500, k=2, **of)
    s, place = summarise(*observed(history, 300))
    seen = [np.diff(times[times <= 300], prepend=0.0) for times in history]
    (best, _), *others = regularity(s, float(np.log(np.concatenate(seen)).sum()), prior_sd=None)
    assert best.model.k == 2 and len(others) == 3
    away = best.theta - np.log(truth)
    assert (np.abs(away) < 3.5 * np.sqrt(np.diag(best.covariance))).all()
    came = np.array([((times > 300) & (times <= 450)).sum() for times in history])
    assert came.sum() == pytest.approx(best.expected(s, 150)[place].sum(), rel=0.04)
    assert (came > 0).sum() == pytest.approx(best.p_buy(s, 150)[place].sum(), rel=0.03)


def test_which_parameters_the_prior_decides_is_said():
    rng = np.random.default_rng(5)
    few = summarise(*observed(purchases(rng, 30, leave="never"), 60))[0]
    many = summarise(*observed(purchases(rng, 4_000, leave="mbg", a=0.8, b=2.4), 400))[0]
    assert set(fit(ParetoNbd(), few).prior_dominated) >= {"s"}
    assert fit(MbgNbd(), many).prior_dominated == ()
    assert fit(MbgNbd(), many, prior_sd=None).prior_dominated == ()


def test_a_large_shop_fitted_by_way_of_its_eighth_is_fitted_as_it_would_be_at_once(monkeypatch):
    s = summarise(
        *observed(purchases(np.random.default_rng(9), 9_000, leave="pareto", s=0.7, beta=60), 400)
    )[0]
    for model in (MbgNbd(), ParetoNbd()):
        by_way = fit(model, s)
        with monkeypatch.context() as patched:
            patched.setattr("huitou.models.fitted.SCOUTED", 10**-9)
            at_once = fit(model, s)
        np.testing.assert_allclose(by_way.theta, at_once.theta, atol=1e-5)
        assert by_way.loglik == pytest.approx(at_once.loglik, abs=1e-6)


WORLDS = {
    "NBD": (Nbd(), {"leave": "never"}, (0.8, 40.0)),
    "BG/NBD": (BgNbd(), {"leave": "bg", "a": 0.8, "b": 2.4}, (0.8, 40.0, 0.8, 2.4)),
    "MBG/NBD": (MbgNbd(), {"leave": "mbg", "a": 0.8, "b": 2.4}, (0.8, 40.0, 0.8, 2.4)),
    "Pareto/NBD": (
        ParetoNbd(),
        {"leave": "pareto", "s": 0.7, "beta": 60.0},
        (0.8, 40.0, 0.7, 60.0),
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_parameters_are_recovered_from_simulation_the_closer_the_more_customers(name):
    model, world, truth = WORLDS[name]
    rng = np.random.default_rng(7)
    history = purchases(rng, 32_000, days=500, **world)
    T = rng.uniform(60, 500, len(history))
    for n, within in ((500, 1.0), (4_000, 0.35), (32_000, 0.12)):
        s, _ = summarise(*observed(history[:n], T[:n]))
        fitted = fit(model, s, prior_sd=None)
        assert fitted.converged
        away = fitted.theta - np.log(truth)
        assert np.abs(away).max() < within, (n, fitted.params)
        sd = np.sqrt(np.diag(fitted.covariance))
        assert (np.abs(away) < 3.5 * sd).all(), "Laplace's errors cover the truth"


@pytest.mark.parametrize("name", WORLDS)
def test_expected_purchases_of_a_simulated_world_come_true(name):
    model, world, truth = WORLDS[name]
    rng = np.random.default_rng(11)
    history = purchases(rng, 20_000, days=500, **world)
    s, place = summarise(*observed(history, 250))
    true = at(model, truth)
    came = np.array([((times > 250) & (times <= 430)).sum() for times in history])
    expected, p_buy = true.expected(s, 180)[place], true.p_buy(s, 180)[place]
    assert came.sum() == pytest.approx(expected.sum(), rel=0.05)
    assert (came > 0).sum() == pytest.approx(p_buy.sum(), rel=0.04)
    often = s.x[place] >= 3
    assert came[often].sum() == pytest.approx(expected[often].sum(), rel=0.06)


def test_a_fit_does_not_depend_on_the_unit_of_time():
    rng = np.random.default_rng(3)
    x, t_x, T = observed(purchases(rng, 2_000, leave="mbg", a=0.8, b=2.4), 400)
    days, weeks = (
        fit(MbgNbd(), summarise(x, t_x / unit, T / unit)[0], prior_sd=None) for unit in (1, 7)
    )
    assert days.params["alpha"] == pytest.approx(7 * weeks.params["alpha"], rel=1e-5)
    assert days.loglik == pytest.approx(weeks.loglik - x.sum() * np.log(7), rel=1e-9)


def test_homogeneous_shops_whose_maximum_lies_at_infinity_still_get_a_fit():
    """Nobody ever leaves: s and beta of the Pareto/NBD run away together without a prior."""
    rng = np.random.default_rng(5)
    x, t_x, T = observed(purchases(rng, 1_500, leave="never"), 400)
    for model in (MbgNbd(), ParetoNbd(), BgNbd()):
        fitted = fit(model, summarise(x, t_x, T)[0])
        assert fitted.converged and np.abs(fitted.theta).max() < 25
        s, place = summarise(x, t_x, T)
        assert fitted.expected(s, 100)[place].sum() == pytest.approx(x.sum() / 4, rel=0.15)


@pytest.mark.parametrize("n", [30, 60])
def test_tiny_shops_always_converge(n):
    rng = np.random.default_rng(n)
    x, t_x, T = observed(purchases(rng, 3_000, leave="mbg", a=0.8, b=2.4), 300)
    for _ in range(40):
        some = rng.choice(len(x), n, replace=False)
        s, _ = summarise(x[some], t_x[some], T[some])
        for model in (MbgNbd(), ParetoNbd()):
            fitted = fit(model, s)
            assert fitted.converged and np.isfinite(fitted.theta).all()


def test_shops_where_nobody_ever_came_back_get_small_chances():
    s, _ = summarise(np.zeros(50), np.zeros(50), np.arange(50) + 300)
    fitted = fit(MbgNbd(), s)
    assert fitted.converged and fitted.p_buy(s, 90).max() < 0.05


def test_a_customer_with_a_hundred_thousand_orders_is_an_ordinary_number():
    s, _ = summarise([0, 3, 2_000, 100_000], [0, 50, 2_400, 100_500], [10, 90, 2_500, 100_900])
    for model, params in MODELS.values():
        fitted = at(model, params)
        for answer in (fitted.p_alive(s), fitted.p_buy(s, 30), fitted.expected(s, 30)):
            assert np.isfinite(answer).all()
