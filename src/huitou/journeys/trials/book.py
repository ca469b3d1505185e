"""Writing a test down, ending it, and who is in it by the plans that were applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_id
from huitou.identity import book as identity
from huitou.journeys.tables import decision, plan
from huitou.journeys.trials.tables import trial
from huitou.loyalty import book as loyalty
from huitou.store.books import Row, Unit


def start(unit: Unit, planned: Mapping[str, Any], by: str, now: datetime) -> str:
    """Write a test down; the next plan obeys it. Its id.

    `planned`: name, arms, stages, most, days, outcome, enrol_until, expected.
    """
    trial_id = new_id()
    unit.add(trial, [{"id": trial_id, **planned, "by": by, "at": now}])
    return trial_id


def stop(unit: Unit, trial_id: str, by: str, now: datetime) -> None:
    """Nobody more comes into a test; who is in it stays in its read-out. Twice changes nothing."""
    the_trial(unit, trial_id)
    running = (trial.c.id == trial_id) & trial.c.stopped_at.is_(None)
    unit.change(update(trial).where(running).values(stopped_by=by, stopped_at=now))


def the_trial(unit: Unit, trial_id: str) -> Row:
    """A test by its id; an error in words for none."""
    row = unit.first(select(trial).where(trial.c.id == trial_id))
    if row is None:
        raise HuitouError(f"there is no test {trial_id!r}", to_try="huitou test list")
    return row


def trials(unit: Unit) -> list[Row]:
    """All tests, the newest first."""
    return unit.rows(select(trial).order_by(trial.c.at.desc(), trial.c.id))


def members(unit: Unit, trial_id: str | None = None) -> list[Row]:
    """Who is in a test, or in any, by today's id: test, person_id, act_name, propensity, held_by,
    outcome, worst_cost, cap, served, day (see `journeys.assignments`).

    The first applied plan that drew somebody counts; `day` is the last day known when it was
    applied: nothing before the day after is the test's doing.
    """
    names = ("test", "person_id", "act_name", "propensity", "held_by", "outcome")
    amounts = ("worst_cost", "cap")
    query = (
        select(
            *(decision.c[name] for name in (*names, *amounts)),
            loyalty.served(decision.c.id).label("served"),
            plan.c.as_of,
            plan.c.applied_as_of,
        )
        .join(plan, plan.c.id == decision.c.plan_id)
        .where(decision.c.test.is_not(None), plan.c.status == "applied")
        .order_by(plan.c.applied_at, decision.c.person_id)
    )
    if trial_id is not None:
        query = query.where(decision.c.test == trial_id)
    known = identity.names(unit)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in unit.rows(query):
        person = known.now(row["person_id"])
        day: date = max(row["as_of"], row["applied_as_of"])
        found.setdefault((row["test"], person), {**row, "person_id": person, "day": day})
    return list(found.values())


def inside(unit: Unit, day: date) -> set[str]:
    """Whose window in a planned test still runs: nothing else is done with them meanwhile."""
    drawn = members(unit)
    days = {row["id"]: timedelta(days=row["days"]) for row in trials(unit)} if drawn else {}
    return {row["person_id"] for row in drawn if day <= row["day"] + days[row["test"]]}
