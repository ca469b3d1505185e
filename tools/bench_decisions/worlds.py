"""The learner before a judge that knows the truth: `tools.worlds`, from 500 people to 128,000.

Each plan is made from an experiment alone, then judged on other people of the same world by what is
true there. The playbook handed to the learner says nothing, is right (the hunch that worlds depart
from), is wrong (all its slopes turned round), or is rosy (its levels three times as high, and its
slopes turned round); each is told as playbooks are, by kind of act and stage. Last stands huitou's
own. `--full` takes more worlds of each size. Peers: `make bench-peers`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from huitou.decisions.acts import NOTHING
from huitou.decisions.audience import TRAITS, Audience
from huitou.decisions.effects.bends import bent
from huitou.decisions.effects.contract import Effects
from huitou.decisions.effects.design import TRIED, act_of, audience_of
from huitou.decisions.effects.learned import Learned, learn
from huitou.decisions.effects.response import expected_move
from huitou.decisions.playbook import PLAYBOOK, Effect, Playbook
from huitou.ground.words import said
from tools.bench_models._shops import folder
from tools.benching import longer
from tools.peers import causal_asked
from tools.worlds.nature import DEEDS, HUNCH, Deed, Kind, nature
from tools.worlds.people import SHOPS, Crowd, People, crowd
from tools.worlds.world import Trial, World, dear_seldom, of_crowd, world

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FULL = longer()
SIZES = {500: 6, 2_000: 4, 8_000: 4, 32_000: 2, 128_000: 1}
"""People in the experiment, and seeds of each shop and nature (`full`: three times as many)."""
BARS = {8_000: 0.45, 32_000: 0.60, 128_000: 0.82}
NEVER_BELOW = -0.05
JUDGED = 20_000
"""Other people of the same world, on whom a plan is judged."""
KINDS: tuple[Kind, ...] = ("smooth", "stepped")
STILL_SIZES, STILL_SEEDS = (2_000, 8_000), 10
TURNED = np.column_stack([HUNCH[:, :1], -HUNCH[:, 1:]])
GUESSES = {
    "no playbook": np.zeros_like(HUNCH),
    "playbook right": HUNCH,
    "playbook wrong": TURNED,
    "playbook rosy and wrong": np.column_stack([3 * HUNCH[:, :1], -HUNCH[:, 1:]]),
}
OWN = "huitou's own playbook"
"""The one it ships with, written for no world."""
PLAYBOOKS = (*GUESSES, OWN)
GUESSED = 0.1
"""How far each guess of these worlds' playbooks may be off: as the middle of the shipped one's."""
STAGES = ("new", "active", "loyal", "slipping", "lost")
SLIPPING, LOST, LOYAL, NEW_DAYS = 2.0, 4.0, 5.0, 60.0
"""Usual gaps of silence, orders and days by which people of a world are staged."""
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
        columns = bent(world.standard(people))
        forecast = LogisticRegression(C=0.1, max_iter=500).fit(columns, returned)
        return cls(world, world.trial(n, seed, shares), forecast)

    def p0(self, people: People) -> FloatArray:
        """The forecast chance to come back untouched."""
        columns = bent(self.world.standard(people))
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


def learned(seen: Seen, name: str) -> Effects:
    """Our belief, from the experiment and this playbook: what `runs.steps.learn` would believe."""
    book = playbook(seen.world, name)
    return learn(tried(seen), book) or book


def tried(seen: Seen) -> pa.Table:
    """The experiment as a shop's books hold it (`TRIED`): one plan, acts by lot."""
    trial, n = seen.trial, len(seen.trial)
    done = [DEEDS[each] for each in trial.act]
    columns = {
        "plan": ["one"] * n,
        "age_days": [0] * n,
        "name": [deed.name for deed in done],
        "kind": [kind_of(deed) for deed in done],
        "depth": [deed.depth for deed in done],
        "meant": [NOTHING.kind] * n,
        "treated": trial.act > 0,
        "stage": stages(trial.people),
        "cause": ["unknown"] * n,
        "posterior": np.zeros(n),
        "p_buy": seen.p0(trial.people),
        "bought": trial.bought > 0,
        "traits": list(trial.people.features[:, : len(TRAITS)]),
    }
    return pa.table(columns).select(TRIED.names).cast(TRIED)


def audience(seen: Seen, people: People) -> Audience:
    """People of a world as effects ask about them."""
    n = len(people)
    columns = {
        "stage": stages(people),
        "p_buy": seen.p0(people),
        "cause": ["unknown"] * n,
        "posterior": np.zeros(n),
    }
    return audience_of(pa.table(columns), people.features[:, : len(TRAITS)])


