"""Rival readings of the guesses: a belief beforehand, and the right one found by the data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from huitou.decisions.effects.response import Block, Normal, fit_blocks
from huitou.decisions.effects.weighing import FIRST, TRUST, Rival, _Seen, rivals, weigh


@pytest.mark.parametrize("guessed", [True, False])
@pytest.mark.parametrize("traits", [True, False])
def test_rivals_are_a_belief_beforehand(guessed, traits):
    found = rivals(guessed=guessed, traits=traits)
    assert sum(each.chance for each in found) == pytest.approx(1.0)
    assert {each.trust for each in found} == ({share for share, _ in TRUST} if guessed else {0.0})
    assert len({each.bend for each in found}) == (4 if traits else 1)


def guess(each: Rival) -> Normal:
    """Its trust in a guess, and a correction."""
    return Normal.apart(np.array([each.trust, 0.0]), np.array([0.05, 0.1 * each.level]))


def moved(seed: int, people: int, sign: float) -> list[Block]:
    """Guesses that stand, or are turned round."""
    dice = np.random.default_rng(seed)
    guessed = dice.normal(0, 0.4, people)
    x = np.column_stack([guessed, np.ones(people)])
    y = (dice.random(people) < expit(-1 + sign * guessed)).astype(float)
    return [Block(x, y, np.full(people, -1.0), np.arange(2))]


def test_a_wrong_playbook_is_left_and_a_right_one_followed():
    known = rivals(guessed=True, traits=False)
    assert weigh(moved(1, 6000, 1.0), guess, known).mean[0] > 0.9
    assert weigh(moved(1, 6000, -1.0), guess, known).mean[0] < 0.0


def test_the_quick_look_ranks_rivals_as_their_fits_do():
    blocks, known = moved(2, 800, 0.5), rivals(guessed=True, traits=False)
    first = guess(FIRST)
    quick = np.log(_Seen.around(fit_blocks(blocks, first), first).chances(guess, known))
    fits = [fit_blocks(blocks, guess(each)).evidence + np.log(each.chance) for each in known]
    assert quick - quick.max() == pytest.approx(np.array(fits) - max(fits), abs=0.3)
