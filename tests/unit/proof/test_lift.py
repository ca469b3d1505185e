"""The estimate agrees with textbook regression, adds over shards, and is not moved by the past."""

from __future__ import annotations

import numpy as np
import pytest

from huitou.proof.lift import ADJUSTED, CAUTIOUS, ESTIMATORS, Arms, whales


def people(n: int = 2_000, seed: int = 1, share: float = 0.1):
    dice = np.random.default_rng(seed)
    before = dice.lognormal(3, 1, n)
    after = 0.8 * before + dice.lognormal(2, 1, n)
    return before, after, dice.random(n) < share


def test_the_estimate_is_that_of_a_regression_on_arm_and_past() -> None:
    before, after, held = people()
    design = np.column_stack([np.ones_like(before), ~held, before])
    found = np.linalg.lstsq(design, after, rcond=None)[0]
    lift = Arms.of(before, after, held).lift()
    assert lift.estimate == pytest.approx(found[1])


def test_the_standard_error_is_near_that_of_a_regression() -> None:
    before, after, held = people()
    design = np.column_stack([np.ones_like(before), ~held, before])
    _, residual, *_ = np.linalg.lstsq(design, after, rcond=None)
    variance = residual[0] / (len(after) - 3) * np.linalg.inv(design.T @ design)[1, 1]
    assert Arms.of(before, after, held).lift().se == pytest.approx(variance**0.5, rel=0.01)


def test_the_past_makes_it_sharper() -> None:
    before, after, held = people()
    blind = Arms.of(np.zeros_like(before), after, held).lift()
    assert Arms.of(before, after, held).lift().se < 0.5 * blind.se


def test_shards_add() -> None:
    before, after, held = people(500)
    cut = slice(None, 200), slice(200, None)
    added = Arms.of(before[cut[0]], after[cut[0]], held[cut[0]]) + Arms.of(
        before[cut[1]], after[cut[1]], held[cut[1]]
    )
    whole = Arms.of(before, after, held)
    assert added.lift().estimate == pytest.approx(whole.lift().estimate)
    assert added.lift().se == pytest.approx(whole.lift().se)


def test_the_cautious_estimator_is_never_sharper() -> None:
    for seed in range(20):
        arms = Arms.of(*people(300, seed))
        assert arms.lift(CAUTIOUS).se >= arms.lift(ADJUSTED).se
        assert arms.lift(CAUTIOUS).estimate == arms.lift(ADJUSTED).estimate


def test_estimators_stand_from_sharp_to_cautious() -> None:
    assert list(ESTIMATORS) == ["leaning", "adjusted", "cautious"]


def test_whales_are_the_top_hundredth_of_the_past() -> None:
    assert whales(np.arange(1_000.0)).sum() == 10
    assert whales(np.arange(1_000.0))[-10:].all()
    assert not whales(np.ones(50)).any()
    assert len(whales(np.zeros(0))) == 0
