"""A shop where the truth is known: what an experiment would show, and what the best plan gains.

    gain of an act = Δp · worth − p · depth · basket − contact − minutes · wage

with `p` the true chance to come back under the act. The oracle takes for each person the act of the
greatest gain, or none; what it gains over doing nothing is the measure of everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from tools.worlds.nature import DEEDS, MINUTE, STRENGTH, Kind, Nature, nature
from tools.worlds.people import Crowd, People, crowd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MARGIN = 0.3
"""Of each basket remains so much profit."""
BASKETS = 1.5
"""A return is worth so many baskets' profit: this one, and half of a next."""
NOISE = 1.0
"""Spread (log) of what a return really brings around what it is worth; its mean is 1."""
SURE, UNSURE = 0.9, 0.02
"""Chances to come back untouched are kept between these."""


@dataclass(frozen=True)
class Trial:
    """An experiment as a shop would have it in its log, in rows of people."""

    people: People
    act: IntArray
    propensity: FloatArray
    """The chance that this person had of the act they got."""
    bought: FloatArray
    """1 who came back within the horizon, else 0."""
    profit: FloatArray
    """What came in less all that was spent, minor units."""

    def __len__(self) -> int:
        return len(self.act)


@dataclass(frozen=True)
class World:
    """A crowd, how they come back untouched, and what acts do to them."""

    crowd: Crowd
    nature: Nature
    baseline: HistGradientBoostingClassifier
    centre: FloatArray
    spread: FloatArray
    usual: float
    """What a return of the usual person is worth; costs are shares of it."""

    # ---- what a shop knows ----

    def worth(self, people: People) -> FloatArray:
        """Profit that one return brings, in expectation (n,)."""
        return MARGIN * BASKETS * people.basket

    def contact(self) -> FloatArray:
        """Paid for everybody an act is done to, staff included (8,)."""
        shares = [deed.contact + deed.minutes * MINUTE for deed in DEEDS]
        return self.usual * np.array(shares)

    def offered(self, people: People) -> FloatArray:
        """What who comes back takes off (n, 8)."""
        depth = np.array([deed.depth for deed in DEEDS])
        return np.asarray(people.basket[:, None] * depth, dtype=np.float64)

    def standard(self, people: People) -> FloatArray:
        """Features with mean 0 and spread 1 over the crowd (n, 6)."""
        return np.asarray((people.features - self.centre) / self.spread, dtype=np.float64)

    # ---- the truth ----

    def untouched(self, people: People) -> FloatArray:
        """True chance to come back when nothing is done (n,)."""
        with threadpool_limits(1):  # several threads wait for each other on a busy machine
            told = self.baseline.predict_proba(people.features)[:, 1]
        return np.asarray(np.clip(told, UNSURE, SURE), dtype=np.float64)

    def chances(self, people: People) -> FloatArray:
        """True chance to come back under each act (n, 8)."""
        shifts = self.nature.shifts(self.standard(people))
        return np.asarray(expit(logit(self.untouched(people))[:, None] + shifts))

    def gains(self, people: People) -> FloatArray:
        """True gain of each act over nothing (n, 8), minor units; 0 for nothing."""
        chances = self.chances(people)
        moved = chances - chances[:, :1]
        return (
            moved * self.worth(people)[:, None]
            - chances * self.offered(people)
            - self.contact()[None, :]
        )

    def gained(self, people: People, choice: IntArray) -> float:
        """True gain over nothing, per person, of giving each the act chosen."""
        return float(self.gains(people)[np.arange(len(people)), choice].mean())

    def best(self, people: People) -> IntArray:
        """The oracle's choice."""
        return np.asarray(np.argmax(self.gains(people), axis=1), dtype=np.int64)

    # ---- what can be seen of it ----

    def history(self, n: int, seed: int) -> tuple[People, FloatArray]:
        """People of a time when nothing was done, and whether they came back."""
        dice = np.random.default_rng([seed, 1])
        people = self.crowd.draw(n, dice)
        return people, (dice.random(n) < self.untouched(people)).astype(np.float64)

    def trial(self, n: int, seed: int, shares: FloatArray | None = None) -> Trial:
        """An experiment: acts by lot, in equal shares or in these (8,), and what came of them."""
        dice = np.random.default_rng([seed, 2])
        people = self.crowd.draw(n, dice)
        drawn = np.full(len(DEEDS), 1 / len(DEEDS)) if shares is None else shares
        act = dice.choice(len(DEEDS), size=n, p=drawn)
        bought = dice.random(n) < self.chances(people)[np.arange(n), act]
        return Trial(people, act, drawn[act], *self._came_of(people, act, bought, dice))

    def _came_of(
        self, people: People, act: IntArray, bought: NDArray[np.bool_], dice: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        luck = np.exp(dice.normal(-(NOISE**2) / 2, NOISE, len(people)))
        each = self.worth(people) * luck - self.offered(people)[np.arange(len(people)), act]
        return bought.astype(np.float64), bought * each - self.contact()[act]


def dear_seldom(world: World) -> FloatArray:
    """Shares of an experiment that seldom draws dear acts: a fifth nothing, the rest by cost."""
    price = world.contact() + np.array([deed.depth for deed in DEEDS]) * 0.3 * world.usual
    weight = 1 / (0.02 * world.usual + price[1:])
    return np.concatenate([[0.2], 0.8 * weight / weight.sum()])


def world(shop: str, kind: Kind, seed: int, data: Path) -> World:
    """The world of one shop, one kind of nature and one seed.

    Raises:
        FileNotFoundError: when the shop's log is not in `data`.
    """
    return of_crowd(crowd(shop, data), nature(kind, seed, STRENGTH.get((shop, kind), 1.0)))


def of_crowd(crowd: Crowd, nature: Nature) -> World:
    """A world of these people; how they come back untouched is fitted to what they really did."""
    features = crowd.people.features
    untouched = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=60, random_state=0
    )
    with threadpool_limits(1):
        untouched.fit(features, crowd.returned)
    usual = MARGIN * BASKETS * float(np.median(crowd.people.basket))
    return World(crowd, nature, untouched, features.mean(axis=0), features.std(axis=0), usual)
