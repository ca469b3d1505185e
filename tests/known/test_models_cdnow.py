"""Published figures, met with priors off: CDNOW, groceryElog, donations, contracts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.unit.models import textbook
from tools.bench_models import _shops, anchors, subsamples

from huitou.models.bgnbd import BgNbd
from huitou.models.fitted import fit
from huitou.models.gammagamma import fit_spend
from huitou.models.mbgnbd import MbgNbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import summarise

pytestmark = pytest.mark.known
PUBLISHED = (
    anchors.cdnow, anchors.sums, anchors.spend, anchors.grocery, anchors.regular, anchors.donations,
    anchors.contracts,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _here(data_file, monkeypatch):
    for name in _shops.LOGS:
        monkeypatch.setenv("HUITOU_TEST_DATA", str(data_file(f"{name}.parquet").parent))


@pytest.fixture
def cdnow():
    return _shops.log("cdnow_sample")


@pytest.mark.parametrize("figures", PUBLISHED, ids=lambda figures: figures.__name__)
def test_published_figures_are_met(figures):
    told = list(figures())
    assert [row for row in told if row["holds"] is False] == []
    assert sum(row["holds"] is True for row in told) >= 2


def test_the_weak_prior_costs_next_to_nothing(cdnow):
    s, _ = summarise(*cdnow.weeks)
    for model, loglik, _ in anchors.CDNOW:
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
    x, t_x, T = cdnow.weeks
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


def test_gamma_gamma_of_note_025(cdnow):
    """p = 6.25, q = 3.74, gamma = 15.44, as printed; 946 customers came back."""
    exact = fit_spend(cdnow.x, cdnow.mean, prior_sd=None)
    assert exact.customers == 946
    assert tuple(exact.params.values()) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


@pytest.mark.parametrize("model", subsamples.MODELS, ids=lambda model: model.name)
def test_random_small_shops_always_get_a_fit_and_never_an_absurd_one(model):
    """Forty of the thousand that `huitou bench models` draws; peers fail on many."""
    found = [subsamples.looked(model, each) for each in subsamples.shops()[:40]]
    assert not [each for each in found if each.failed or each.absurd]
