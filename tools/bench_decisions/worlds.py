"""The learner before a judge that knows the truth: `tools.worlds`, from 500 people to 128,000.

Each plan is made from an experiment alone, then judged on other people of the same world by what is
true there. The playbook handed to the learner says nothing, is right (the hunch that worlds depart
from), is wrong (all its slopes turned round), or is rosy (its levels three times as high, and its
slopes turned round). `HUITOU_BENCH=full` takes more worlds of each size. Peers: `make bench-peers`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from huitou.decisions.effects.bends import bent, widths
from huitou.decisions.effects.response import ActsPosterior, Normal
from huitou.decisions.effects.weighing import weigh_acts
from tools.peers import causal_asked
from tools.worlds.nature import DEEDS, HUNCH, Kind, nature
from tools.worlds.people import SHOPS, Crowd, People, crowd
from tools.worlds.world import Trial, World, dear_seldom, of_crowd, world

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FULL = os.environ.get("HUITOU_BENCH") == "full"
SIZES = {500: 6, 2_000: 4, 8_000: 4, 32_000: 2, 128_000: 1}
"""People in the experiment, and seeds of each shop and nature (`full`: three times as many)."""
BARS = {8_000: 0.45, 32_000: 0.60, 128_000: 0.82}
NEVER_BELOW = -0.05
JUDGED = 20_000
"""Other people of the same world, on whom a plan is judged."""
KINDS: tuple[Kind, ...] = ("smooth", "stepped")
STILL_SIZES, STILL_SEEDS = (2_000, 8_000), 10
Z99 = 2.5758293035489004
TURNED = np.column_stack([HUNCH[:, :1], -HUNCH[:, 1:]])
PLAYBOOKS = {
    "no playbook": np.zeros_like(HUNCH),
    "playbook right": HUNCH,
    "playbook wrong": TURNED,
    "playbook rosy and wrong": np.column_stack([3 * HUNCH[:, :1], -HUNCH[:, 1:]]),
}
PEERS_AT: dict[int, tuple[Kind, ...]] = {8_000: KINDS, 32_000: ("smooth",)}
"""Where peers are asked, one world of each shop: they need minutes."""
FIRST = 100
"""Seeds start here: worlds that nobody looked at while the learner was made."""


@dataclass(frozen=True)
class Seen:
    """What a shop has when it decides: an experiment, and a forecast from an earlier time."""

    world: World
    trial: Trial
    forecast: LogisticRegression

    @classmethod
    def of(cls, world: World, n: int, seed: int, shares: FloatArray | None = None) -> Seen:
        """An experiment with `n` people, after as many were watched untouched."""
        people, returned = world.history(n, seed)
        columns = bent(world.standard(people))[0][:, 1:]
        forecast = LogisticRegression(C=0.1, max_iter=500).fit(columns, returned)
        return cls(world, world.trial(n, seed, shares), forecast)

    def p0(self, people: People) -> FloatArray:
        """The forecast chance to come back untouched."""
        columns = bent(self.world.standard(people))[0][:, 1:]
        told = self.forecast.predict_proba(columns)[:, 1]
        return np.asarray(np.clip(told, 0.01, 0.97), dtype=np.float64)

    def gains(self, people: People, base: FloatArray, deltas: FloatArray) -> FloatArray:
        """Changes of chances, priced with what the shop knows: worth and costs."""
        known = self.world
        paid = (base[:, None] + deltas) * known.offered(people) + known.contact()
        priced: FloatArray = deltas * known.worth(people)[:, None] - paid
        priced[:, 0] = 0.0
        return priced


@dataclass(frozen=True)
class Plan:
    """One plan, judged: its true gain and its promise, as shares of the oracle's gain."""

    share: float
    promised: float
    cpu: float


def learned(seen: Seen, playbook: FloatArray) -> ActsPosterior:
    """Our belief, from the experiment and this playbook (8, 7)."""
    x, bends = bent(seen.world.standard(seen.trial.people))
    sd = widths(playbook.shape[1] - 1, bends)
    guesses = [Normal.apart(np.append(row, np.zeros(bends)), sd) for row in playbook[1:]]
    trial = seen.trial
    return weigh_acts(x, trial.act, trial.bought, seen.p0(trial.people), guesses, bends=bends)


def planned(seen: Seen, belief: ActsPosterior, people: People) -> FloatArray:
    """The gains we expect of each act for each person."""
    p0 = seen.p0(people)
    x, _ = bent(seen.world.standard(people))
    return seen.gains(people, belief.baseline(p0), belief.deltas(p0, x))


