"""A second, freer learner, let in only where it is shown to choose better.

The response model bends in straight lines. Where people are many, effects may bend otherwise:
boosted trees learn what it leaves over (doubly robust residuals of each act; Kennedy 2023). They
are believed only if, on people whose outcomes were put aside, the choices they would make bring
more than those of the response model even at the lower bound, and every act they choose was drawn
often enough to say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from huitou.decisions.effects.promise import Learn, Profit, robust
from huitou.decisions.effects.response import ActsPosterior, FloatArray, IntArray
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

LEAST_SAMPLE = 200.0
"""Effective number of people that must have drawn each act the challenger chooses."""
SELDOM = 0.01
"""Acts chosen for a smaller share of people need not be judged: they change next to nothing."""
Z95 = 1.6448536269514722
"""One-sided 95 %."""
FOLDS = 3


@dataclass(frozen=True)
class Boosted:
    """The response model's changes of chances, corrected act by act."""

    base: ActsPosterior
    trees: tuple[HistGradientBoostingRegressor, ...]

    def deltas(self, p0: FloatArray, x: FloatArray) -> FloatArray:
        """Expected change of the chance to buy, (n, acts + 1); chances stay chances."""
        found = self.base.deltas(p0, x)
        base = self.base.baseline(p0)
        seen = np.column_stack([x, base])
        with alone():
            for act, tree in enumerate(self.trees, start=1):
                found[:, act] = np.clip(found[:, act] + tree.predict(seen), -base, 1 - base)
        return found


@dataclass(frozen=True)
class Duel:
    """What the challenger would have brought more than the response model, per person."""

    better: float
    low: float
    """Lower bound, one-sided 95 %."""
    samples: Mapping[int, float]
    """Effective sample of each act the challenger chooses."""

    @property
    def enough(self) -> bool:
        """Whether every act it chooses was drawn often enough to be judged."""
        return bool(self.samples) and min(self.samples.values()) >= LEAST_SAMPLE

    @property
    def verdict(self) -> str:
        """admitted | not_better | too_few."""
        if not self.enough:
            return "too_few"
        return "admitted" if self.low > 0 else "not_better"

    @property
    def words(self) -> Sentence:
        """Which learner was used, and why."""
        return WORDS[self.verdict]


WORDS: Mapping[str, Sentence] = {
    "admitted": said(
        "A second learner was let in: on people it had not seen, its choices brought more, even at"
        " the lower bound."
    ),
    "not_better": said(
        "A second learner was tried and not let in: on people it had not seen, its choices brought"
        " no more for certain."
    ),
    "too_few": said(
        "A second learner was not let in: too few people drew each act by lot to judge its choices."
    ),
    "alone": said(
        "Each act was drawn often enough to judge a second learner; until it is let in, the"
        " response model decides alone."
    ),
}


def boost(
    x: FloatArray,
    act: IntArray,
    y: FloatArray,
    p0: FloatArray,
    chance: FloatArray,
    learn: Learn,
    dice: np.random.Generator,
) -> Boosted:
    """Learn what the response model leaves over; each half is corrected by the other's belief.

    Arguments as `promise.folded`.
    """
    half = dice.permutation(len(y)) % 2
    left = np.empty_like(chance)
    for number in range(2):
        rest, mine = np.flatnonzero(half != number), np.flatnonzero(half == number)
        believed = learn(x[rest], act[rest], y[rest], p0[rest])
        base = believed.baseline(p0[mine])
        chances = base[:, None] + believed.deltas(p0[mine], x[mine])
        seen = np.broadcast_to(y[mine][:, None], chances.shape)
        left[mine] = robust(chances, seen, act[mine], chance[mine]) - chances
    whole = learn(x, act, y, p0)
    features = np.column_stack([x, whole.baseline(p0)])
    seed = int(dice.integers(2**30))
    with alone():
        trees = tuple(
            _tree(seed + number, len(y)).fit(features, left[:, number] - left[:, 0])
            for number in range(1, chance.shape[1])
        )
    return Boosted(whole, trees)


def duel(
    x: FloatArray,
    act: IntArray,
    y: FloatArray,
    p0: FloatArray,
    chance: FloatArray,
    profit: Profit,
    learn: Learn,
    dice: np.random.Generator,
) -> Duel:
    """Let both choose for people whose outcomes were put aside, and see who chose better."""
    fold = dice.permutation(len(y)) % FOLDS
    better = np.zeros(len(y))
    chosen = np.zeros(len(y), dtype=np.int64)
    for number in range(FOLDS):
        rest, mine = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        boosted = boost(x[rest], act[rest], y[rest], p0[rest], chance[rest], learn, dice)
        base = boosted.base.baseline(p0[mine])[:, None]
        gains = profit(base + boosted.base.deltas(p0[mine], x[mine]), mine)
        theirs = profit(base + boosted.deltas(p0[mine], x[mine]), mine)
        seen = profit(np.broadcast_to(y[mine][:, None], gains.shape).copy(), mine)
        found = robust(gains, seen, act[mine], chance[mine])
        each, chosen[mine] = np.arange(len(mine)), theirs.argmax(axis=1)
        better[mine] = found[each, chosen[mine]] - found[each, gains.argmax(axis=1)]
    mean, se = float(better.mean()), float(better.std(ddof=1) / np.sqrt(len(y)))
    return Duel(mean, mean - Z95 * se, _samples(chosen, act, chance))


def _samples(chosen: IntArray, act: IntArray, chance: FloatArray) -> dict[int, float]:
    """Effective sample (Kish) behind each act that is chosen for more than a few."""
    found = {}
    for number in range(chance.shape[1]):
        if (chosen == number).mean() < SELDOM:
            continue
        found[number] = effective(chance[(chosen == number) & (act == number), number])
    return found


def effective(chance: FloatArray) -> float:
    """How many people drawn with equal chances say as much as these (Kish)."""
    weight = 1 / chance
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0


def standing(drawn: Mapping[str, FloatArray]) -> str:
    """Where the second learner stands before any duel: too_few, or alone where one could be held.

    `drawn`: name of an act -> the chances with which it was drawn for those who drew it.
    """
    samples = [effective(chance) for chance in drawn.values()]
    return "too_few" if len(samples) < 2 or min(samples) < LEAST_SAMPLE else "alone"


def alone() -> AbstractContextManager[Any]:
    """One thread: waiting threads of a busy machine made small trees fifty times slower."""
    from threadpoolctl import threadpool_limits

    limited: AbstractContextManager[Any] = threadpool_limits(1, user_api="openmp")
    return limited


def _tree(seed: int, people: int) -> HistGradientBoostingRegressor:
    """Few, small and slow: each leaf is a mean over hundreds of people."""
    # Scikit-learn takes a second to load, and most shops never hold a duel.
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(
        max_iter=60,
        learning_rate=0.05,
        max_leaf_nodes=6,
        min_samples_leaf=max(200, people // 50),
        l2_regularization=10.0,
        early_stopping=False,
        random_state=seed,
    )
