"""Old customers first: for the same thing no regular pays more than a newcomer.

    new < slipping, lost, returned < active < loyal          the steps of a customer

An act that takes something off is *open* unless it is excepted with a written reason
(`acts.EXCEPTIONS`: private return offers, trial samples, amends). Of an open act nobody may get
more than those on every higher step who can be reached at all. It is a constraint of the solver
(`allocate_fairly`), and read again from the receipts before a plan is approved (`breaches`).

Public prices are the same for everybody, and no act ever adds to one: a depth is never negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from huitou.decisions.acts import Act, named
from huitou.decisions.allocate import Allocation, allocate
from huitou.decisions.audience import Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.price import Priced
from huitou.decisions.receipts import HELD_OUT
from huitou.ground.words import Sentence, said

STEPS: Mapping[str, int] = {
    "new": 0,
    "slipping": 1,
    "lost": 1,
    "returned": 1,
    "active": 2,
    "loyal": 3,
}
"""Stage -> step: who has come longer and still comes stands higher."""


def is_open(act: Act) -> bool:
    """Whether regulars come first with this act: it takes something off, and nothing excepts it."""
    return act.is_offered and not act.excepted


def step(stage: str) -> int:
    """How high a stage stands; a stage nobody knows stands with the newcomers."""
    return STEPS.get(stage, 0)


def steps_of(people: Audience) -> IntArray:
    """How high everybody stands (n,)."""
    return np.array([step(str(stage)) for stage in people.stage], dtype=np.int64)


def open_among(acts: Sequence[Act]) -> BoolArray:
    """Which acts of a list are open (acts,)."""
    return np.array([is_open(act) for act in acts], dtype=np.bool_)


@dataclass(frozen=True)
class Breach:
    """An act of which some on a lower step get more than some on a higher one."""

    kind: str
    act: Sentence
    """What the lower step gets, as it calls itself."""
    stage: str
    """Their stage."""
    value: float
    """How much they get: share of an order, or minor units."""
    people: tuple[str, ...]
    """Who on a higher step gets less."""

    @property
    def words(self) -> Sentence:
        """The breach, for the merchant."""
        return said(
            "Old customers come first: {act} goes to customers in the stage {stage}, and {n} who"
            " have been with you longer get less of it or nothing, {who} among them.",
            act=self.act,
            stage=self.stage,
            n=len(self.people),
            who=self.people[0],
        )


def breaches(receipts: Iterable[Mapping[str, Any]], acts: Mapping[str, Act]) -> tuple[Breach, ...]:
    """What in these receipts breaks the rule; nothing where old customers come first.

    Receipts are believed in nothing but who gets what: an act that is not known is open.
    """
    rows = list(receipts)
    best: dict[tuple[str, int], tuple[float, Mapping[str, Any]]] = {}
    for row in rows:
        if row["act"] != "nothing" and not _by_lot(row) and is_open_receipt(row, acts):
            at = (row["act"], step(row["stage"]))
            if at not in best or _value(row) > best[at][0]:
                best[at] = (_value(row), row)
    found = []
    for (kind, lower), (value, row) in sorted(best.items(), key=lambda each: each[0]):
        above = tuple(
            each["person_id"]
            for each in rows
            if step(each["stage"]) > lower
            and _can_be_reached(each)
            and (_value(each) if each["act"] == kind else 0.0) < value
        )
        if above:
            known = named(row, "act", acts)
            claim = known.claim if known is not None else said("{name}", name=kind)
            found.append(Breach(kind, claim, row["stage"], value, above))
    return tuple(found)


def is_open_receipt(row: Mapping[str, Any], acts: Mapping[str, Act]) -> bool:
    """Whether regulars come first with what this receipt gives; an unknown act is open."""
    known = named(row, "act", acts)
    return bool(row["cap"]) if known is None else is_open(known)


def _value(row: Mapping[str, Any]) -> float:
    return float(row["depth"] or row["cap"])


def _can_be_reached(row: Mapping[str, Any]) -> bool:
    """Whether somebody could have got it: no rule keeps them out, and no lot, which newcomers and
    regulars draw alike."""
    return row["rule"] is None and row["arm"] != HELD_OUT and not _by_lot(row)


def _by_lot(row: Mapping[str, Any]) -> bool:
    """Whether a lot gave it: to learn, or in a planned test, which newcomers and regulars draw."""
    return bool(row.get("explored")) or row.get("test") is not None


def menu_breaches(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Open acts that some stage may get and a higher step may not: they are never given so."""
    known = [act for act in acts if act.is_offered]
    return tuple(act for act in known if is_open(act) and not _is_reachable_above(act, known))


