"""Pooled widths: a zero stays a zero, guesses meet at many people, promises are near the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from huitou.decisions.effects.pooling import NARROWEST, WIDEST, Widths, learn_acts
from huitou.decisions.effects.response import Normal, log_odds

ACTS = 5


def town(seed: int, people: int, strength: float):
    """People, acts by lot and outcomes; `effect(x)` is the truth, (n, acts + 1) log-odds."""
    dice = np.random.default_rng(seed)
    levels = dice.choice([0.0, 0.1, 0.2, 0.3], ACTS)
    slopes = dice.normal(0, 0.1, (ACTS, 2))

    def crowd(size: int):
        x = np.column_stack([np.ones(size), dice.normal(size=(size, 2))])
        return x, expit(-1.3 + x[:, 1] + 0.4 * dice.normal(size=size))

    def effect(x: np.ndarray) -> np.ndarray:
        moved = levels + x[:, 1:] @ slopes.T + 0.05 * np.sin(2 * x[:, [1]])
        return strength * np.column_stack([np.zeros(len(x)), moved])

    x, p0 = crowd(people)
    act = dice.integers(0, ACTS + 1, people)
    bought = dice.random(people) < expit(log_odds(p0) + effect(x)[np.arange(people), act])
    return x, act, bought.astype(float), p0, effect, crowd


def guesses(level: float = 0.1) -> list[Normal]:
    return [Normal.apart(np.array([level, 0.0, 0.0]), np.full(3, 0.15))] * ACTS


def chosen(found, x: np.ndarray, p0: np.ndarray, effect) -> tuple[float, float]:
    """What the choice of the best act promises, and what it truly brings, beyond nothing."""
    worth, cost = 30.0, np.array([0.0, 0.2, 0.4, 0.8, 1.0, 0.1])
    deltas = found.deltas(p0, x)
    promised = deltas * worth - cost
    base = log_odds(p0)[:, None]
    true = (expit(base + effect(x)) - expit(base)) * worth - cost
    rows, best = np.arange(len(x)), promised.argmax(axis=1)
    return float(promised[rows, best].mean()), float(true[rows, best].mean())


def test_promised_is_near_what_truly_comes_over_many_plans():
    pairs = []
    for seed in range(16):
        x, act, y, p0, effect, crowd = town(seed, 6000, 1.0)
        found = learn_acts(x, act, y, p0, guesses())
        pairs.append(chosen(found, *crowd(4000), effect))
    promised, true = np.array(pairs).mean(axis=0)
    assert 0.7 < promised / true < 1.3


def test_a_planted_zero_is_never_claimed_and_costs_next_to_nothing():
    claimed, lost = 0, []
    for seed in range(16):
        x, act, y, p0, effect, crowd = town(seed, 12_000, 0.0)
        found = learn_acts(x, act, y, p0, guesses(level=0.0))
        for number in range(1, ACTS + 1):
            level = found.of(number)
            claimed += bool(level.mean[0] - 2.58 * level.sd[0] > 0)
        lost.append(chosen(found, *crowd(2000), effect)[1])
    assert claimed == 0
    assert np.mean(lost) > -0.08  # against 0.5 to 1.5 that true effects of this size would bring


def test_right_and_wrong_guesses_meet_where_there_are_many_people():
    x, act, y, p0, effect, crowd = town(3, 150_000, 1.0)
    right = learn_acts(x, act, y, p0, guesses(0.15))
    wrong = learn_acts(x, act, y, p0, guesses(-0.4))
    seen, chance = crowd(3000)
    assert right.deltas(chance, seen) == pytest.approx(wrong.deltas(chance, seen), abs=0.02)
    assert chosen(wrong, seen, chance, effect)[1] > 0.9 * chosen(right, seen, chance, effect)[1]


def test_widths_stay_within_what_is_sensible():
    x, act, _, p0, _, _ = town(5, 3000, 0.0)
    y = (act == 1).astype(float)  # nobody else ever buys: the wildest effect there could be
    found = learn_acts(x, act, y, p0, guesses())
    assert (found.joint.sd[2:] <= 0.15 * WIDEST + 1e-9).all()
    assert Widths(np.full(3, NARROWEST)).of(guesses()[0]).sd == pytest.approx(0.15 * NARROWEST)


def test_it_learns_with_nothing_but_guesses():
    x, act, y, p0, _, _ = town(6, 0, 1.0)
    found = learn_acts(x, act, y, p0, guesses(0.1))
    assert found.of(1).mean == pytest.approx([0.1, 0.0, 0.0])
