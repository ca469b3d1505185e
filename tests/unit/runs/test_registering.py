"""Whether a programme must be written down with a plan, or one is being read already."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.unit.proof.test_experiment import WRITTEN

from huitou.runs.registering import is_running

DAY = date(2026, 3, 1)


def programme(status: str, applied: date | None = None) -> dict[str, Any]:
    row = {"lot": WRITTEN.lot, "status": status, "as_of": DAY, "applied_as_of": applied}
    return {**row, "written": WRITTEN.written()}


def test_a_programme_that_is_read_is_not_begun_twice() -> None:
    over = DAY + timedelta(days=WRITTEN.window_days)
    assert is_running([programme("applying")], WRITTEN.lot, DAY)
    assert is_running([programme("applied", DAY)], WRITTEN.lot, over - timedelta(days=1))
    assert not is_running([programme("applied", DAY)], WRITTEN.lot, over + timedelta(days=1))
    assert not is_running([programme("applied", DAY)], "another lot", DAY)


def test_a_plan_that_replaces_one_that_never_began_writes_the_programme_down() -> None:
    assert not is_running([programme("approved")], WRITTEN.lot, DAY)
