"""What is learned of acts, against made-up shops whose truth is known.

Lots, outcomes and effects are made here, with nothing of huitou's in them but the first guesses
that are to be tested. Three questions: is a zero ever claimed, do intervals hold what is true, and
does the best-looking choice bring what it promises?

    python -m tools.bench_decisions.effects
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from huitou.decisions.acts import ACTS
from huitou.decisions.audience import FloatArray
from huitou.decisions.effects.design import TRIED, act_of, audience_of
from huitou.decisions.effects.learned import Learned, learn
from huitou.decisions.effects.response import expected_move
from huitou.decisions.playbook import PLAYBOOK, Effect, Playbook
from huitou.facts.life import STAGES
from huitou.ground.words import said

NAMES = ("thank", "remind", "call", "offer_10", "offer_20")
Effects = dict[tuple[str, str], float]
"""Act and stage -> log-odds that it truly moves."""
Truth = Callable[[np.random.Generator], Effects]
COSTS = np.array([0.0, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 0.3])
"""Of nothing and seven acts, in the shop's money; one more buyer is worth about thirty."""
FEATURES = 6
DONE = tuple((f"act {number}", f"act {number}", 0.0) for number in range(1, 8))
"""Name, kind and depth of the seven acts by lot."""


def odds(p: FloatArray) -> FloatArray:
    """Chance to log-odds."""
    found: FloatArray = np.log(p / (1 - p))
    return found


def chance(eta: FloatArray) -> FloatArray:
    """Log-odds to chance."""
    found: FloatArray = 1 / (1 + np.exp(-eta))
    return found


# ---- a shop that writes three letters to everybody ----


def nothing(_dice: np.random.Generator) -> Effects:
    """No act moves anybody."""
    return {(name, stage): 0.0 for name in NAMES for stage in STAGES}


def as_guessed(dice: np.random.Generator) -> Effects:
    """Acts move people as far as the playbook thinks they may."""
    found = {}
    for name in NAMES:
        for stage in STAGES:
            guess = PLAYBOOK.effect(ACTS[name], stage)
            found[name, stage] = float(dice.normal(guess.mean, guess.sd))
    return found


def shop(seed: int, people: int, truth: Truth, held: float = 0.1) -> tuple[pa.Table, Effects]:
    """Three plans' rows, and the truth behind them."""
    dice = np.random.default_rng(seed)
    effects = truth(dice)
    tables = []
    for number in range(3):
        name, stage = dice.choice(NAMES, people), dice.choice(STAGES, people)
        p_buy, treated = dice.beta(2, 5, people), dice.random(people) > held
        moved = np.array([effects[pair] for pair in zip(name, stage, strict=True)])
        # The forecast is off for everybody, and more for some stages: that is no effect.
        off = dice.normal(0, 0.2) + dice.normal(0, 0.1, len(STAGES))
        eta = odds(p_buy) + off[np.searchsorted(np.sort(STAGES), stage)] + treated * moved
        rows = {
            "plan": [f"plan {number}"] * people,
            "age_days": [120 * number] * people,
            "name": name,
            "kind": [ACTS[each].kind for each in name],
            "depth": [ACTS[each].depth for each in name],
            "meant": [ACTS[each].kind for each in name],
            "treated": treated,
            "stage": stage,
            "cause": ["unknown"] * people,
            "posterior": np.zeros(people),
            "p_buy": p_buy,
            "bought": dice.random(people) < chance(eta),
            "traits": [None] * people,
        }
        tables.append(pa.table(rows).select(TRIED.names).cast(TRIED))
    return pa.concat_tables(tables), effects


def claimed(shops: int, people: int) -> tuple[int, int]:
    """Claims made of acts that move nobody, and how many could have been made."""
    cells = [
        cell.claim
        for seed in range(shops)
        for cell in _learned(shop(seed, people, nothing)[0]).cells
    ]
    return sum(claim != "open" for claim in cells), len(cells)


def covered(shops: int, people: int) -> float:
    """Share of the 90 % intervals that hold the truth, where the playbook knows its own width."""
    inside = []
    for seed in range(shops):
        rows, effects = shop(1000 + seed, people, as_guessed)
        for cell in _learned(rows).cells:
            name = "offer_10" if cell.kind == "offer" else cell.kind
            if PLAYBOOK.effect(ACTS[name], cell.stage).sd:
                inside.append(cell.low <= effects[name, cell.stage] <= cell.high)
    return float(np.mean(inside))


def _learned(rows: pa.Table) -> Learned:
    found = learn(rows)
    assert found is not None
    return found


# ---- a crowd, seven acts by lot, and the choice of the best ----


