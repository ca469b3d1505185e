"""Who answers when asked: some kinds of people answer less, and each of their answers counts more.

A small logistic, drawn to "everybody answers alike" where little is known. It mends what shows
before the question (channel, worth, stage, evidence). That those who left for one reason are
shyer than those who left for another cannot be seen from outside, and is not mended.
"""

from __future__ import annotations

import numpy as np

from huitou.models.numbers import Array

OPEN_SD = 3.0
"""Prior sd of the intercept: how many answer is for the shop's own data to say."""
DRAWN_SD = 0.5
"""Prior sd of each effect: two times in three within a factor of 1.65 in the odds."""
MOST = 4.0
"""No answer counts more than so many times the usual one: a rare kind must not rule."""
LEAST = 0.02
"""No chance to be asked, or to answer, is taken to be below this."""


def chance_to_answer(traits: Array, answered: Array) -> Array:
    """Chance of each person asked to answer; `traits` is (people, traits), `answered` 0 or 1."""
    centred = traits - traits.mean(axis=0)
    scale = centred.std(axis=0)
    design = np.column_stack([np.ones(len(traits)), centred / np.where(scale > 0, scale, 1.0)])
    pull = np.full(design.shape[1], DRAWN_SD**-2)
    pull[0] = OPEN_SD**-2
    theta = np.zeros(design.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        slope = design.T @ (answered - chance) - pull * theta
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(pull)
        move = np.linalg.solve(bend, slope)
        theta = theta + np.clip(move, -2.0, 2.0)
        if np.abs(move).max() < 1e-9:
            break
    return np.asarray(1 / (1 + np.exp(-np.clip(design @ theta, -30, 30))))


def answer_weights(chance: Array, propensity: Array) -> Array:
    """How much each answer counts, adding up to what the answers are worth together.

    The inverse of the chance to be asked and to answer, cut off at `MOST` times the usual; unequal
    weights are worth less than their number: (sum of weights) squared over the sum of squares.
    """
    if not len(chance):
        return np.zeros(0)
    each = 1 / (np.maximum(chance, LEAST) * np.maximum(propensity, LEAST))
    each = np.minimum(each / np.median(each), MOST)
    worth = each.sum() ** 2 / (each**2).sum()
    return np.asarray(each * worth / each.sum())
