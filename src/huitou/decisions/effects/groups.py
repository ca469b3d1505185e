"""Groups of people whom an act moves otherwise than is believed: small trees, read honestly.

A tree splits people on one half of the rows; how far each of its groups lies from the belief is
read on the other half, which had no say in the split (Athey & Imbens 2016). So a group that was
found by luck shows nothing when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from huitou.decisions.audience import Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.effects.bends import Scale
from huitou.decisions.effects.response import log_odds
from huitou.facts.life import STAGES

GROUPS, LEAST = 12, 0.03
"""Groups of one tree at most, and the share of the rows that each has at least."""
FEWEST = 60
"""Rows that a group has at least: a dozen people are a story."""


@dataclass(frozen=True)
class Tree:
    """Nodes as columns; a leaf is its own left and right."""

    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    found: FloatArray
    """Of each node: how far it lies from the belief, in log-odds."""
    variance: FloatArray
    """Of `found`; infinite where nobody was read."""

    def leaf(self, x: FloatArray) -> IntArray:
        """The group of each row of `features_of`."""
        # Thresholds were found among 32-bit numbers.
        seen, rows = x.astype(np.float32), np.arange(len(x))
        at = np.zeros(len(x), dtype=np.int64)
        while True:
            goes = seen[rows, self.feature[at]] <= self.threshold[at]
            there = np.where(goes, self.left[at], self.right[at])
            if np.array_equal(there, at):
                return at
            at = there

    def shrunk(self, spread: float) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of each node, when groups differ from the belief by this spread."""
        share = spread**2 / (spread**2 + self.variance) if spread > 0 else 0 * self.found
        return np.where(share > 0, share * self.found, 0.0), spread**2 * (1 - share)

    def written(self) -> dict[str, list[float | None]]:
        """As a JSON value: an infinite variance is None."""
        told = {name: getattr(self, name).tolist() for name in Tree.__dataclass_fields__}
        told["threshold"] = [float(f"{each:.12g}") for each in told["threshold"]]
        told["found"] = [float(f"{each:.12g}") for each in told["found"]]
        told["variance"] = [
            float(f"{each:.12g}") if np.isfinite(each) else None for each in told["variance"]
        ]
        return told

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Tree:
        """Back from `written`."""
        variance = [np.inf if each is None else each for each in written["variance"]]
        return cls(
            feature=np.array(written["feature"], dtype=np.int64),
            threshold=np.array(written["threshold"], dtype=np.float64),
            left=np.array(written["left"], dtype=np.int64),
            right=np.array(written["right"], dtype=np.int64),
            found=np.array(written["found"], dtype=np.float64),
            variance=np.array(variance, dtype=np.float64),
        )


def features_of(people: Audience, scale: Scale) -> FloatArray:
    """What people are split by: traits, forecast, stage, and how far a cause is suspected."""
    stages = [people.stage == stage for stage in STAGES]
    traits = scale.standard(people.traits)
    told = [log_odds(people.p_buy), people.suspicion, *stages]
    return np.column_stack([traits, *told]).astype(np.float64)


def grown(x: FloatArray, missed: FloatArray, weight: FloatArray, split: BoolArray) -> Tree | None:
    """A tree split on some rows (`split`) and read on the others; None where they are too few.

    Args:
        x: `features_of` the rows.
        missed: how far each lies from the belief, in log-odds: noisy, right on average.
        weight: 1 / variance of `missed`.
        split: the rows that have a say in the groups.
    """
    from sklearn.tree import DecisionTreeRegressor

    fewest = max(FEWEST, int(np.ceil(LEAST * split.sum())))
    if split.sum() < 2 * fewest or not (~split).any():
        return None
    tree = DecisionTreeRegressor(max_leaf_nodes=GROUPS, min_samples_leaf=fewest, random_state=0)
    tree.fit(x[split], missed[split], sample_weight=weight[split])
    nodes = tree.tree_
    own = np.arange(nodes.node_count)
    ends = nodes.children_left < 0
    shape = Tree(
        feature=np.where(ends, 0, nodes.feature).astype(np.int64),
        threshold=np.where(ends, 0.0, nodes.threshold).astype(np.float64),
        left=np.where(ends, own, nodes.children_left).astype(np.int64),
        right=np.where(ends, own, nodes.children_right).astype(np.int64),
        found=np.zeros(len(own)),
        variance=np.full(len(own), np.inf),
    )
    return _read(shape, x[~split], missed[~split], weight[~split])


def _read(tree: Tree, x: FloatArray, missed: FloatArray, weight: FloatArray) -> Tree:
    """How far each group lies from the belief, by rows that had no say in it."""
    leaf, nodes = tree.leaf(x), len(tree.found)
    heavy = np.bincount(leaf, weights=weight, minlength=nodes)
    pulled = np.bincount(leaf, weights=weight * missed, minlength=nodes)
    there = heavy > 0
    found = np.divide(pulled, heavy, out=np.zeros(nodes), where=there)
    variance = np.divide(1.0, heavy, out=np.full(nodes, np.inf), where=there)
    return replace(tree, found=found, variance=variance)


def spread_of(trees: Sequence[Tree]) -> float:
    """How far groups truly lie from the belief (log-odds): what chance alone does not explain."""
    found = np.concatenate([tree.found for tree in trees] or [np.zeros(0)])
    variance = np.concatenate([tree.variance for tree in trees] or [np.zeros(0)])
    there = np.isfinite(variance)
    if not there.any():
        return 0.0
    found, variance = found[there], variance[there]
    weight = 1 / variance
    beyond = float((weight * (found**2 - variance)).sum() / weight.sum())
    return float(np.sqrt(max(beyond, 0.0)))
