"""A second learner beside the standing one: the same belief, corrected for groups it cannot see.

The standing learner draws lines with knees, and lends what one depth taught to the others. What it
misses (a corner of three traits, a band, one act that is unlike its kind) shows in who buys oftener
or more rarely than it expects. Small trees look for such groups, act by act. Whether that pays is
not theirs to say: `proof.contest` lets them in, or does not.

Who got an act is held against who drew nothing, by the chances of the draw (Nie & Wager 2021): a
forecast that is wrong for both is no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, BoolArray, FloatArray
from huitou.decisions.effects.drawn import Drawn
from huitou.decisions.effects.groups import Tree, features_of, grown, spread_of
from huitou.decisions.effects.learned import Learned
from huitou.decisions.effects.response import Block, Normal, fit_blocks, log_odds
from huitou.ground.ids import fingerprint, lot

FEWEST = 200
"""People who got an act, and who drew nothing in its place, below which no groups are looked for.
"""
FARTHEST = 1.0
"""No group is corrected by more log-odds than this."""
HALVES = 2
"""Times that people are halved: each halving gives two trees an act."""
SLOPE, LEVEL = 0.25, 0.5
"""Widths around the forecast as it stands: of its slope, and of the level of each campaign."""


@dataclass(frozen=True)
class Challenger:
    """The standing belief with what groups add to it. Fulfils `Effects`."""

    standing: Learned
    trees: Mapping[str, tuple[Tree, ...]]
    """Act by its name -> its trees."""
    spread: float
    """How far groups truly lie from the standing belief, in log-odds."""

    @cached_property
    def version(self) -> str:
        """Names the belief, as a fingerprint: `challenger:4f0c…`."""
        told = repr((self.standing.version, sorted(self.written().items())))
        return f"challenger:{fingerprint(told)[:12]}"

    @property
    def letters(self) -> Mapping[str, int]:
        """Of the standing belief: both read the same letters."""
        return self.standing.letters

    def shifts(self, act: Act, people: Audience) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of the shift of each person; the standing one's for an act without groups."""
        mean, sd = self.standing.shifts(act, people)
        trees = self.trees.get(act.name, ())
        if not trees:
            return mean, sd
        x = features_of(people, self.standing.scale)
        more, variance = np.zeros(len(people)), np.zeros(len(people))
        for tree in trees:
            leaf = tree.leaf(x)
            found, doubt = tree.shrunk(self.spread)
            more += found[leaf] / len(trees)
            variance += doubt[leaf] / len(trees)
        return mean + np.clip(more, -FARTHEST, FARTHEST), np.sqrt(sd**2 + variance)

    def written(self) -> dict[str, Any]:
        """What groups add, as a JSON value; the standing belief is written apart."""
        trees = {name: [tree.written() for tree in some] for name, some in self.trees.items()}
        return {"spread": float(f"{self.spread:.12g}"), "trees": trees}

    @classmethod
    def read(cls, written: Mapping[str, Any], standing: Learned) -> Challenger:
        """Back from `written`."""
        trees = {
            name: tuple(Tree.read(tree) for tree in some) for name, some in written["trees"].items()
        }
        return cls(standing, trees, written["spread"])


def challenge(drawn: Drawn, standing: Learned) -> Challenger:
    """Look for groups that the standing belief misses; with too few people there are none."""
    x = features_of(drawn.people, standing.scale)
    missed, slope = _missed(drawn, standing)
    halves = [_half(drawn, str(number)) for number in range(HALVES)]
    trees: dict[str, tuple[Tree, ...]] = {}
    for column, act in enumerate(drawn.acts[1:], start=1):
        rows, treated, chance = _those(drawn, column)
        if min(treated.sum(), (~treated).sum()) < FEWEST:
            continue
        # How far an act missed, told by everybody who could have drawn it or nothing.
        leans = slope[rows] * (treated - chance)
        far, weight = missed[rows] / leans, leans * (treated - chance)
        some = [
            grown(x[rows], far, weight, split)
            for half in halves
            for split in (half[rows], ~half[rows])
        ]
        trees[act.name] = tuple(tree for tree in some if tree is not None)
    return Challenger(
        standing, trees, spread_of([each for some in trees.values() for each in some])
    )


def _those(drawn: Drawn, column: int) -> tuple[Any, BoolArray, FloatArray]:
    """Who drew this act or nothing, where both were possible: which of the two, and its chance."""
    both = (drawn.chances[:, column] > 0) & (drawn.chances[:, 0] > 0)
    rows = np.flatnonzero(both & ((drawn.given == column) | (drawn.given == 0)))
    act, nothing = drawn.chances[rows, column], drawn.chances[rows, 0]
    return rows, drawn.given[rows] == column, act / (act + nothing)


def _missed(drawn: Drawn, standing: Learned) -> tuple[FloatArray, FloatArray]:
    """How far who bought differs from what the standing belief expects, and how steep the chance
    is there."""
    offset = np.zeros(len(drawn))
    for column, act in enumerate(drawn.acts[1:], start=1):
        mine = np.flatnonzero(drawn.given == column)
        if len(mine):
            offset[mine] = standing.shifts(act, drawn.among(mine).people)[0]
    names, plan = np.unique(np.array(drawn.tried["plan"].to_pylist()), return_inverse=True)
    levels = plan[:, None] == np.arange(len(names))
    columns = np.column_stack([log_odds(drawn.people.p_buy), levels]).astype(np.float64)
    prior = Normal.apart(
        np.concatenate([[1.0], np.zeros(len(names))]),
        np.concatenate([[SLOPE], np.full(len(names), LEVEL)]),
    )
    block = Block(columns, drawn.bought, offset, np.arange(columns.shape[1]))
    fitted = fit_blocks([block], prior)
    p = 1 / (1 + np.exp(-(offset + columns @ fitted.mean)))
    return drawn.bought - p, p * (1 - p)


def _half(drawn: Drawn, number: str) -> BoolArray:
    """A half of the people, the same whatever else is in the log."""
    people, where = np.unique(drawn.person, return_inverse=True)
    half = np.array([lot("groups", number, str(person)) < 0.5 for person in people.tolist()])
    return half[where]
