"""Guard: planned tests, while they still take people in; an act that does harm ends its test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from huitou.facts.bought import bought
from huitou.facts.earned import earned
from huitou.ground.words import Sentence, said
from huitou.journeys.guard import book as guard
from huitou.journeys.trials import book as trials
from huitou.proof import harm
from huitou.proof.harm import Arm, Look
from huitou.proof.trial_guard import WEEK, enough, latest, looks_of, struck
from huitou.proof.trials import base_of
from huitou.runs.work import Work
from huitou.stats.sums import Moments

if TYPE_CHECKING:
    from huitou.facts.contract import Tables
    from huitou.store.books import Row, Unit

NOTE = "harmful_tests"
Events = Mapping[str, Sequence[datetime]]

ENDED = said(
    "The guardrail ended the test {name}: {act} does harm ({outcome}). Nobody more comes into it."
)


@dataclass(frozen=True)
class _Member:
    """One person of a test, up to a look."""

    act: str
    silenced: bool
    complained: bool
    left: bool | None
    """Whether they did not buy in their window; None while that is not over."""
    profit: float | None


def measure(work: Work, asked: Events, told: Events) -> tuple[Sentence, ...]:
    """Look at every test that takes people in; what is to end is kept in the edition. In words."""
    with work.books.reading() as unit:
        running = [
            (row, trials.members(unit, row["id"]))
            for row in trials.trials(unit)
            if row["stopped_at"] is None and work.day <= row["enrol_until"]
        ]
    found = []
    with work.facts() as tables:
        for row, members in running:
            harmed = _harmed(work, tables, row, members, asked, told)
            if harmed is not None:
                act, outcome = harmed
                found.append({"test": row["id"], "name": row["name"], "act": act,
                              "outcome": outcome})  # fmt: skip
    work.edition.note(NOTE, found)
    return tuple(
        Sentence(ENDED.text, {name: each[name] for name in ("name", "act", "outcome")})
        for each in found
    )


def act(work: Work, unit: Unit) -> int:
    """End what does harm; how many tests."""
    found = work.edition.noted(NOTE) or []
    for each in found:
        trials.stop(unit, each["test"], guard.MACHINE, work.now)
    return len(found)


def _harmed(
    work: Work, tables: Tables, row: Row, members: Sequence[Row], asked: Events, told: Events
) -> tuple[str, str] | None:
    started = row["at"].astimezone(work.settings.zone).date()
    number = latest(started, work.day)
    inside = [each for each in members if each["held_by"] is None]
    if not number or not inside:
        return None
    until = started + timedelta(days=WEEK * number)
    base = base_of(row["arms"])
    seen = _members(work, tables, inside, int(row["days"]), until, asked, told)
    looks = {
        act: _looks(
            [each for each in seen if each.act == act], [each for each in seen if each.act == base]
        )
        for act in row["arms"]
        if act != base
    }
    return struck(looks, looks_of(started, row["enrol_until"]))


def _members(
    work: Work,
    tables: Tables,
    inside: Sequence[Row],
    days: int,
    until: date,
    asked: Events,
    told: Events,
) -> list[_Member]:
    """What befell each until the evening of the look, each in their own window."""
    zone, found = work.settings.zone, list[_Member]()
    for day in sorted({row["day"] for row in inside}):
        first, last = day + timedelta(days=1), day + timedelta(days=days)
        over = last <= until
        came: set[str] = set()
        brought: dict[str, float] = {}
        if over:
            evening = work.moment.evening(day)
            came = set(bought(tables, evening, days).to_pyarrow()["person_id"].to_pylist())
            rows = earned(tables, work.moment.as_of, first, last).to_pyarrow()
            pairs = zip(rows["person_id"].to_pylist(), rows["profit"].to_pylist(), strict=True)
            brought = dict(pairs)

        def befell(events: Events, person: str, first: date = first, last: date = last) -> bool:
            ends = min(last, until)
            return any(first <= at.astimezone(zone).date() <= ends for at in events.get(person, ()))

        for row in (each for each in inside if each["day"] == day):
            person = row["person_id"]
            found.append(
                _Member(
                    act=row["act_name"],
                    silenced=befell(asked, person),
                    complained=befell(told, person),
                    left=person not in came if over else None,
                    profit=float(brought.get(person) or 0) - _spent(row) if over else None,
                )
            )
    return found


def _spent(row: Mapping[str, Any]) -> float:
    """Stamps, staff and better services of those reached."""
    return float(
        row["worst_cost"] - row["cap"] + row["served"] if row["outcome"] == "applied" else 0
    )


def _looks(treated: Sequence[_Member], base: Sequence[_Member]) -> list[Look]:
    """Every outcome for which both arms have people enough."""
    found = []
    for outcome, name in (("silence", "silenced"), ("complaint", "complained"), ("churn", "left")):
        one, other = _arm(treated, name), _arm(base, name)
        if enough(one, other):
            found.append(harm.look(outcome, one, other))
    ends = [
        np.array([each.profit for each in arm if each.profit is not None], dtype=np.float64)
        for arm in (treated, base)
    ]
    if enough(Arm(len(ends[0]), 0), Arm(len(ends[1]), 0)):
        found.append(harm.look_at_profit(Moments.of(ends[0]), Moments.of(ends[1])))
    return found


def _arm(members: Sequence[_Member], name: str) -> Arm:
    hits = [getattr(each, name) for each in members if getattr(each, name) is not None]
    return Arm(len(hits), sum(hits))
