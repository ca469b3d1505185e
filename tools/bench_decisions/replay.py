"""The past asked again: how often the interval of an off-policy answer holds the truth, or nothing
is said. A made-up shop with skewed profits, whose truth is known, logs decisions at four floors.

    python -m tools.bench_decisions.replay
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huitou.proof.replay import Log, replay
from huitou.stats.intervals import wilson

PEOPLE = 5_000
REPLICATES = 400
FLOORS = (0.02, 0.05, 0.10, 0.20)
"""Chance of another act than the logged policy's best, shared among all acts."""
ACTS = 4

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """People of a made-up shop; everything about it is known here and nowhere else."""

    facts: Cells
    expected: Cells
    """(people, acts) true expected profit, after the cost of the act."""
    chance: Cells
    """(people, acts) chance to buy; who buys brings a skewed profit."""
    basket: Cells
    cost: Cells

    def happened(self, given: NDArray[np.int64], dice: np.random.Generator) -> Cells:
        """Profit of each when these acts are given."""
        rows = np.arange(len(given))
        buys = dice.random(len(given)) < self.chance[rows, given]
        spend = self.basket * np.exp(dice.normal(-0.5, 1.0, len(given)))
        return np.where(buys, spend, 0.0) - self.cost[given]


def world(dice: np.random.Generator, people: int = PEOPLE) -> World:
    """A shop: chances to buy differ, baskets are lognormal over and within people."""
    facts = dice.normal(size=(people, 3))
    at = -0.8 + 0.9 * facts[:, 0] + 0.3 * dice.normal(size=people)
    moves = np.column_stack(
        [
            np.zeros(people),
            0.15 + 0.1 * facts[:, 1],
            0.30 + 0.3 * facts[:, 2],
            0.35 - 0.3 * facts[:, 1],
        ]
    )
    chance = 1 / (1 + np.exp(-(at[:, None] + moves)))
    basket = 40 * np.exp(0.5 * facts[:, 2] + 0.5 * dice.normal(size=people))
    cost = np.array([0.0, 1.0, 4.0, 6.0])
    return World(facts, chance * basket[:, None] - cost, chance, basket, cost)


def logged(shop: World, floor: float, dice: np.random.Generator) -> tuple[Log, Cells]:
    """One log of this shop at this floor, and the chances of a policy it did not follow."""
    people = len(shop.facts)
    rows = np.arange(people)
    believed = shop.expected + dice.normal(0, 3, shop.expected.shape)
    chances = np.full((people, ACTS), floor / ACTS)
    chances[rows, believed.argmax(axis=1)] += 1 - floor
    given = (dice.random(people)[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    candidate = np.zeros((people, ACTS))
    candidate[rows, shop.expected.argmax(axis=1)] = 1.0
    log = Log(rows, given, chances, shop.happened(given, dice), shop.facts)
    return log, candidate


def tried(floor: float, replicates: int = REPLICATES, seed: int = 1) -> dict[str, float]:
    """Coverage of the answers given, the share refused, and the plain intervals beside them."""
    held, answered, plain, bias = 0, 0, {"ips": 0, "snips": 0}, 0.0
    for replicate in range(replicates):
        dice = np.random.default_rng([seed, round(1000 * floor), replicate])
        shop = world(dice)
        log, candidate = logged(shop, floor, dice)
        truth = float(((candidate - log.chances) * shop.expected).sum())
        answer = replay(log, candidate)
        if answer.interval is None or answer.value is None:
            continue
        answered += 1
        held += truth in answer.interval
        bias += (answer.value - truth) / PEOPLE
        for name, estimate in answer.plain:
            plain[name] += abs(estimate.value - truth) <= 1.96 * estimate.se
    least = max(answered, 1)
    return {
        "answered": answered,
        "coverage": held / least,
        "low": wilson(held, least).low,
        "high": wilson(held, least).high,
        "bias": bias / least,
        **{name: n / least for name, n in plain.items()},
    }


def rows() -> list[dict[str, Any]]:
    """The figures."""
    return [row for floor in FLOORS for row in _rows(floor)]


def _rows(floor: float, replicates: int = REPLICATES) -> list[dict[str, Any]]:
    found = tried(floor, replicates)
    name = f"Replay of {PEOPLE:,} decisions, floor {floor:.0%}"
    refused = 1 - found["answered"] / replicates
    share = {"name": f"{name}: refused", "value": round(refused, 3), "unit": "share",
             "peer": None, "ratio": None, "bar": None, "holds": None}  # fmt: skip
    if not found["answered"]:
        return [{**share, "bar": 1.0, "holds": True}]
    # Where few are answered, a share cannot be told from the band: it must at least touch it.
    holds = found["low"] <= 0.97 and found["high"] >= 0.92
    covered = {
        "name": f"{name}: coverage of the answers given",
        "value": round(found["coverage"], 3),
        "unit": "share",
        "peer": round(found["snips"], 3),
        "ratio": None,
        "bar": [0.92, 0.97],
        "holds": bool(holds if found["answered"] < 200 else 0.92 <= found["coverage"] <= 0.97),
    }
    return [covered, share]


if __name__ == "__main__":
    json.dump(rows(), sys.stdout, indent=1)
