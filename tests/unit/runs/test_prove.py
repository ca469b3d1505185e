"""What is compared over which days, and what is taken off for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from huitou.runs.steps.prove import Applied, programme_of, spent, whole_of
from huitou.runs.verdicts import WHOLE

MARCH = date(2026, 3, 1)


def applied(
    name: str = "one", *, later: int = 0, sent: int = 3, people: list[dict[str, Any]] | None = None
) -> Applied:
    """A plan of the first of March that was applied so many days later."""
    told = {
        "window_days": 91,
        "holdout_share": 0.1,
        "gain": 5_000,
        "gain_low": 0,
        "gain_high": 9_000,
    }
    plan = {
        "id": name,
        "as_of": MARCH,
        "applied_as_of": MARCH + timedelta(days=later),
        "applied_at": datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=later),
        "totals": told,
    }
    return Applied(plan, pa.Table.from_pylist(people or [reached("p1")]), sent)


def reached(
    person: str,
    worst_cost: int = 700,
    cap: int = 600,
    outcome: str = "applied",
    served: int = 0,
) -> dict:
    amounts = {"worst_cost": worst_cost, "cap": cap, "served": served}
    return {"person_id": person, **amounts, "outcome": outcome}


def test_the_window_starts_when_the_plan_was_really_applied() -> None:
    at_once, late = (programme_of(applied(later=days), "GBP") for days in (0, 120))
    assert (at_once.start, at_once.until) == (date(2026, 3, 2), date(2026, 5, 31))
    assert late.start == date(2026, 6, 30) > at_once.until
    assert (late.until - late.start).days == 90


def test_a_plan_applied_by_an_older_edition_still_starts_after_what_it_knew() -> None:
    assert programme_of(applied(later=-30), "GBP").start == date(2026, 3, 2)


def test_a_discount_is_not_taken_off_twice() -> None:
    people = [reached("p1"), reached("p2", 95, 0), reached("p3", outcome="refused")]
    costs = spent([applied(people=people), applied("two")]).sort_by("person_id").to_pylist()
    assert costs == [{"person_id": "p1", "cost": 200}, {"person_id": "p2", "cost": 95}]


def test_a_better_service_that_was_taken_is_taken_off() -> None:
    people = [reached("p1", served=600), reached("p2")]
    costs = spent([applied(people=people)]).sort_by("person_id")["cost"].to_pylist()
    assert costs == [700, 100]


def test_a_campaign_is_held_to_what_it_promised_for_those_it_compares() -> None:
    plan = applied()
    plan.plan["totals"]["promise"] = {"gain": 4_000, "low": 1_000, "high": 7_000}
    assert programme_of(plan, "GBP").promised == 4_000
    assert whole_of([plan], MARCH, "GBP").promised == 5_000


def test_the_programme_is_read_at_the_end_of_each_whole_window() -> None:
    plans = [applied("two", later=40), applied("one")]
    first = date(2026, 5, 31)
    for known, until in ((MARCH, 0), (first, 0), (date(2026, 8, 29), 0), (date(2026, 8, 30), 91)):
        found = whole_of(plans, known, "GBP")
        assert (found.name, found.start) == (WHOLE, date(2026, 3, 2))
        assert found.until == first + timedelta(days=until)
    assert (found.sent, found.promised, found.share) == (6, 10_000, 0.1)


def test_a_plan_that_began_after_the_window_is_no_part_of_it() -> None:
    plans = [applied("one"), applied("late", later=200)]
    assert whole_of(plans, date(2026, 6, 5), "GBP").sent == 3
