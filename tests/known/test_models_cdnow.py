"""Published figures on CDNOW, 2,357 customers, 39 weeks: priors off, weeks, purchase days."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pytest
from scipy.optimize import minimize
from tests.unit.models import textbook

from huitou.models.bgnbd import BgNbd
from huitou.models.fitted import fit
from huitou.models.gammagamma import fit_spend
from huitou.models.mbgnbd import MbgNbd
from huitou.models.nbd import Nbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import summarise

pytestmark = pytest.mark.known
END = date(1997, 9, 30)


@pytest.fixture(scope="module")
def cdnow(data_file):
    """x, t_x and T in weeks, mean spend of the repeat days, and purchases in the next 39 weeks."""
    path = data_file("cdnow_sample.parquet")
    columns = duckdb.execute(
        f"""
        with days as (
            select customer_id as p, ordered_at::date as d, sum(amount) as a
            from '{path}' group by p, d
        ), own as (select p, min(d) as f from days group by p)
        select count(*) filter (d > f and d <= $end) as x,
               (max(d) filter (d <= $end) - any_value(f)) / 7.0 as t_x,
               ($end - any_value(f)) / 7.0 as "T",
               avg(a) filter (d > f and d <= $end) as m,
               count(*) filter (d > $end) as later
        from days join own using (p) group by p order by p""",
        {"end": END},
    ).fetchnumpy()
    return {
        name: np.ma.filled(np.ma.asarray(column, dtype=float), np.nan)
        for name, column in columns.items()
    }


ANCHORS = [
    # Fader, Hardie, Lee 2005; to more digits in lifetimes and BTYD.
    (BgNbd(), -9582.429207, (0.242595, 4.413602, 0.792922, 2.425907)),
    # lifetimes' tests; BTYDplus has the same likelihood.
    (MbgNbd(), -9582.135716, (0.524843, 6.183085, 0.891359, 1.614002)),
    # Published as .553 10.578 .606 11.669, -9595.0; BTYD stops 2e-5 short.
    (ParetoNbd(), -9594.976179, (0.553277, 10.577684, 0.606240, 11.668723)),
    # BTYDplus.
    (Nbd(), -9763.657615, (0.384766, 12.072014)),
]


@pytest.mark.parametrize(
    ("model", "loglik", "params"), ANCHORS, ids=lambda v: getattr(v, "name", "")
)
def test_published_fits(cdnow, model, loglik, params):
    s, _ = summarise(cdnow["x"], cdnow["t_x"], cdnow["T"])
    fitted = fit(model, s, prior_sd=None)
    assert fitted.converged
    assert fitted.loglik == pytest.approx(loglik, abs=1e-6)
    assert tuple(fitted.params.values()) == pytest.approx(params, rel=5e-6)


def test_the_weak_prior_costs_next_to_nothing(cdnow):
    s, _ = summarise(cdnow["x"], cdnow["t_x"], cdnow["T"])
    for model, loglik, _ in ANCHORS:
        assert loglik - 0.1 < fit(model, s).loglik < loglik + 1e-6


@pytest.mark.parametrize(
    ("model", "book"),
    [
        (BgNbd(), textbook.bg_loglik),
        (MbgNbd(), textbook.mbg_loglik),
        (ParetoNbd(), textbook.pareto_loglik),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_another_program_finds_the_same_optimum_and_no_better(cdnow, model, book):
    """The papers' formulas with 2F1, climbed by Nelder-Mead, from another start."""
    x, t_x, T = cdnow["x"], cdnow["t_x"], cdnow["T"]
    found = minimize(
        lambda theta: -book(np.exp(theta), x, t_x, T).sum(),
        np.log([0.5, 8.0, 0.7, 4.0]),
        method="Nelder-Mead",
        options={"xatol": 1e-4, "fatol": 1e-4, "maxiter": 1500},
    )
    ours = fit(model, summarise(x, t_x, T)[0], prior_sd=None)
    assert ours.loglik >= -found.fun - 1e-6
    assert ours.loglik == pytest.approx(-found.fun, abs=5e-3)
    np.testing.assert_allclose(ours.theta, found.x, atol=0.02)


@pytest.mark.parametrize(
    ("model", "total"),
    [(BgNbd(), 1653.41), (MbgNbd(), 1576.73), (ParetoNbd(), 1665.53)],
    ids=lambda v: getattr(v, "name", ""),
)
def test_expected_purchases_of_the_next_39_weeks_are_those_of_lifetimes(cdnow, model, total):
    s, place = summarise(cdnow["x"], cdnow["t_x"], cdnow["T"])
    fitted = fit(model, s, prior_sd=None)
    assert fitted.expected(s, 39.0)[place].sum() == pytest.approx(total, abs=0.02)
    assert cdnow["later"].sum() == 1882


def test_gamma_gamma_of_note_025(cdnow):
    """p = 6.25, q = 3.74, gamma = 15.44 from 946 repeaters, whose means are kept to the cent."""
    x, m = cdnow["x"], cdnow["m"]
    often = (x > 0) & (m > 0)
    cents = np.floor(m[often] * 100 + 0.5 + 1e-7) / 100
    found = fit_spend(x[often], cents, prior_sd=None)
    assert found.customers == 946
    assert found.loglik == pytest.approx(-4055.923243, abs=1e-6)
    assert tuple(found.params.values()) == pytest.approx((6.2488, 3.7446, 15.4477), abs=1e-4)
    exact = fit_spend(x[often], m[often], prior_sd=None)
    assert tuple(exact.params.values()) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


@pytest.mark.parametrize("n", [30, 60, 120])
def test_random_small_shops_always_get_a_fit(cdnow, n):
    """Peers fail on 17, 10 and 11 of 40."""
    rng = np.random.default_rng(n)
    columns = [cdnow[name] for name in ("x", "t_x", "T")]
    for _ in range(40):
        some = rng.choice(len(columns[0]), n, replace=False)
        s, _ = summarise(*(column[some] for column in columns))
        for model in (MbgNbd(), ParetoNbd(), BgNbd()):
            fitted = fit(model, s)
            assert fitted.converged and np.abs(fitted.theta).max() < 20
