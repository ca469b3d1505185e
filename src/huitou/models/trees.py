"""Boosted trees over habits: who buys rather than whom, as the shop's own past teaches it.

Two pupils learn from the same lessons. The *hurdle* learns from habits alone who buys at all and
how often; the *residual* begins at the closed form and learns where that is wrong. Lessons are
earlier moments whose windows are over, and each has its total made right beforehand: what is
learned is shape, for a level learned from one year is wrong in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from huitou.models.habits import Habits
from huitou.models.numbers import Array, Index

ROUNDS = 250
MOST_ROWS = 60_000
"""Customers of so many lessons teach as much as millions, and cost a hundredth."""
LEAST = 1e-4
"""Fewer expected purchases than this are counted as this many where logarithms are taken."""
SETTINGS = {
    "num_leaves": 15,
    "learning_rate": 0.04,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "feature_pre_filter": False,
    "num_threads": 1,
    "verbose": -1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
}


@dataclass(frozen=True)
class Lesson:
    """Customers at an earlier moment: habits, what the closed form said, and what they did.

    `p_buy` and `expected` have the total of that window made right.
    """

    habits: Habits
    p_buy: Array
    expected: Array
    bought: Array


@dataclass(frozen=True)
class School:
    """All lessons, side by side: trees are grown from them when they are asked for."""

    lessons: Sequence[Lesson]

    def chances(self, now: Habits, p_buy: Array) -> tuple[Array, Array]:
        """Chances to buy by the hurdle and by the residual, from the closed form's `p_buy`."""
        pupils = self._of_chances
        hurdle: Array = pupils[0].predict(now.values, num_threads=1)
        moved = pupils[1].predict(now.values, raw_score=True, num_threads=1)
        return hurdle, chance(logit(p_buy) + moved)

    @cached_property
    def _of_chances(self) -> tuple[Any, Any]:
        bought = (self._bought > 0).astype(np.float64)
        closed = logit(self._joined("p_buy"))
        return self._grown("binary", bought, None), self._grown("binary", bought, closed)

    def days(self, now: Habits, expected: Array) -> tuple[Array, Array]:
        """Expected purchase days by the hurdle and by the residual."""
        closed = np.log(np.maximum(self._joined("expected"), LEAST))
        hurdle: Array = self._grown("poisson", self._bought, None).predict(
            now.values, num_threads=1
        )
        moved = self._grown("poisson", self._bought, closed).predict(
            now.values, raw_score=True, num_threads=1
        )
        return hurdle, np.maximum(expected, LEAST) * np.exp(moved)

    def _joined(self, name: str) -> Array:
        joined: Array = np.concatenate([getattr(each, name) for each in self.lessons])
        return joined.take(self._chosen)

    @property
    def _bought(self) -> Array:
        return self._joined("bought")

    @cached_property
    def _chosen(self) -> Index:
        """Rows in an order of their own, whatever order they came in; of very many, every k-th."""
        rows = np.vstack([each.habits.values for each in self.lessons])
        bought = np.concatenate([each.bought for each in self.lessons])
        ordered = np.lexsort([bought, *np.nan_to_num(rows, nan=-1.0).T])
        return ordered[:: -(-len(ordered) // MOST_ROWS)].astype(np.int64)

    @cached_property
    def _rows(self) -> Array:
        rows: Array = np.vstack([each.habits.values for each in self.lessons])
        return rows.take(self._chosen, axis=0)

    def _grown(self, objective: str, target: Array, start: Array | None) -> Any:
        import lightgbm

        habits = self.lessons[0].habits
        data = lightgbm.Dataset(
            self._rows,
            target,
            init_score=start,
            feature_name=list(habits.names),
            categorical_feature=list(habits.kinds),
        )
        return lightgbm.train({**SETTINGS, "objective": objective}, data, ROUNDS)


def logit(p: Array) -> Array:
    """Log odds; chances are kept off 0 and 1 by 1e-6."""
    kept = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(kept) - np.log1p(-kept)


def chance(log_odds: Array) -> Array:
    """The chance of these log odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))
