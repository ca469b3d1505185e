"""Another way of deciding, told by what it would change, and the chances it would have given.

    Policy(without={"offer"})           no offers: the next best act, or nothing
    Policy(instead={"offer": "thank"})  a thank-you wherever an offer was meant
    Policy(budget=20_000)               less money: what earns least for its cost goes first

Only what the log knows can be asked. A larger budget is not among it: nobody logged what it would
have bought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from huitou.decisions.acts import ACTS
from huitou.decisions.explore import read_chances
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said
from huitou.proof.lift import BoolArray, FloatArray, IntArray

NOTHING = "nothing"


KINDS_CALLED: Mapping[str, Sentence] = {
    "thank": said("thank-you notes"),
    "remind": said("reminders"),
    "mended": said("word of what was mended"),
    "offer": said("offers"),
    "call": said("calls"),
}


def called(name: str) -> Sentence:
    """What a kind of act, or an act, is called."""
    if name in KINDS_CALLED:
        return KINDS_CALLED[name]
    return ACTS[name].claim if name in ACTS else said("{name}", name=name)


@dataclass(frozen=True)
class Policy:
    """What would have been decided otherwise; the draw to learn stays unless it is switched off."""

    drawing: bool = True
    """Whether a control is kept and other acts are drawn; without, everybody gets the best."""
    without: Set[str] = frozenset()
    """Acts, or whole kinds of them, that are not done."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """An act, or a kind, and the act done in its place."""
    budget: int | None = None
    """Most that each plan may cost, minor units; not above what it had."""
    share_of_value: float | None = None
    """Most that may be risked for one person, of the lower bound of what is left; not above it."""

    def __post_init__(self) -> None:
        """Refuse what would decide nothing otherwise."""
        changed = (self.without, self.instead, self.budget is not None)
        if self.drawing and self.share_of_value is None and not any(changed):
            raise HuitouError(
                "nothing would have been decided otherwise",
                to_try="--without offer, --instead offer=thank, --budget, --best-only",
            )

    @property
    def words(self) -> tuple[Sentence, ...]:
        """What would have been otherwise."""
        told = [said("Left out: {act}.", act=called(act)) for act in sorted(self.without)]
        for old, new in sorted(self.instead.items()):
            told.append(said("In place of {old}: {new}.", new=called(new), old=called(old)))
        if not self.drawing:
            told.append(said("Everybody gets the best: no control, and nothing drawn to learn."))
        return tuple(told)


def names_of(rows: Sequence[Mapping[str, Any]], policy: Policy) -> tuple[str, ...]:
    """Every act that was drawn, or that the policy names; *nothing* first."""
    seen = {NOTHING, *policy.instead.values()}
    for row in rows:
        seen |= {row["act_name"], row["intended_name"], row["runner_up_name"] or NOTHING}
        seen |= set(read_chances(row["chances"] or ""))
    return (NOTHING, *sorted(seen - {NOTHING}))


def logged(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> FloatArray:
    """The chances that were drawn from (rows, acts)."""
    place = {name: column for column, name in enumerate(names)}
    chances = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        told = read_chances(row["chances"]) if row["chances"] else {row["act_name"]: 1.0}
        for name, chance in told.items():
            chances[at, place[name]] = chance
    return chances


def candidate(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    policy: Policy,
    kinds: Mapping[str, str],
    limits: Mapping[str, Any],
) -> FloatArray:
    """The chances this policy would have given the people of one plan (rows, acts).

    Args:
        rows: decisions of one plan, as `journeys.draws.drawn` reads them.
        names: of the acts, in the order of the columns.
        policy: what would have been otherwise.
        kinds: act -> its kind.
        limits: those the plan was drafted within.
    """
    place = {name: column for column, name in enumerate(names)}
    best = np.array([place[row["intended_name"]] for row in rows], dtype=np.int64)
    chances = logged(rows, names)
    if not policy.drawing:
        chances = np.zeros_like(chances)
        chances[np.arange(len(rows)), best] = 1.0
    dropped = _too_dear(rows, policy, limits)
    moved = chances.copy()
    at = np.flatnonzero(dropped & (best > 0))
    moved[at, 0] += chances[at, best[at]]
    moved[at, best[at]] = 0.0
    return _switched(moved, rows, names, best, policy, kinds)


def _switched(
    chances: FloatArray,
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    best: IntArray,
    policy: Policy,
    kinds: Mapping[str, str],
) -> FloatArray:
    """Acts switched off give their chance to the next best, or to nothing; others to their heir."""
    place = {name: column for column, name in enumerate(names)}
    found = chances.copy()
    for act, name in enumerate(names):
        heir = policy.instead.get(name, policy.instead.get(kinds.get(name, name)))
        if heir is not None and heir != name:
            found[:, place[heir]] += found[:, act]
            found[:, act] = 0.0
        elif _off(name, policy, kinds):
            next_best = [
                _heir(row, policy, kinds) if mine == act else NOTHING
                for row, mine in zip(rows, best, strict=True)
            ]
            columns = np.array([place[each] for each in next_best], dtype=np.int64)
            np.add.at(found, (np.arange(len(rows)), columns), found[:, act])
            found[:, act] = 0.0
    return found


def _heir(row: Mapping[str, Any], policy: Policy, kinds: Mapping[str, str]) -> str:
    second = row["runner_up_name"]
    return NOTHING if second is None or _off(second, policy, kinds) else str(second)


def _off(name: str, policy: Policy, kinds: Mapping[str, str]) -> bool:
    return name != NOTHING and bool({name, kinds.get(name, name)} & set(policy.without))


def _too_dear(
    rows: Sequence[Mapping[str, Any]], policy: Policy, limits: Mapping[str, Any]
) -> BoolArray:
    """Whose best act a smaller budget, or a smaller share of their value, would not reach for."""
    dropped = np.zeros(len(rows), dtype=np.bool_)
    if policy.share_of_value is not None:
        had = float(limits["share_of_value"])
        if policy.share_of_value > had:
            raise _beyond("share_of_value", f"{had}")
        worst = np.array([row["intended_worst"] or 0 for row in rows], dtype=np.float64)
        owed = np.array([row["exposure"] for row in rows], dtype=np.float64) + worst
        bound = np.array([row["bound"] for row in rows], dtype=np.float64)
        dropped |= (worst > 0) & (owed > np.floor(bound * policy.share_of_value / max(had, 1e-9)))
    if policy.budget is not None:
        if policy.budget > limits["budget"]:
            raise _beyond("budget", f"{limits['budget']} (minor units)")
        dropped |= _over_budget(rows, dropped, policy.budget)
    return dropped


def _over_budget(rows: Sequence[Mapping[str, Any]], dropped: BoolArray, budget: int) -> BoolArray:
    """What earns least for each coin goes first, until the rest costs no more than the budget."""
    cost = np.array([row["intended_cost"] for row in rows], dtype=np.float64)
    gain = np.array([row["intended_gain"] for row in rows], dtype=np.float64)
    cost = np.where(dropped, 0.0, cost)
    order = np.argsort(-gain / np.maximum(cost, 1e-9), kind="stable")
    over = np.zeros(len(rows), dtype=np.bool_)
    over[order] = np.cumsum(cost[order]) > budget
    return over & (cost > 0)


def _beyond(name: str, had: str) -> HuitouError:
    return HuitouError(
        f"the log cannot say what a larger {name} would have done; the plan had {had}",
        to_try=f"a smaller {name}",
    )
