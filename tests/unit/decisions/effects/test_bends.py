"""Bends: what they are, and that they speak only where people enough have shown them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from huitou.decisions.effects.bends import BEND, LEVEL, SLOPE, bent, widths
from huitou.decisions.effects.response import Normal
from huitou.decisions.effects.weighing import TRUST, Rival, rivals, weigh_acts


def test_columns_by_hand():
    columns, bends = bent(np.array([[1.0, -2.0]]))
    assert bends == 3 * 2 + 1
    assert columns[0, :3].tolist() == [1.0, 1.0, -2.0]
    # Half the distance to the knees at -1, 0 and 1, of both features; then their product.
    assert columns[0, 3:9] == pytest.approx([1.0, 0.5, 0.5, 1.0, 0.0, 1.5])
    assert columns[0, 9] == pytest.approx(np.tanh(1) * np.tanh(-2))
    assert widths(2, bends) == pytest.approx([LEVEL, SLOPE, SLOPE, *[BEND] * 7])


def test_far_people_do_not_run_away():
    far, near = (bent(np.array([[size, 0.0]]))[0] for size in (40.0, 2.5))
    assert np.abs(far).max() <= np.abs(near).max() + 1e-9


def stepped(seed: int, n: int):
    dice = np.random.default_rng(seed)
    z = dice.normal(size=(n, 2))
    act = dice.integers(0, 3, n)
    shift = np.where((z[:, 0] > 0.3) & (act == 1), 0.7, 0.0)
    y = (dice.random(n) < expit(-1 + 0.5 * z[:, 1] + shift)).astype(float)
    return z, act, y, expit(-1 + 0.5 * z[:, 1])


def off(n: int, with_bends: bool) -> float:
    """How far the believed change of act 1 lies from the truth, on average, on new people."""
    z, act, y, p0 = stepped(1, n)
    x, bends = bent(z)
    if not with_bends:
        x, bends = x[:, :3], 0
    guesses = [Normal.apart(np.zeros(x.shape[1]), widths(2, bends))] * 2
    belief = weigh_acts(x, act, y, p0, guesses, bends=bends)
    new, *_, chance = stepped(2, 4000)
    seen = bent(new)[0][:, : x.shape[1]]
    true = expit(np.log(chance / (1 - chance)) + 0.7 * (new[:, 0] > 0.3)) - chance
    return float(np.abs(belief.deltas(chance, seen)[:, 1] - true).mean())


def test_bends_find_a_step_where_people_are_many_and_hurt_little_where_they_are_few():
    assert off(60_000, True) < 0.75 * off(60_000, False)
    assert off(900, True) < 1.15 * off(900, False)


def test_rivals_are_a_belief_beforehand():
    for bends in (False, True):
        assert sum(each.chance for each in rivals(bends)) == pytest.approx(1.0)
    assert sum(chance for _, chance in TRUST) == pytest.approx(1.0)


def test_a_rival_reads_the_guess_as_it_says():
    guess = Normal.apart(np.array([0.2, 0.1, 0.0]), np.array([0.3, 0.15, 0.1]))
    (read,) = Rival(straight=0.5, bent=2.0, trust=0.5, chance=1.0).of([guess], bends=1)
    assert read.mean == pytest.approx([0.1, 0.05, 0.0])
    assert read.sd == pytest.approx([0.15, 0.075, 0.2])


def test_a_wrong_playbook_is_left_and_a_right_one_followed():
    """A few thousand people suffice to tell a playbook that is turned round from one that fits."""
    dice = np.random.default_rng(8)
    n, slopes = 6_000, np.array([[0.4, -0.4], [-0.4, 0.4]])
    x = np.column_stack([np.ones(n), dice.normal(size=(n, 2))])
    act = dice.integers(0, 3, n)
    shift = np.where(act > 0, (x[:, 1:] * slopes[np.maximum(act, 1) - 1]).sum(axis=1), 0.0)
    y = (dice.random(n) < expit(-1 + shift)).astype(float)
    p0, sd = np.full(n, expit(-1.0)), np.full(3, 0.15)

    def believed(sign: float) -> np.ndarray:
        guesses = [Normal.apart(np.append(0.0, sign * row), sd) for row in slopes]
        belief = weigh_acts(x, act, y, p0, guesses)
        return np.array([belief.of(each).mean[1:] for each in (1, 2)])

    assert np.abs(believed(1.0) - slopes).max() < 0.08
    assert np.abs(believed(-1.0) - slopes).max() < 0.2, "no pull towards the turned slopes"
