"""The shop's own drawn decisions, priced as their plans were: what a second learner is judged by.

    kept with each plan   people as they were known · limits · acts   →   what each act would cost
    in the books          what was drawn, and the chance of each act
    in the lake           who bought within the window

A plan whose inputs are no longer kept is left out, and so is whoever had only one thing to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from huitou.decisions.acts import NOTHING, Act
from huitou.decisions.audience import Audience, FloatArray, IntArray
from huitou.decisions.effects.challenger import Challenger
from huitou.decisions.effects.design import act_of
from huitou.decisions.effects.drawn import Drawn
from huitou.decisions.effects.learned import Learned
from huitou.decisions.explore import read_chances
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.price import price
from huitou.ground.ids import lot
from huitou.proof.contest import Contest, contest
from huitou.runs import inputs

if TYPE_CHECKING:
    from huitou.decisions.question import Question
    from huitou.runs.steps.prove import Applied
    from huitou.store.lake import Edition, Lake

NOTE = "contest"
MOST = 40_000
"""Decisions that a contest is held on, the latest first: more of them cost time and change little.
"""


@dataclass(frozen=True)
class Over:
    """A plan whose window is over: who was in it, and what came of them, row by row."""

    applied: Applied
    told: pa.Table
    """As `journeys.book.tried`."""
    tried: pa.Table
    """As `design.TRIED`."""


def hold(
    lake: Lake,
    over: Sequence[Over],
    acts: Mapping[str, Act],
    basket: float,
    salt: str,
    standing: Learned | None,
) -> tuple[Contest, Challenger | None]:
    """Hold the contest on these plans, the latest first; `acts` are all that there ever were."""
    drawn = drawn_of(lake, over, acts, basket, salt)
    if drawn is None:
        return Contest(False, "too_few", 0, 0), None
    return contest(drawn, standing)


def note(edition: Edition, found: Contest, challenger: Challenger | None) -> None:
    """Keep what came of it in an edition."""
    told = challenger.written() if challenger is not None else None
    edition.note(NOTE, {"outcome": found.written(), "challenger": told})


def outcome_of(edition: Edition) -> Contest | None:
    """What came of the contest in this edition; None where none was held."""
    kept = edition.noted(NOTE)
    return Contest.read(kept["outcome"]) if kept else None


def admitted(edition: Edition, standing: Learned) -> Challenger | None:
    """The challenger that took over in this edition; None where the standing learner stayed."""
    kept = edition.noted(NOTE)
    if not kept or not kept["outcome"]["admitted"] or kept["challenger"] is None:
        return None
    return Challenger.read(kept["challenger"], standing)


def drawn_of(
    lake: Lake, over: Sequence[Over], acts: Mapping[str, Act], basket: float, salt: str
) -> Drawn | None:
    """The decisions of these plans that something was drawn for; None where there are none."""
    parts: list[_Part] = []
    for each in over:
        left = MOST - sum(len(part.rows) for part in parts)
        part = _part(lake, each, acts, salt, left) if left > 0 else None
        if part is not None and len(part.rows):
            parts.append(part)
    names = sorted({name for part in parts for name in part.names} - {NOTHING.name})
    if not names:
        return None
    sized = [_sized(acts[name], basket) for name in names]
    columns = {name: at for at, name in enumerate([NOTHING.name, *names])}
    spread = [part.spread(columns) for part in parts]
    return Drawn(
        tried=pa.concat_tables([part.tried for part in parts]),
        person=np.concatenate([part.person for part in parts]),
        acts=(NOTHING, *sized),
        given=np.concatenate([given for given, *_ in spread]),
        chances=np.concatenate([chances for _, chances, *_ in spread]),
        worth=np.concatenate([part.worth for part in parts]),
        fixed=np.concatenate([fixed for *_, fixed, _ in spread]),
        taken=np.concatenate([taken for *_, taken in spread]),
    )


def _sized(act: Act, basket: float) -> Act:
    return act_of(act.name, act.kind, act.generosity(basket))


@dataclass(frozen=True)
class _Part:
    """The drawn decisions of one plan, with its acts in an order of their own."""

    rows: IntArray
    tried: pa.Table
    person: IntArray
    names: tuple[str, ...]
    given: IntArray
    chances: FloatArray
    worth: FloatArray
    fixed: FloatArray
    taken: FloatArray

    def spread(
        self, columns: Mapping[str, int]
    ) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
        """Given, chances and costs in the columns of all plans; what it had not costs nothing and
        had no chance."""
        places = np.array([columns[name] for name in self.names])
        wide = []
        for narrow in (self.chances, self.fixed, self.taken):
            found = np.zeros((len(self.rows), len(columns)))
            found[:, places] = narrow
            wide.append(found)
        return (places[self.given], wide[0], wide[1], wide[2])


def _part(lake: Lake, over: Over, acts: Mapping[str, Act], salt: str, most: int) -> _Part | None:
    kept = inputs.find(lake, over.applied.totals.get("inputs"))
    if kept is None:
        return None
    question = kept.question(salt, acts)
    names = tuple(question.acts)
    at = {name: column for column, name in enumerate(names)}
    known = kept.people["person_id"].to_pylist()
    place = {person: row for row, person in enumerate(known)}
    people = over.told["person_id"].to_pylist()
    texts, drawn = over.told["chances"].to_pylist(), over.told["drawn"].to_pylist()
    rows = [
        row
        for row in _some(people, most)
        if texts[row] and people[row] in place and drawn[row] in at
    ]
    chances = _chances([texts[row] for row in rows], at)
    if chances is None:
        return None
    where = np.array([place[people[row]] for row in rows], dtype=np.int64)
    worth, fixed, taken = _costs(question, over.applied.totals, where)
    return _Part(
        rows=np.array(rows, dtype=np.int64),
        tried=over.tried.take(pa.array(rows, pa.int64())),
        person=np.array([_number(people[row]) for row in rows], dtype=np.int64),
        names=names,
        given=np.array([at[drawn[row]] for row in rows], dtype=np.int64),
        chances=chances,
        worth=worth,
        fixed=fixed,
        taken=taken,
    )


def _some(people: Sequence[str], most: int) -> list[int]:
    """All rows, or as many as may be looked at: by lot, so that nothing chooses them."""
    rows = list(range(len(people)))
    if len(rows) <= most:
        return rows
    return sorted(sorted(rows, key=lambda row: lot("contest rows", people[row]))[:most])


def _number(person: str) -> int:
    """A number of one's own, whoever else is there."""
    return int(lot("contest person", person) * 2**52)


def _chances(texts: Sequence[str], at: Mapping[str, int]) -> FloatArray | None:
    """Chances of each act (rows, acts); None where an act was drawn that nobody knows any more."""
    found = np.zeros((len(texts), len(at)))
    for row, text in enumerate(texts):
        for name, chance in read_chances(text).items():
            if name not in at:
                return None
            found[row, at[name]] = chance
    return found


def _costs(
    question: Question, totals: Mapping[str, Any], where: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Worth of a buyer, what each act costs at once, and what more where they buy; after prices."""
    priced = price(
        Audience.of(question.people), list(question.acts.values()), PLAYBOOK, question.limits
    )
    coin = 1.0 + max(float(totals["money_price"]), 0.0)
    minute = max(float(totals["time_price"]), 0.0)
    at_once = (priced.worst_cost - priced.cap)[where] * coin
    fixed = at_once + priced.attention[where] + minute * priced.minutes[where]
    taken: FloatArray = (priced.offered[where] * coin).astype(np.float64)
    return priced.worth[where], fixed, taken
