"""Thresholds: what crossing each line of the ladder brought, read at those who stood near it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from huitou.facts.standing import profit_between
from huitou.loyalty.cards import book as cards
from huitou.loyalty.ladder import book, many, steps
from huitou.loyalty.ladder.many import Truth, Whole
from huitou.loyalty.ladder.steps import Condition, Ladder, Step
from huitou.proof import thresholds
from huitou.runs.steps.climb import counted
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.facts.contract import Tables

NOTE = "thresholds"


def read_out(work: Work) -> Result:
    """Each line that was there one horizon ago, by the profit since; kept in the edition."""
    ladder, moment = steps.RULES.read(work.home), work.moment
    if not ladder.on:
        return {"rows": 0}
    then = moment.day - timedelta(days=moment.horizon_days)
    with work.books.reading() as unit:
        begun = book.looked_since(unit)
        joined = cards.members(unit)
    told: dict[str, Any] = {"days": moment.horizon_days, "on": then.isoformat()}
    if begun is None or begun > then:
        first = (begun or moment.day) + timedelta(days=moment.horizon_days)
        work.edition.note(NOTE, {**told, "not_before": first.isoformat(), "lines": []})
        return {"rows": 0}
    with work.facts() as tables:
        people = counted(tables, ladder, moment.evening(then), then)
        profit = _profit(tables, work, then, people)
    lines = list(found(ladder, _figures(people, set(joined)), profit))
    work.edition.note(NOTE, {**told, "not_before": None, "lines": lines})
    return {"rows": len(lines)}


def found(
    ladder: Ladder, figures: Mapping[str, Whole], profit: thresholds.Floats
) -> Iterator[dict[str, Any]]:
    """What was found at each line; `figures` and `profit` are aligned by person.

    At each line only those are looked at whom this one condition keeps from the step or lets in.
    """
    for step in ladder.steps[1:]:
        for condition in (*step.all, *step.any):
            if condition.what == "joined":
                continue
            decides = _decides(step, condition, figures)
            distance = (figures[condition.what] - condition.least).astype(np.float64)
            read = thresholds.read(distance[decides], profit[decides])
            named = {"step": step.name, "what": condition.what, "least": condition.least}
            yield {**named, **asdict(read)}


def _decides(step: Step, condition: Condition, figures: Mapping[str, Whole]) -> Truth:
    """For whom nothing but this condition decides on the step."""
    rest = Step(
        step.name,
        step.claim,
        tuple(each for each in step.all if each != condition),
        () if condition in step.any else step.any,
    )
    decides = many.holding(rest, figures)
    others = tuple(each for each in step.any if each != condition)
    if condition in step.any and others:
        decides &= ~many.holding(Step(step.name, step.claim, (), others), figures)
    return decides


def _figures(people: pa.Table, joined: set[str]) -> dict[str, Whole]:
    names = ("spend", "orders", "visits", "tenure", "margin")
    has_card = [person in joined for person in people["person_id"].to_pylist()]
    return {
        **{name: people[name].to_numpy() for name in names},
        "joined": np.array(has_card, dtype=np.int64),
    }


def _profit(tables: Tables, work: Work, then: date, people: pa.Table) -> thresholds.Floats:
    first, until = then + timedelta(days=1), work.day + timedelta(days=1)
    table = profit_between(tables, work.moment.as_of, first, until).to_pyarrow()
    earned = dict(zip(table["person_id"].to_pylist(), table["profit"].to_pylist(), strict=True))
    each = [earned.get(person, 0) for person in people["person_id"].to_pylist()]
    return np.array(each, dtype=np.float64)