def judged(world: World, people: People, gains: FloatArray, cpu: float) -> Plan:
    """Take the best of these gains for each person, and see what it truly brings."""
    choice = gains.argmax(axis=1)
    oracle = world.gained(people, world.best(people))
    promised = float(gains[np.arange(len(people)), choice].mean())
    return Plan(world.gained(people, choice) / oracle, promised / oracle, cpu)


def rows() -> list[dict[str, Any]]:
    """The figures."""
    with threadpool_limits(1):
        plans = {
            name: {n: list(_plans(n, book)) for n in SIZES} for name, book in PLAYBOOKS.items()
        }
        peers = _peers()
        return [
            *(row for name in plans for row in _shares(name, plans[name])),
            *(row for name in plans for row in _never_below(name, plans[name])),
            *_promises(plans),
            *_by_nature(plans["no playbook"]),
            _seldom(),
            *_still(),
            *_beside(peers),
        ]


def data() -> Path:
    """Where the shops' logs are.

    Raises:
        FileNotFoundError: when the variable does not say.
    """
    told = os.environ.get("HUITOU_TEST_DATA")
    if not told:
        raise FileNotFoundError("$HUITOU_TEST_DATA names no folder with the shops' logs")
    return Path(told)


@cache
def _crowd(shop: str) -> Crowd:
    return crowd(shop, data())


def _worlds(n: int) -> Iterator[tuple[str, Kind, int]]:
    for shop in SHOPS:
        for kind in KINDS:
            for seed in range(FIRST, FIRST + SIZES[n] * (3 if FULL else 1)):
                yield shop, kind, seed


@cache
def _seen(shop: str, kind: Kind, n: int, seed: int) -> tuple[Seen, float]:
    there = world(shop, kind, seed, data())
    began = time.process_time()
    seen = Seen.of(there, n, seed)
    return seen, time.process_time() - began


def _others(there: World, seed: int) -> People:
    return there.crowd.draw(JUDGED, np.random.default_rng([seed, 9]))


def _plans(n: int, playbook: FloatArray) -> Iterator[tuple[str, Plan]]:
    for shop, kind, seed in _worlds(n):
        seen, before = _seen(shop, kind, n, seed)
        began = time.process_time()
        belief = learned(seen, playbook)
        cpu = before + time.process_time() - began
        others = _others(seen.world, seed)
        yield kind, judged(seen.world, others, planned(seen, belief, others), cpu)
    print(f"  {n:,} people", file=sys.stderr)


def _row(
    name: str, value: float, unit: str, bar: Any, holds: bool | None, peer: Any = None
) -> dict[str, Any]:
    ratio = value / peer if peer and peer > 0 else None
    row = {"name": name, "value": value, "unit": unit, "peer": peer, "ratio": ratio}
    return {**row, "bar": bar, "holds": holds}


Plans = dict[int, list[tuple[str, Plan]]]
Peers = dict[tuple[str, int], list[float]]


def _mean(found: Sequence[tuple[str, Plan]]) -> float:
    return float(np.mean([plan.share for _, plan in found]))


def _shares(name: str, plans: Plans) -> list[dict[str, Any]]:
    told = []
    for n, found in plans.items():
        share, bar = _mean(found), BARS.get(n)
        said = f"share of the oracle's gain, {n:,} people, {name}"
        told.append(_row(said, share, "", bar, None if bar is None else share >= bar))
    cpu = float(np.mean([plan.cpu for _, plan in plans[max(plans)]]))
    return [*told, _row(f"{max(plans):,} people, {name}: CPU with forecast", cpu, "s", None, None)]


def _never_below(name: str, plans: Plans) -> list[dict[str, Any]]:
    """The lowest mean over worlds of one size, and the unluckiest single plan of all."""
    worst = min(_mean(found) for found in plans.values())
    single = min(plan.share for found in plans.values() for _, plan in found)
    said = f"lowest share at any size from 500 people, {name}"
    return [
        _row(said, worst, "", NEVER_BELOW, worst >= NEVER_BELOW),
        _row(f"unluckiest single plan, {name}", single, "", None, None),
    ]


def _promises(plans: dict[str, Plans]) -> list[dict[str, Any]]:
    """Promised over true, of all plans from experiments of 8,000 people and more."""
    told, every = [], list[Plan]()
    for name, sizes in plans.items():
        made = [plan for n in BARS for _, plan in sizes[n]]
        every += made
        told.append(
            _row(f"promised / true, {len(made)} plans, {name}", _kept(made), "", None, None)
        )
    kept = _kept(every)
    said = f"promised / true, all {len(every)} plans"
    return [_row(said, kept, "", "0.7 to 1.3", 0.7 <= kept <= 1.3 and len(every) >= 50), *told]