def kind_of(deed: Deed) -> str:
    """The kind of act it is to us."""
    return "offer" if deed.depth else deed.name


def stages(people: People) -> NDArray[np.str_]:
    """Where they stand: by silence in usual gaps, then by orders."""
    _, orders, tenure, lateness, *_ = np.exp(people.features.T)
    late = lateness - 1
    return np.select(
        [late > LOST, late > SLIPPING, orders >= LOYAL, (orders < 2) & (tenure < NEW_DAYS)],
        ["lost", "slipping", "loyal", "new"],
        "active",
    )


def playbook(there: World, name: str) -> Playbook:
    """What is guessed of each kind of act in each stage: the mean guess over people there."""
    if name == OWN:
        return PLAYBOOK
    z, where = there.standard(there.crowd.people), stages(there.crowd.people)
    guesses = np.column_stack([np.ones(len(z)), z]) @ GUESSES[name].T
    usual = {"thank": 1, "remind": 2, "surprise": 3, "offer": 5, "call": 7}
    source = said("A guess for a made-up world.")
    effects = {
        kind: {
            stage: Effect(_middle(guesses[where == stage, act]), GUESSED, source)
            for stage in STAGES
        }
        for kind, act in usual.items()
    }
    return Playbook(effects=effects, fitting={})


def _middle(guesses: FloatArray) -> float:
    return float(guesses.mean()) if len(guesses) else 0.0


def planned(seen: Seen, belief: Effects, people: People) -> FloatArray:
    """The gains we expect of each act for each person."""
    known = audience(seen, people)
    moved = [np.zeros(len(people))]
    for deed in DEEDS[1:]:
        mean, sd = belief.shifts(act_of(deed.name, kind_of(deed), deed.depth), known)
        moved.append(expected_move(known.p_buy, mean, sd))
    return seen.gains(people, known.p_buy, np.column_stack(moved))


def judged(world: World, people: People, gains: FloatArray, cpu: float) -> Plan:
    """Take the best of these gains for each person, and see what it truly brings."""
    choice = gains.argmax(axis=1)
    oracle = world.gained(people, world.best(people))
    promised = float(gains[np.arange(len(people)), choice].mean())
    return Plan(world.gained(people, choice) / oracle, promised / oracle, cpu)


def rows() -> list[dict[str, Any]]:
    """The figures."""
    with threadpool_limits(1):
        plans = {name: {n: list(_plans(n, name)) for n in SIZES} for name in PLAYBOOKS}
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


@cache
def _crowd(shop: str) -> Crowd:
    return crowd(shop, folder())


def _worlds(n: int) -> Iterator[tuple[str, Kind, int]]:
    for shop in SHOPS:
        for kind in KINDS:
            for seed in range(FIRST, FIRST + SIZES[n] * (3 if FULL else 1)):
                yield shop, kind, seed


@cache
def _seen(shop: str, kind: Kind, n: int, seed: int) -> tuple[Seen, float]:
    there = world(shop, kind, seed, folder())
    began = time.process_time()
    seen = Seen.of(there, n, seed)
    return seen, time.process_time() - began


def _others(there: World, seed: int) -> People:
    return there.crowd.draw(JUDGED, np.random.default_rng([seed, 9]))


def _plans(n: int, name: str) -> Iterator[tuple[str, Plan]]:
    for shop, kind, seed in _worlds(n):
        seen, before = _seen(shop, kind, n, seed)
        began = time.process_time()
        belief = learned(seen, name)
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
        there = world(shop, kind, seed, folder())
        seen = Seen.of(there, 8_000, seed, dear_seldom(there))
        others = _others(there, seed)
        belief = learned(seen, "no playbook")
        found.append((kind, judged(there, others, planned(seen, belief, others), 0.0)))
    said = "share, 8,000 people, no playbook, dear acts drawn seldom"
    return _row(said, _mean(found), "", None, None)


def _still() -> list[dict[str, Any]]:
    """Where nothing moves anybody: what is claimed, and what believing costs."""
    claims, lost, told = 0, [], 0
    for shop in SHOPS:
        there = of_crowd(_crowd(shop), nature("still", 0, 1.0))
        others = _others(there, 0)
        for n in STILL_SIZES:
            for seed in range(FIRST, FIRST + STILL_SEEDS):
                seen = Seen.of(there, n, seed)
                belief = learned(seen, "no playbook")
                assert isinstance(belief, Learned)
                claims += sum(cell.claim != "open" for cell in belief.cells)
                told += len(belief.cells)
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
    belief = learned(seen, "no playbook")
    return judged(seen.world, others, planned(seen, belief, others), 0.0).share
