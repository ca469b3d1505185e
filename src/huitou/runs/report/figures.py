"""Figures with what they were before, and whether the change is more than noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from huitou.facts.takings import takings
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.runs.report import history
from huitou.runs.report.span import Span
from huitou.runs.told import Figure
from huitou.runs.views import Range
from huitou.stats.swings import Change, change, moved

if TYPE_CHECKING:
    from huitou.runs.work import Work

PERIODS_BACK = 13
"""Bars in a small drawing: a quarter of weeks, or a year and a month of months."""
LEAVING = ("slipping", "lost")


@dataclass(frozen=True)
class Movement:
    """How the shop stood before, and who crossed into a stage and out of it since."""

    before: history.Stood
    came: dict[str, int]
    went: dict[str, int]
    bought: int
    """How many of the lost that are lost no more have bought since; of the others only the
    forecast thinks otherwise now."""


def move_of(found: Change) -> str:
    """The word for a change: up, down, noise, same."""
    if found.by == 0:
        return "same"
    if found.is_noise:
        return "noise"
    return "up" if found.by > 0 else "down"


def taken(work: Work, span: Span) -> tuple[Figure, ...]:
    """What was sold in the period, against the one before; empty where nothing was."""
    ends = span.ends(PERIODS_BACK)
    with work.facts() as tables:
        found = takings(tables, work.moment.as_of, ends).to_pyarrow()
    rows = {row["stretch"]: row for row in found.to_pylist()}
    if not rows or (PERIODS_BACK not in rows and PERIODS_BACK - 1 not in rows):
        return ()
    since = min(rows)  # before the first sale there was no shop
    named = {
        "revenue": said("Revenue"),
        "orders": said("Orders"),
        "buyers": said("Customers who bought"),
        "newcomers": said("New customers"),
    }
    return tuple(
        _sold(code, name, [_number(rows, at, code) for at in range(since, len(ends))], work)
        for code, name in named.items()
    )


def _number(rows: dict[int, dict[str, int]], at: int, code: str) -> float:
    return float(rows[at][code] or 0) if at in rows else 0.0


def _sold(code: str, name: Sentence, series: list[float], work: Work) -> Figure:
    def shown(number: float) -> int | Money:
        whole = round(number)
        return Money(whole, work.settings.money) if code == "revenue" else whole

    *past, now = series
    return Figure(
        code=code,
        name=name,
        value=shown(now),
        before=shown(past[-1]) if past else None,
        move=move_of(change(past, now)) if len(past) > 1 else "unknown",
        good=1,
        series=tuple(series),
    )


def movement(work: Work, span: Span) -> Movement | None:
    """How the shop stood at the end of the period before, and who moved since."""
    again = history.made_again(work, span.before)
    if again is None:
        return None
    stood, then = again
    kept = history.published(work.lake, span.before, stood.rule, work.settings.money)
    came, went = {}, {}
    now = work.edition.table("people", ["person_id", "stage", "last_day"])
    for stage in LEAVING:
        there, were = (_in(table, stage) for table in (now, then))
        came[stage] = _less(there, were)
        went[stage] = _less(were, there)
    since = now.filter(pc.greater(now["last_day"], pa.scalar(span.before)))
    were = _in(then, "lost")
    bought = int(pc.sum(pc.is_in(were, since["person_id"].combine_chunks())).as_py() or 0)
    return Movement(kept or stood, came, went, bought)


def _in(table: pa.Table, stage: str) -> pa.Array:
    return table.filter(pc.equal(table["stage"], stage))["person_id"].combine_chunks()


def _less(some: pa.Array, others: pa.Array) -> int:
    return len(some) - int(pc.sum(pc.is_in(some, others)).as_py() or 0)


def standing(code: str, name: Sentence, now: int, seen: Movement | None) -> Figure:
    """How many stand in a stage, against the period before."""
    if seen is None:
        return Figure(code, name, now, good=-1)
    found = moved(seen.came[code], seen.went[code])
    before = int(seen.before.stages.get(code, 0))
    # What was published then is compared with what is published now, whoever crossed since.
    found = Change(float(now - before), found.noise)
    return Figure(code, name, now, before, move_of(found), good=-1)


def counted(code: str, name: Sentence, now: int, before: int, good: int = -1) -> Figure:
    """A count of the period against the one before."""
    return Figure(code, name, now, before, move_of(moved(now, before)), good)


def estimated(
    code: str, name: Sentence, now: Range, before: Range | None, *, good: int = -1
) -> Figure:
    """An estimate with its interval; a change that stays inside the interval is noise."""
    move = "unknown"
    if before is not None:
        half = max(now.high.minor - now.value.minor, now.value.minor - now.low.minor)
        move = move_of(Change(float(now.value.minor - before.value.minor), float(half)))
    return Figure(
        code, name, now.value, before.value if before else None, move, good,
        low=now.low, high=now.high, level=now.level,
    )  # fmt: skip