def _kept(plans: list[Plan]) -> float:
    return sum(plan.promised for plan in plans) / sum(plan.share for plan in plans)


def _by_nature(plans: Plans) -> list[dict[str, Any]]:
    return [
        _row(
            f"the same, {n:,} people, no playbook, {kind} effects alone",
            float(np.mean([plan.share for of, plan in plans[n] if of == kind])), "", None, None,
        )
        for n in BARS for kind in KINDS
    ]  # fmt: skip


def _seldom() -> dict[str, Any]:
    """The same learner after an experiment that drew dear acts seldom."""
    found = []
    for shop, kind, seed in _worlds(8_000):
        there = world(shop, kind, seed, data())
        seen = Seen.of(there, 8_000, seed, dear_seldom(there))
        others = _others(there, seed)
        belief = learned(seen, PLAYBOOKS["no playbook"])
        found.append((kind, judged(there, others, planned(seen, belief, others), 0.0)))
    said = "share, 8,000 people, no playbook, dear acts drawn seldom"
    return _row(said, _mean(found), "", None, None)


def _still() -> list[dict[str, Any]]:
    """Where nothing moves anybody: what is claimed, and what believing costs."""
    claims, lost, told = 0, [], 0
    for shop in SHOPS:
        there = of_crowd(_crowd(shop), nature("still", 0, 1.0))
        others = _others(there, 0)
        mean = bent(there.standard(others))[0].mean(axis=0, keepdims=True)
        for n in STILL_SIZES:
            for seed in range(FIRST, FIRST + STILL_SEEDS):
                seen = Seen.of(there, n, seed)
                belief = learned(seen, PLAYBOOKS["no playbook"])
                for act in range(1, len(DEEDS)):
                    (shift,), (sd,) = belief.of(act).shift(mean)
                    claims += bool(shift - Z99 * sd > 0)
                    told += 1
                choice = planned(seen, belief, others).argmax(axis=1)
                lost.append(there.gained(others, choice) / there.usual)
    return [
        _row(f"planted zero: effects claimed, of {told} looked at", claims, "", 0, claims == 0),
        _row("planted zero: gained per person, in usual returns", float(np.mean(lost)), "", None,
             None),
    ]  # fmt: skip


def _peers() -> Peers:
    """Shares of every peer, on one world of each shop and nature; nothing where none is here."""
    found: Peers = {}
    if causal_asked.missing():
        return found
    for n, kinds in PEERS_AT.items():
        for shop in SHOPS:
            for kind in kinds:
                for name, share in _asked(shop, kind, n):
                    found.setdefault((name, n), []).append(share)
    print("  peers", file=sys.stderr)
    return found


def _asked(shop: str, kind: Kind, n: int) -> Iterator[tuple[str, float]]:
    """Peers get the forecast as one more feature; response or profit is what they learn."""
    seen, _ = _seen(shop, kind, n, FIRST)
    there, trial, others = seen.world, seen.trial, _others(seen.world, FIRST)
    p0, p0_others = seen.p0(trial.people), seen.p0(others)
    question = causal_asked.Question(
        np.column_stack([there.standard(trial.people), logit(p0)]),
        trial.act,
        {"response": trial.bought, "profit": trial.profit / there.usual},
        np.column_stack([there.standard(others), logit(p0_others)]),
    )
    for answer in causal_asked.asked(question):
        gains, name = answer.gains, f"{answer.learner.title} on {answer.outcome}"
        if answer.outcome == "response":
            gains, name = seen.gains(others, p0_others, gains), f"{name} x value"
        yield name, judged(there, others, gains, answer.cpu).share


def _beside(peers: Peers) -> list[dict[str, Any]]:
    if why := causal_asked.missing():
        return [{**_row(f"peers: {why}", 0.0, "", None, False), "value": None}]
    told = []
    for n in PEERS_AT:
        theirs = {name: float(np.mean(each)) for (name, at), each in peers.items() if at == n}
        best = max(theirs, key=theirs.__getitem__)
        ours = float(np.mean([_ours(shop, kind, n) for shop in SHOPS for kind in PEERS_AT[n]]))
        said = f"the same worlds, {n:,} people: ours without a playbook, beside {best}"
        told.append(_row(said, ours, "", None, None, theirs[best]))
        told += [
            _row(f"peer, {n:,} people: {name}", share, "", None, None)
            for name, share in theirs.items()
        ]
    return told


def _ours(shop: str, kind: Kind, n: int) -> float:
    seen, _ = _seen(shop, kind, n, FIRST)
    others = _others(seen.world, FIRST)
    belief = learned(seen, PLAYBOOKS["no playbook"])
    return judged(seen.world, others, planned(seen, belief, others), 0.0).share
