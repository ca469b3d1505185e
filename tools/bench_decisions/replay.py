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
REPLICATES = 1_000
FLOORS = (0.02, 0.05, 0.10, 0.20)
"""Chance of another act than the logged policy's best, shared among all acts."""
ACTS = 4
MOSTLY = 0.95
"""Share of refusals above which a row is judged by them."""
TIMES = 3
"""Plans that each person is in, in the rows where they are in several."""

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


def world(dice: np.random.Generator, people: int = PEOPLE, times: int = 1) -> World:
    """A shop: chances to buy differ, baskets are lognormal over and within people.

    With `times`, each person stands there so often, with the same facts, chances and basket.
    """
    facts = np.repeat(dice.normal(size=(people // times, 3)), times, axis=0)
    people = len(facts)
    at = -0.8 + 0.9 * facts[:, 0] + 0.3 * _own(dice, people, times)
    moves = np.column_stack(
        [
            np.zeros(people),
            0.15 + 0.1 * facts[:, 1],
            0.30 + 0.3 * facts[:, 2],
            0.35 - 0.3 * facts[:, 1],
        ]
    )
    chance = 1 / (1 + np.exp(-(at[:, None] + moves)))
    basket = 40 * np.exp(0.5 * facts[:, 2] + 0.5 * _own(dice, people, times))
    cost = np.array([0.0, 1.0, 4.0, 6.0])
    return World(facts, chance * basket[:, None] - cost, chance, basket, cost)


def _own(dice: np.random.Generator, people: int, times: int) -> Cells:
    """What is a person's own and in no fact: the same every time they stand there."""
    return np.repeat(dice.normal(size=people // times), times)


def logged(
    shop: World, floor: float, dice: np.random.Generator, times: int = 1
) -> tuple[Log, Cells]:
    """One log of this shop at this floor, and the chances of a policy it did not follow."""
    people = len(shop.facts)
    rows = np.arange(people)
    believed = shop.expected + dice.normal(0, 3, shop.expected.shape)
    chances = np.full((people, ACTS), floor / ACTS)
    chances[rows, believed.argmax(axis=1)] += 1 - floor
    given = (dice.random(people)[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    candidate = np.zeros((people, ACTS))
    candidate[rows, shop.expected.argmax(axis=1)] = 1.0
    log = Log(rows // times, given, chances, shop.happened(given, dice), shop.facts)
    return log, candidate


def tried(
    floor: float, replicates: int = REPLICATES, seed: int = 1, times: int = 1
) -> dict[str, float]:
    """Coverage of the answers given, the share refused, and the plain intervals beside them."""
    held, answered, plain, bias = 0, 0, {"ips": 0, "snips": 0}, 0.0
    for replicate in range(replicates):
        dice = np.random.default_rng([seed, round(1000 * floor), replicate])
        shop = world(dice, times=times)
        log, candidate = logged(shop, floor, dice, times)
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
    return [row for times in (1, TIMES) for floor in FLOORS for row in _rows(floor, times=times)]


def _rows(floor: float, replicates: int = REPLICATES, times: int = 1) -> list[dict[str, Any]]:
    found = tried(floor, replicates, times=times)
    name = f"Replay of {PEOPLE:,} decisions, floor {floor:.0%}"
    name += f", {times} plans a person" if times > 1 else ""
    refused = 1 - found["answered"] / replicates
    share = {"name": f"{name}: refused", "value": round(refused, 3), "unit": "share",
             "peer": None, "ratio": None, "bar": None, "holds": None}  # fmt: skip
    # Where nearly all are refused, that is the answer: the coverage of a few says little.
    rare = refused > MOSTLY
    if rare:
        share |= {"bar": MOSTLY, "holds": True}
    if not found["answered"]:
        return [share]
    covered = {
        "name": f"{name}: coverage of the answers given",
        "value": round(found["coverage"], 3),
        "unit": "share",
        "peer": round(found["snips"], 3),
        "ratio": None,
        "bar": [0.92, 0.97],
        "holds": None if rare else bool(0.92 <= found["coverage"] <= 0.97),
    }
    return [covered, share]


if __name__ == "__main__":
    json.dump(rows(), sys.stdout, indent=1)
