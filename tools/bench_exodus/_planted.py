"""Real customers with their real forecasts, drawn anew into made-up groups, one of which may leave.

Customers are drawn with replacement, so that every trial is another shop. Who leaves does so on the
evening from which the newest half horizon is counted: what was told of them before stays true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow.compute as pc

from huitou.models import exodus
from huitou.models.exodus import Absent, Truth
from huitou.models.numbers import Array, Index
from huitou.runs.moment import Moment
from huitou.runs.steps.exodus import newest

KINDS = 3
"""Ways in which a shop is cut into groups."""
GROUPS = 10
"""Of each."""


@dataclass(frozen=True)
class Window:
    """Who was known on an evening (places among all), their chances, and who came after it."""

    start: date
    known: Index
    chance: Array
    came: Truth


@dataclass(frozen=True)
class Look:
    """One evening: its windows, the newest of each kind first."""

    people: int
    windows: tuple[tuple[Window, ...], ...]
    """Half horizons, and whole ones."""

    @classmethod
    def of_edition(cls, edition: Any) -> Look:
        """The evening of an edition."""
        moment = Moment.read(edition.noted("moment"))
        everybody = edition.table(f"customers_{moment.day}", ["person_id"])["person_id"]
        ids = everybody.combine_chunks()

        def window(start: date, days: int) -> Window:
            scores = edition.table(f"scores_{start}", ["person_id", "p_buy"])
            bought = edition.table(moment.label(start, days), ["person_id"])["person_id"]
            known = pc.index_in(scores["person_id"].combine_chunks(), value_set=ids)
            came = pc.is_in(scores["person_id"].combine_chunks(), bought.combine_chunks())
            return Window(
                start, known.to_numpy().astype(np.int64), scores["p_buy"].to_numpy(),
                np.asarray(came),
            )  # fmt: skip

        windows = tuple(tuple(window(*each) for each in some) for some in newest(moment))
        return cls(len(ids), tuple(some for some in windows if some))


@dataclass(frozen=True)
class Trial:
    """A shop drawn anew: whom it took, and their group of each kind."""

    who: Index
    group: Index
    """(KINDS, n)"""

    @classmethod
    def drawn(cls, look: Look, draw: np.random.Generator) -> Trial:
        """Groups of uneven sizes; of one kind, regulars and rare buyers stand apart.

        They do by the earliest evening: who was a regular later bought in between.
        """
        who = draw.integers(0, look.people, look.people)
        first = min((one for some in look.windows for one in some), key=lambda one: one.start)
        chance = draw.random(look.people)
        chance[first.known] = first.chance
        kinds = []
        for kind in range(KINDS):
            sizes = draw.dirichlet(np.full(GROUPS, 3.0))
            edges = np.cumsum(sizes)[:-1]
            place = draw.random(len(who))
            if kind == 0:
                rank = chance[who].argsort().argsort() / len(who)
                place = np.clip(0.5 * place + 0.5 * rank, 0, 1)
            kinds.append(np.searchsorted(edges, place) + kind * GROUPS)
        return cls(who, np.array(kinds))


def quiet(look: Look, draw: np.random.Generator) -> Truth:
    """Which groups are named where nothing happened."""
    trial = Trial.drawn(look, draw)
    return _named(look, trial, np.zeros(len(trial.who), dtype=np.bool_))


def planted(look: Look, draw: np.random.Generator, *, share: float, least: int) -> bool:
    """Whether a group of `least` customers or more of which a share left is named."""
    while True:
        trial = Trial.drawn(look, draw)
        there = np.isin(trial.who, look.windows[0][0].known)
        sizes = np.bincount(trial.group[:, there].ravel(), minlength=KINDS * GROUPS)
        large = np.flatnonzero(sizes >= least)
        if large.size:
            break
    leaving = int(draw.choice(large))
    members = (trial.group == leaving).any(axis=0)
    left = members & (draw.random(len(trial.who)) < share)
    return bool(_named(look, trial, left)[leaving])


def _named(look: Look, trial: Trial, left: Truth) -> Truth:
    chances = []
    for some in look.windows:
        told = [_absent(look, trial, one, left, now=not at) for at, one in enumerate(some)]
        chances.append(exodus.judged(told[0], told[1:]).chance)
    return exodus.named(exodus.either(chances))


def _absent(look: Look, trial: Trial, window: Window, left: Truth, *, now: bool) -> Absent:
    place = np.full(look.people, -1, dtype=np.int64)
    place[window.known] = np.arange(len(window.known))
    mine = place[trial.who]
    there = np.flatnonzero(mine >= 0)
    came = window.came[mine[there]]
    if now and look.windows[0][0].start <= window.start:
        came = came & ~left[there]
    elif now:
        came = came & ~(left[there] & _late(look, trial, there))
    person = np.tile(np.arange(len(there)), KINDS)
    group = trial.group[:, there].ravel()
    counted = exodus.tally(window.chance[mine[there]], came, person, group, KINDS * GROUPS)
    return exodus.absent(counted)


def _late(look: Look, trial: Trial, there: Index) -> Truth:
    """Of a whole horizon, whose purchases all fell into its newer half."""
    halves = look.windows[0]
    if len(halves) < 2:
        return np.ones(len(there), dtype=np.bool_)
    before = np.zeros(look.people, dtype=np.bool_)
    before[halves[1].known[halves[1].came]] = True
    return ~before[trial.who[there]]


def rate(hits: Sequence[bool]) -> float:
    """The share of hits."""
    return sum(hits) / len(hits)
