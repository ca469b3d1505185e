"""Traits: effects recovered, patterns nobody was seen of, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.models.worlds import observed, purchases

from huitou.models.fitted import fit
from huitou.models.mbgnbd import MbgNbd
from huitou.models.pareto import ParetoNbd
from huitou.models.traits import fit_traits, kinds

RATE, LEAVING = np.array([0.7, -0.3]), np.array([0.5, 0.8])
MODELS = {"mbg": MbgNbd(), "pareto": ParetoNbd()}


def world(leave, each=1_500):
    """Two traits, four patterns: columns of histories, and who has which."""
    rng, parts, traits = np.random.default_rng(6), [], []
    for z in np.array([[0, 0], [1, 0], [0, 1], [1, 1]]):
        faster, likelier = np.exp(RATE @ z), np.exp(LEAVING @ z)
        of = (
            {"s": 0.7, "beta": 60 / likelier}
            if leave == "pareto"
            else {"a": 0.8 * likelier, "b": 2.4}
        )
        history = purchases(rng, each, leave=leave, alpha=40 / faster, days=500, **of)
        parts.append(observed(history, rng.uniform(100, 500, each)))
        traits.append(np.tile(z, (each, 1)))
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)], np.concatenate(traits)


@pytest.mark.parametrize("leave", MODELS)
def test_effects_on_rate_and_leaving_are_recovered(leave):
    columns, z = world(leave)
    found = fit_traits(MODELS[leave], kinds(*columns, z), ("web", "gift"), prior_sd=None, pull=None)
    assert found.converged
    truth = dict(zip(found.effects, [*RATE, *LEAVING], strict=True))
    for name, (effect, sd) in found.effects.items():
        assert abs(effect - truth[name]) < 3.5 * sd < 0.5, name
    assert list(truth) == ["rate web", "rate gift", "leaving web", "leaving gift"]
    alike = fit(MODELS[leave], kinds(*columns, z).everyone, prior_sd=None)
    assert found.loglik > alike.loglik + 100


def test_a_pattern_is_an_ordinary_fitted_model_with_its_own_uncertainty():
    columns, z = world("mbg", 600)
    found = fit_traits(MbgNbd(), kinds(*columns, z), ("web", "gift"))
    plain, both = found.of([0, 0]), found.of([1, 1])
    effects = {name: effect for name, (effect, _) in found.effects.items()}
    assert plain.params == pytest.approx(found.params)
    faster = effects["rate web"] + effects["rate gift"]
    assert both.params["alpha"] == pytest.approx(plain.params["alpha"] * np.exp(-faster))
    assert both.covariance.shape == (4, 4) and (np.diag(both.covariance) > 0).all()
    assert found.converged and both.converged
    assert not replace(found, converged=False).of([1, 1]).converged


def test_a_trait_of_five_people_is_pulled_towards_no_effect():
    columns, z = world("mbg", 600)
    rare = np.zeros((len(z), 1))
    rare[:5] = 1
    pulled = fit_traits(MbgNbd(), kinds(*columns, rare), ("rare",))
    assert all(abs(effect) < 1.5 for effect, _ in pulled.effects.values())
    assert pulled.effects["leaving rare"][1] > 0.3, "and it is said how little is known"


def test_where_traits_are_all_alike_nothing_is_gained():
    columns, z = world("mbg", 300)
    same = fit_traits(MbgNbd(), kinds(*columns, np.zeros_like(z)), ("web", "gift"))
    alike = fit(MbgNbd(), kinds(*columns, z).everyone)
    assert same.loglik == pytest.approx(alike.loglik, abs=1e-3)
    np.testing.assert_allclose(same.theta[:4], alike.theta, atol=1e-3)