def _is_reachable_above(act: Act, acts: Sequence[Act]) -> bool:
    least = min(step(stage) for stage in act.stages)
    above = {stage for stage, at in STEPS.items() if at > least}
    return all(
        any(
            stage in other.stages
            and other.kind == act.kind
            and other.depth >= act.depth
            and (other.taken == act.taken or other.taken.amount >= act.taken.amount > 0)
            for other in acts
        )
        for stage in above
    )


@dataclass(frozen=True)
class _Asked:
    """What is asked of the solver, with what fairness needs to know beside it."""

    acts: tuple[Act, ...]
    gain: FloatArray
    """(people, acts), −inf where an act may not be chosen."""
    allowed: BoolArray
    """(people, acts): what no rule and no bound forbids, sure to pay or not."""
    priced: Priced
    use: tuple[FloatArray, ...]
    limit: FloatArray
    steps: IntArray
    """(people,)"""
    reachable: BoolArray
    """(people,)"""

    def values(self, column: int) -> FloatArray:
        """How much an act gives each person: of a percentage the share, else the amount."""
        act = self.acts[column]
        if act.depth:
            return np.full(len(self.gain), act.depth)
        return self.priced.cap[:, column].astype(np.float64)


def allocate_fairly(
    people: Audience,
    acts: tuple[Act, ...],
    priced: Priced,
    allowed: BoolArray,
    unsure: BoolArray,
    reachable: BoolArray,
    use: tuple[FloatArray, ...],
    limit: FloatArray,
) -> Allocation:
    """The allocation that earns most of those in which old customers come first.

    Without an open act it is `allocate` and nothing else. With one, either it stays with the
    highest step, or all above a step get it first, whatever that costs, and then others may.

    `reachable` is whom no rule and no test keeps out (people,).
    """
    gain = np.where(allowed & ~unsure, priced.gain, -np.inf)
    asked = _Asked(acts, gain, allowed, priced, use, limit, steps_of(people), reachable)
    columns = np.flatnonzero(open_among(acts)).tolist()
    if not columns:
        return allocate(gain, use, limit)
    tried = [allocate(kept_above(gain, asked.steps, reachable, acts), use, limit)]
    for column in columns:
        for lower in sorted({step(stage) for stage in acts[column].stages}):
            given_first = _given_first(asked, columns, column, lower)
            if given_first is not None:
                tried.append(given_first)
    return max(tried, key=lambda found: found.total)


def kept_above(
    gain: FloatArray, steps: IntArray, reachable: BoolArray, acts: Sequence[Act]
) -> FloatArray:
    """Gains in which open acts are for nobody but the highest step there is: −inf below it."""
    kept = gain.copy()
    if reachable.any():
        below = steps < steps[reachable].max()
        kept[np.ix_(below, open_among(acts))] = -np.inf
    return kept


def _given_first(
    asked: _Asked, columns: Sequence[int], column: int, lower: int
) -> Allocation | None:
    """Everybody above `lower` gets of this kind as much as `column` gives, then others may too."""
    first = asked.reachable & (asked.steps > lower)
    if not first.any():
        return None
    alike = [
        other
        for other in range(len(asked.acts))
        if asked.acts[other].kind == asked.acts[column].kind
    ]
    enough = np.column_stack(
        [asked.allowed[:, o] & (asked.values(o) >= asked.values(column)) for o in alike]
    )
    if not enough[first].any(axis=1).all():
        return None
    mine = np.where(enough, asked.priced.gain[:, alike], -np.inf).argmax(axis=1)
    given = np.where(first, np.asarray(alike)[mine], 0)
    rows = np.arange(len(given))
    left = asked.limit - np.array([each[rows, given].sum() for each in asked.use])
    if (left < 0).any():
        return None
    gain = asked.gain.copy()
    gain[first, 1:] = -np.inf
    for other in columns:
        same = other in alike
        fits = asked.values(other) <= asked.values(column) if same else np.zeros(len(gain), bool)
        allowed_at = (asked.steps >= lower) & fits
        gain[~allowed_at, other] = -np.inf
    found = allocate(gain, asked.use, left)
    spent = float(asked.priced.gain[rows, given].sum())
    choice = np.where(first, given, found.choice)
    return Allocation(choice, found.prices, found.total + spent, found.bound + spent)
