"""The Qini agrees with hands and brute force; plans' values hold the truth as often as told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.proof.qini import arm_scores, policy_value, qini, qini_estimate


def brute(score: np.ndarray, added: np.ndarray, dice: np.random.Generator) -> float:
    """Step by step along the curve, over many ways to break ties."""
    found = []
    for _ in range(400):
        order = np.lexsort((dice.random(len(score)), -score))
        curve = np.concatenate([[0.0], np.cumsum(added[order])]) / len(score)
        line = curve[-1] * np.linspace(0, 1, len(score) + 1)
        away = curve - line
        found.append(((away[1:] + away[:-1]) / 2).mean())
    return 1000 * float(np.mean(found))


def test_by_hand_two_people():
    # Curve 0, 1/2, 1/2: area 3/8; line 0 to 1/2: area 1/4.
    assert qini(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(125.0)
    assert qini(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == pytest.approx(-125.0)


def test_by_hand_four_people_with_a_tie():
    # First two tied with 2 and 0, then 0, 0: curve 0, 1/4, 1/2, 1/2, 1/2 at quarters.
    score, added = np.array([9.0, 9.0, 5.0, 1.0]), np.array([2.0, 0.0, 0.0, 0.0])
    curve = (0.125 + 0.375 + 0.5 + 0.5) / 4
    assert qini(score, added) == pytest.approx(1000 * (curve - 0.25))


def test_a_score_that_tells_nobody_apart_is_worth_nothing():
    assert qini(np.ones(7), np.arange(7.0)) == pytest.approx(0.0)


def test_ties_are_averaged_as_brute_force_does():
    dice = np.random.default_rng(1)
    score = dice.integers(0, 4, 60).astype(float)
    added = dice.normal(size=60)
    assert qini(score, added) == pytest.approx(brute(score, added, dice), abs=6.0)
    fine = dice.normal(size=60)
    assert qini(fine, added) == pytest.approx(brute(fine, added, dice))


def test_whoever_counts_twice_stands_there_twice():
    dice = np.random.default_rng(2)
    score, added, times = dice.normal(size=30), dice.normal(size=30), dice.integers(0, 4, 30)
    again = np.repeat(np.arange(30), times)
    assert qini(score, added, times.astype(float)) == pytest.approx(
        qini(score[again], added[again])
    )


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-9, 9)), min_size=1, max_size=40))
def test_turned_round_it_is_the_opposite_and_a_level_changes_nothing(pairs):
    score, added = (np.array(each, dtype=float) for each in zip(*pairs, strict=True))
    assert qini(-score, added) == pytest.approx(-qini(score, added), abs=1e-9)
    assert qini(score, added + 5) == pytest.approx(qini(score, added), abs=1e-9)
    assert qini(2 * score + 1, added) == pytest.approx(qini(score, added), abs=1e-9)


def test_nobody_has_no_curve():
    with pytest.raises(HuitouError, match="needs people"):
        qini(np.array([]), np.array([]))


def mean_of(x: np.ndarray, y: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.full(len(others), y.mean())


def trial(seed: int, n: int = 3000):
    dice = np.random.default_rng(seed)
    x = dice.normal(size=(n, 1))
    arm = dice.choice(3, size=n, p=[0.2, 0.5, 0.3])
    y = x[:, 0] + np.array([0.0, 0.3, -0.2])[arm] + (arm == 2) * x[:, 0] + dice.normal(size=n)
    scores = arm_scores(x, arm, y, np.array([0.2, 0.5, 0.3]), mean_of, dice.permutation(n) % 3)
    return x, scores


def test_scores_have_no_bias_even_where_the_model_knows_nothing():
    means = np.array([trial(seed)[1].mean(axis=0) for seed in range(30)])
    assert means.mean(axis=0) == pytest.approx([0.0, 0.3, -0.2], abs=0.04)


def test_a_plans_interval_holds_the_truth_nineteen_times_of_twenty():
    truth = -0.2 * 0.5 + 1 / np.sqrt(2 * np.pi)  # arm 2 where x > 0, else nothing
    held = 0
    for seed in range(200):
        x, scores = trial(1000 + seed)
        told = policy_value(scores, np.where(x[:, 0] > 0, 2, 0))
        held += told.low <= truth <= told.high
    assert 180 <= held <= 199


def test_compared_with_itself_a_plan_gains_nothing():
    x, scores = trial(5)
    choice = np.where(x[:, 0] > 0, 2, 1)
    told = policy_value(scores, choice, choice)
    assert (told.value, told.low, told.high) == (0.0, 0.0, 0.0)


def test_the_interval_is_drawn_by_seed_and_holds_the_figure():
    x, scores = trial(6)
    one, two = (
        qini_estimate(x[:, 0], scores[:, 2] - scores[:, 0], np.random.default_rng(3), 100)
        for _ in range(2)
    )
    assert one == two
    assert one.low < one.value < one.high
    assert one.low > 0, "those with a large x are the ones arm 2 moves"


def test_an_arm_without_a_chance_is_refused():
    x, arm = np.zeros((4, 1)), np.array([0, 1, 0, 1])
    with pytest.raises(HuitouError, match="chance above 0"):
        arm_scores(x, arm, np.ones(4), np.array([1.0, 0.0]), mean_of, arm)
    with pytest.raises(HuitouError, match="nobody drew arm 0 outside of fold 0"):
        arm_scores(x, arm, np.ones(4), np.array([0.5, 0.5]), mean_of, arm)
