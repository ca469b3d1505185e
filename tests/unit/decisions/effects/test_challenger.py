"""The second learner: let in where effects bend, kept out where they do not or nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from huitou.decisions.effects.challenger import Duel, boost, duel, effective, standing
from huitou.decisions.effects.pooling import learn_acts
from huitou.decisions.effects.promise import folded, trust
from huitou.decisions.effects.response import ActsPosterior, Normal, log_odds

COST = np.array([0.0, 1.0, 1.5])


def learn(x, act, y, p0) -> ActsPosterior:
    return learn_acts(x, act, y, p0, [Normal.apart(np.zeros(3), np.full(3, 0.2))] * 2)


def profit(chances: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return 20.0 * chances - COST


def lots(seed: int, people: int, *, bent: float, straight: float = 0.0):
    """Acts by lot; `bent` is an effect that no straight line finds."""
    dice = np.random.default_rng(seed)
    x = np.column_stack([np.ones(people), dice.normal(size=(people, 2))])
    p0 = np.clip(dice.beta(3, 6, people), 0.05, 0.95)
    chance = np.tile([0.4, 0.3, 0.3], (people, 1))
    act = dice.choice(3, size=people, p=chance[0])
    inside = np.sign(np.abs(x[:, 1]) - 0.67)
    moved = np.select([act == 1, act == 2], [bent * inside, straight * x[:, 2]], 0.0)
    y = (dice.random(people) < expit(log_odds(p0) + moved)).astype(float)
    return x, act, y, p0, chance


def test_it_is_let_in_where_effects_bend():
    found = duel(*lots(1, 30_000, bent=1.2), profit, learn, np.random.default_rng(0))
    assert found.verdict == "admitted"
    assert found.low > 0
    assert min(found.samples.values()) >= 200


def test_it_is_kept_out_where_a_straight_line_does():
    verdicts = []
    for seed in range(5):
        rows = lots(seed, 4000, bent=0, straight=0.5)
        verdicts.append(duel(*rows, profit, learn, np.random.default_rng(seed)).verdict)
    assert "admitted" not in verdicts


def test_it_is_kept_out_where_too_few_drew_an_act():
    found = duel(*lots(2, 900, bent=1.2), profit, learn, np.random.default_rng(0))
    assert found.verdict == "too_few"
    assert str(found.words)


def test_the_bar_is_the_lower_bound_and_the_sample():
    assert Duel(1.0, 0.1, {1: 200.0}).verdict == "admitted"
    assert Duel(1.0, 0.0, {1: 200.0}).verdict == "not_better"
    assert Duel(1.0, 0.1, {1: 200.0, 2: 199.9}).verdict == "too_few"
    assert Duel(1.0, 0.1, {}).verdict == "too_few"


def test_before_any_duel_it_stands_by_how_often_each_act_was_drawn():
    often, seldom = np.full(250, 0.1), np.concatenate([np.full(250, 0.9), [0.01]])
    assert effective(often) == pytest.approx(250)
    assert effective(seldom) < 20 < len(seldom)
    assert standing({"nothing": often, "thank": often}) == "alone"
    assert standing({"nothing": often, "thank": seldom}) == "too_few"
    assert standing({"nothing": often}) == standing({}) == "too_few"


def test_corrected_chances_stay_chances():
    x, act, y, p0, chance = lots(3, 3000, bent=2.0)
    found = boost(x, act, y, p0, chance, learn, np.random.default_rng(1))
    base = found.base.baseline(p0)[:, None]
    moved = base + found.deltas(p0, x)
    assert ((moved >= 0) & (moved <= 1)).all()
    assert (found.deltas(p0, x)[:, 0] == 0).all()


def test_the_same_lots_give_the_same_duel():
    rows = lots(4, 2000, bent=0.5)
    one, two = (duel(*rows, profit, learn, np.random.default_rng(5)) for _ in range(2))
    assert one == two


def test_promises_of_folds_are_near_their_proofs_on_average():
    found = [
        folded(*lots(seed, 4000, bent=0, straight=0.6), profit, learn, np.random.default_rng(seed))
        for seed in range(12)
    ]
    promised = np.mean([each.promised for each in found])
    proven = np.mean([each.proven for each in found])
    assert promised / proven == pytest.approx(1.0, abs=0.3)
    together = trust(found)
    assert together.proofs == 12
    assert together.low < 1 < together.high
