"""Letting go: steps end on their day, and whether they paid is read out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from huitou.facts import contribution as facts
from huitou.loyalty.letting_go import book
from huitou.loyalty.letting_go.rules import RULES, LetGoRules
from huitou.proof.letting_go import Paid, paid
from huitou.runs.steps.contribution import aside_of, costs_of
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

PAID = "let_go_paid"
"""What is noted in the edition."""
Days = Mapping[str, Sequence[tuple[date, int]]]


def end(work: Work, unit: Unit) -> Result:
    """End the steps whose last day is over."""
    return {"rows": book.end_over(unit, work.settings.day(work.now), work.now)}


def read_out(work: Work) -> Result:
    """What people left in the window after their step, acted on against left alone."""
    rules = RULES.read(work.home, work.settings.money)
    window = timedelta(days=rules.proof_days)
    with work.books.reading() as unit:
        rows = [row for row in book.arms(unit) if row["since"] + window <= work.day]
    if not rows:
        work.edition.note(PAID, Paid.nothing().written())
        return {"rows": 0}
    left = _left(work, rules, rows)
    before = np.array([_within(left, row, -window) for row in rows], dtype=np.float64)
    after = np.array([_within(left, row, window) for row in rows], dtype=np.float64)
    control = np.array([row["controlled"] for row in rows], dtype=np.bool_)
    weeks = (work.day - min(row["since"] for row in rows)).days / 7
    work.edition.note(PAID, paid(before, after, control, weeks).written())
    return {"rows": len(rows)}


def _left(work: Work, rules: LetGoRules, rows: Sequence[Row]) -> Days:
    """Day by day what each of them left."""
    people = sorted({row["person_id"] for row in rows})
    first = min(row["since"] for row in rows) - timedelta(days=rules.proof_days + 1)
    costs = costs_of(rules, work.settings.staff_hourly)
    with work.books.reading() as unit:
        aside = aside_of(unit, work.settings.zone, first, work.day)
    with work.facts() as tables:
        lines = facts.marked(tables, work.moment.as_of, first, costs, aside)
        theirs = lines.filter(lines.person_id.isin(people))
        told = facts.left_by_day(theirs, costs).to_pyarrow().to_pylist()
    found: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    for each in told:
        found[each["person_id"]].append((each["day"], each["left"]))
    return found


def _within(left: Days, row: Row, window: timedelta) -> int:
    """What somebody left in the days before or after their step; its own day is in neither."""
    since = row["since"]
    first, last = sorted((since, since + window))
    return sum(
        amount
        for day, amount in left.get(row["person_id"], ())
        if first <= day <= last and day != since
    )
