"""Losses: who was lost between two moments, by the stage they stood in and by how long they came.

A relationship's age is counted from its first purchase to the earlier moment. Those lost already
at the earlier moment are not at risk: nobody is lost twice.
"""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import Tables
from huitou.facts.flows import NOT_YET, moves
from huitou.facts.kernel import day_number, flag, ratio
from huitou.facts.rhythm import buyers

AGES = (("0-1m", 0, 30), ("1-3m", 30, 91), ("3-6m", 91, 183), ("6-12m", 183, 365),
        ("1-2y", 365, 731), ("2-3y", 731, 1096), ("3y+", 1096, None))  # fmt: skip
"""Ages of a relationship in days: its name, from, and up to but not with."""
LOST = "lost"


def loss_by_stage(stages: ibis.Table) -> ibis.Table:
    """Between neighbouring moments: `start`, `end`, `before` (a stage), `people` who stood in it,
    `lost` of them, their `share`, and `value`: what those lost are still expected to bring."""
    return _counted(_at_risk(stages), "before")


def loss_by_age(t: Tables, as_of: datetime, stages: ibis.Table) -> ibis.Table:
    """The same by `age` of the relationship at the earlier moment; ages as in `AGES`."""
    first = buyers(t, as_of).select(whose="person_id", since="first_number")
    risk = _at_risk(stages)
    both = risk.join(first, risk.person_id == first.whose)
    aged = both.mutate(age=_age(day_number(both.start) - both.since))
    return _counted(aged, "age")


def lost_people(stages: ibis.Table) -> ibis.Table:
    """Who was lost, between which moments, and from which stage; `value`: expected profit."""
    risk = _at_risk(stages)
    return risk.filter(risk.after == LOST).select("person_id", "start", "end", "before", "value")


def _at_risk(stages: ibis.Table) -> ibis.Table:
    moved = moves(stages)
    return moved.filter((moved.before != LOST) & (moved.before != NOT_YET))


def _counted(risk: ibis.Table, key: str) -> ibis.Table:
    gone = risk.mutate(gone=flag(risk.after == LOST))
    sums = gone.group_by(["start", "end", key]).aggregate(
        people=gone.count(),
        lost=gone.gone.sum(),
        value=(gone.gone == 1).ifelse(gone.value.fill_null(0), 0).sum(),
    )
    return sums.mutate(share=ratio(sums.lost, sums.people)).select(
        "start", "end", key, "people", "lost", "share", "value"
    )


def _age(days: Value) -> Value:
    branches = [(days < until, ibis.literal(name)) for name, _, until in AGES if until]
    return ibis.cases(*branches, else_=ibis.literal(AGES[-1][0]))
