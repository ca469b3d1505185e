"""Newcomers by month with what they brought since, noted with an edition for the balance."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huitou.decisions.newcomers import Cohort
from huitou.facts.cohorts import cohort_retention

if TYPE_CHECKING:
    from huitou.facts.contract import Tables
    from huitou.store.lake import Edition

NOTE = "newcomers"


def note(edition: Edition, tables: Tables, as_of: datetime) -> None:
    """Keep every month's newcomers and the profit they made since, month by month."""
    found = cohort_retention(tables, as_of)
    rows = found.select("month", "k", "size", "profit", "complete").to_pyarrow().to_pylist()
    edition.note(NOTE, [[_number(r["month"]), r["k"], r["size"], r["profit"], r["complete"]]
                        for r in rows])  # fmt: skip


def noted(edition: Edition) -> tuple[Cohort, ...] | None:
    """The cohorts but the first, which holds everybody who was a customer before the log began.

    A month in which nobody of a cohort bought has no row, and brought nothing. None where the
    edition was made before these were kept.
    """
    rows: list[list[Any]] | None = edition.noted(NOTE)
    if rows is None:
        return None
    over = max((month + k for month, k, _, _, complete in rows if complete), default=-1)
    first = min((row[0] for row in rows), default=0)
    found = []
    for start in sorted({row[0] for row in rows} - {first}):
        mine = {k: (size, profit) for month, k, size, profit, _ in rows if month == start}
        size = next(iter(mine.values()))[0] or 0
        seen = range(max(0, over - start + 1))
        profit = tuple(float(mine.get(k, (0, 0))[1] or 0) for k in seen)
        found.append(Cohort(_month(start), int(size), profit))
    return tuple(found)


def _number(month: date) -> int:
    return 12 * month.year + month.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
