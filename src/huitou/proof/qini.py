"""Whether a score finds those an act moves, and what a plan over several acts is worth: on a trial.

Nobody is seen both with an act and without. Both figures use doubly robust scores: for each person,
what the act adds, estimated without bias whatever the outcome model is (Robins, Rotnitzky & Zhao
1994; Dudík, Langford & Li 2011):

    Γ = m(x, 1) − m(x, 0) + t (y − m(x, 1)) / e − (1 − t) (y − m(x, 0)) / (1 − e)

**The Qini here.** Sort people by the score, best first. `G(k)` is the sum of Γ over the first `k`,
divided by the number of people `n`: what treating them adds, per person of the whole. The random
line goes from 0 to `G(n)`. The figure is the mean over `k` of curve less line, times 1,000: the
area between them, per 1,000 customers, where the share treated runs from 0 to 1. People with equal
scores count as treated together at an even pace (*ties averaged*), so a two-valued rule has one
figure, not one for each way to break its ties. Other programs normalise otherwise: figures compare
only here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from huitou.ground.errors import HuitouError
from huitou.proof.lift import FloatArray, IntArray

PER = 1_000
"""The Qini is told per so many customers."""
TIMES = 200
"""Draws of the bootstrap."""

Nuisance = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""Features and outcomes to learn from, features to tell of -> expected outcomes of the latter."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def arm_scores(
    x: FloatArray,
    arm: IntArray,
    y: FloatArray,
    chances: FloatArray,
    outcome: Nuisance,
    fold: IntArray,
) -> FloatArray:
    """Doubly robust outcome of every arm for every person, (n, arms).

    Args:
        x: features (n, d) known before.
        arm: what each was given by lot, 0 … arms - 1.
        y: what came of it.
        chances: chance of each arm (arms,), or of each person (n, arms).
        outcome: the neutral model of the outcome: the same for all scores that are compared.
        fold: fold of each person; nobody's outcome is in the model that tells of them.

    Raises:
        HuitouError: where an arm has a chance of 0, or nobody in some fold's rest.
    """
    each = np.broadcast_to(chances, (len(y), np.shape(chances)[-1]))
    if not (each > 0).all():
        raise HuitouError("every arm must have had a chance above 0")
    found = np.empty(each.shape)
    for number in np.unique(fold):
        mine = fold == number
        for one in range(each.shape[1]):
            rest = ~mine & (arm == one)
            if not rest.any():
                raise HuitouError(f"nobody drew arm {one} outside of fold {number}")
            found[mine, one] = outcome(x[rest], y[rest], x[mine])
    rows = np.arange(len(y))
    found[rows, arm] += (y - found[rows, arm]) / each[rows, arm]
    return found


def qini(score: FloatArray, added: FloatArray, weight: FloatArray | None = None) -> float:
    """The area between the gain curve and the random line, per 1,000 customers.

    Args:
        score: who is to be treated first: the higher, the earlier.
        added: doubly robust Γ of each person.
        weight: how often each person counts; None for once.
    """
    times = np.ones(len(score)) if weight is None else weight
    total = float(times.sum())
    if total <= 0:
        raise HuitouError("a gain curve needs people")
    kinds, place = np.unique(-score, return_inverse=True)
    share = np.bincount(place, times, len(kinds)) / total
    rise = np.bincount(place, times * added, len(kinds)) / total
    curve = np.concatenate([[0.0], np.cumsum(rise)])
    # Within a tie the curve is a straight line, so trapezes are exact.
    area = float((share * (curve[1:] + curve[:-1]) / 2).sum())
    return PER * (area - float(curve[-1]) / 2)


def qini_estimate(
    score: FloatArray, added: FloatArray, dice: np.random.Generator, times: int = TIMES
) -> Estimate:
    """The Qini with the interval of a Poisson bootstrap over people (Chamandy et al. 2012)."""
    drawn = [
        qini(score, added, dice.poisson(1.0, len(score)).astype(np.float64)) for _ in range(times)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(qini(score, added), float(low), float(high))


def policy_value(arms: FloatArray, choice: IntArray, over: IntArray | int = 0) -> Estimate:
    """What a plan brings more than another, per person, with its 95 % interval.

    Args:
        arms: doubly robust outcomes, from `arm_scores`.
        choice: the arm the plan gives each person; chosen without their outcome.
        over: the arm of the plan it is compared with: one for all, or one for each.
    """
    rows = np.arange(len(arms))
    other = np.broadcast_to(np.asarray(over), (len(arms),))
    gained = arms[rows, choice] - arms[rows, other]
    value, half = float(gained.mean()), 1.959964 * float(gained.std(ddof=1)) / len(arms) ** 0.5
    return Estimate(value, value - half, value + half)