class Town:
    """People of one town and what each act does to them; effects bend where no line can follow."""

    def __init__(self, seed: int, strength: float = 1.0) -> None:
        self.dice = np.random.default_rng(seed)
        self.levels = strength * self.dice.choice([0.0, 0.05, 0.1, 0.15, 0.25], 7)
        self.slopes = strength * self.dice.normal(0, 0.08, (7, FEATURES - 1))
        self.bends = strength * self.dice.normal(0, 0.08, (7, 2))

    def crowd(self, people: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Features, true chance to buy, a forecast of it that is off, and worth."""
        z = self.dice.normal(size=(people, FEATURES - 2))
        p = chance(-1.4 + z[:, 0] + 0.5 * self.dice.normal(size=people))
        forecast = chance(0.1 + odds(p) + 0.25 * self.dice.normal(size=people))
        worth = np.exp(3.3 + 0.8 * z[:, 1] + 0.5 * self.dice.normal(size=people))
        x = np.column_stack([np.ones(people), (odds(forecast) + 1.4) / 1.1, z])
        return x, p, forecast, worth

    def moved(self, x: FloatArray) -> FloatArray:
        """Log-odds that nothing and each act move (people, 8)."""
        straight = self.levels + x[:, 1:] @ self.slopes.T
        bent = np.outer(np.tanh(x[:, 2] * x[:, 3]), self.bends[:, 0])
        bent += np.outer(x[:, 4] > 0.5, self.bends[:, 1])
        return np.column_stack([np.zeros(len(x)), straight + bent])


def choice(seed: int, people: int, strength: float, guessed: float) -> tuple[float, float, float]:
    """What the best choice promises, what it truly brings, and the most that could be brought."""
    town, book = Town(seed, strength), guesses(guessed)
    found = learn(in_town(town, people), book)
    assert found is not None
    x, p, forecast, worth = town.crowd(10_000)
    known = audience_of(pa.table(all_alike(forecast)), x[:, 2:])
    moved = [np.zeros(len(x))]
    moved += [expected_move(forecast, *found.shifts(act_of(*each), known)) for each in DONE]
    promised = np.column_stack(moved) * worth[:, None] - COSTS
    true = (chance(odds(p)[:, None] + town.moved(x)) - p[:, None]) * worth[:, None] - COSTS
    rows, best = np.arange(len(x)), promised.argmax(axis=1)
    return (
        float(promised[rows, best].mean()),
        float(true[rows, best].mean()),
        float(true.max(axis=1).mean()),
    )


def in_town(town: Town, people: int) -> pa.Table:
    """One plan there, acts by lot, with what came of it."""
    x, p, forecast, _ = town.crowd(people)
    act = town.dice.integers(0, 8, people)
    bought = town.dice.random(people) < chance(odds(p) + town.moved(x)[np.arange(people), act])
    done = [("nothing", "nothing", 0.0), *DONE]
    columns = {
        "plan": ["one"] * people,
        "age_days": [0] * people,
        "name": [done[each][0] for each in act],
        "kind": [done[each][1] for each in act],
        "depth": np.zeros(people),
        "meant": ["nothing"] * people,
        "treated": act > 0,
        "bought": bought,
        "traits": list(x[:, 2:]),
    }
    return pa.table({**columns, **all_alike(forecast)}).select(TRIED.names).cast(TRIED)


def all_alike(forecast: FloatArray) -> dict[str, Any]:
    """Columns of people of whom nothing is known but how likely they are to buy."""
    many = len(forecast)
    return {
        "stage": ["active"] * many,
        "cause": ["unknown"] * many,
        "posterior": np.zeros(many),
        "p_buy": forecast,
    }


def guesses(level: float) -> Playbook:
    """First guesses of seven acts: a level each, and nothing known of who answers more."""
    effect = Effect(level, 0.15, said("A guess for a made-up town."))
    return Playbook({kind: {"active": effect} for _, kind, _ in DONE}, {})


NO_GUESS, RIGHT, WRONG = 0.0, 0.1, -0.2


def kept(people: int, strength: float, guessed: float, plans: int) -> tuple[float, float]:
    """Promised over true gain, and true over possible gain, over so many plans."""
    found = np.array([choice(seed, people, strength, guessed) for seed in range(plans)])
    promised, true, most = found.mean(axis=0)
    return float(promised / true), float(true / most)


def rows(plans: int = 50) -> list[dict[str, Any]]:
    """The bench as rows; about two minutes of one thread."""
    found = []
    claims, cells = claimed(plans, 1000)
    found.append(_row(f"zero effects claimed, of {cells}", claims, "claims", 0, claims == 0))
    cover = covered(plans, 1500)
    fair = 0.85 <= cover <= 0.95
    found.append(_row("90 % intervals that hold", cover, "share", "0.85-0.95", fair))
    for people in (2_000, 8_000, 32_000):
        some = plans if people < 32_000 else plans // 2
        for name, guessed in (("none", NO_GUESS), ("right", RIGHT), ("wrong", WRONG)):
            ratio, share = kept(people, 1.0, guessed, some)
            title = f"{people} people, guess {name}"
            holds = 0.7 <= ratio <= 1.3
            found.append(_row(f"promised / true gain, {title}", ratio, "ratio", "0.7-1.3", holds))
            found.append(_row(f"true / possible gain, {title}", share, "share", None, None))
    began = time.process_time()
    choice(0, 128_000, 1.0, NO_GUESS)
    spent = time.process_time() - began
    found.append(_row("learn from 128,000 and choose", spent, "CPU s", 10, spent <= 10))
    return found


def _row(name: str, value: float, unit: str, bar: Any, holds: bool | None) -> dict[str, Any]:
    told = {"name": name, "value": round(value, 3), "unit": unit, "peer": None, "ratio": None}
    return {**told, "bar": bar, "holds": holds}


if __name__ == "__main__":
    json.dump(rows(int(sys.argv[1]) if len(sys.argv) > 1 else 50), sys.stdout, indent=1)
    print()
