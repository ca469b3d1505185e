"""The guardrail's own book: what it saw of each plan, which it stopped, and who lifted that.

looked(unit, plan, …)       one look, kept with what it found
stop(unit, plan, …)         nothing more of this plan is handed over
lift(unit, plan, by, now)   a human takes the stop back, and answers for it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from huitou.ground.errors import Refused
from huitou.journeys.tables import plan_guard
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

MACHINE = "the guardrail"


def looked(unit: Unit, plan_id: str, found: Mapping[str, Any], now: datetime) -> None:
    """Keep one look at a plan: later looks must know how much of their error is spent."""
    _add(unit, plan_id, "look", "all", found, MACHINE, now)


def looks(unit: Unit, plan_id: str) -> list[Row]:
    """The looks at a plan, the first first."""
    return [row for row in history(unit, plan_id) if row["kind"] == "look"]


def history(unit: Unit, plan_id: str) -> list[Row]:
    """Everything the guardrail wrote of a plan, in order."""
    mine = select(plan_guard).where(plan_guard.c.plan_id == plan_id)
    return unit.rows(mine.order_by(plan_guard.c.id))


def stop(
    unit: Unit, plan_id: str, outcome: str, reason: Mapping[str, Any], by: str, now: datetime
) -> bool:
    """Hand over nothing more of a plan; whether that is new.

    A stop that a human lifted is not made again by the machine: somebody answers for it now.
    """
    told = [row for row in history(unit, plan_id) if row["kind"] != "look"]
    if told and (told[-1]["kind"] == "stopped" or by == MACHINE):
        return False
    _add(unit, plan_id, "stopped", outcome, reason, by, now)
    body = {"plan_id": plan_id, "outcome": outcome, "by": by}
    tell(unit, [Event("plan.stopped", f"plan.stopped:{plan_id}:{len(told)}", now, body)])
    return True


def lift(unit: Unit, plan_id: str, by: str, now: datetime) -> None:
    """A human takes a stop back. Raises `Refused` where nothing is stopped."""
    if plan_id not in stopped(unit, [plan_id]):
        raise Refused(f"the plan {plan_id} is not stopped", to_try="huitou harm")
    told = [row for row in history(unit, plan_id) if row["kind"] != "look"]
    _add(unit, plan_id, "lifted", told[-1]["outcome"], {}, by, now)
    body = {"plan_id": plan_id, "by": by}
    tell(unit, [Event("plan.lifted", f"plan.lifted:{plan_id}:{len(told)}", now, body)])


def stopped(unit: Unit, plans: Iterable[str] | None = None) -> dict[str, Row]:
    """Plans that are stopped now -> the row that stopped them."""
    query = select(plan_guard).where(plan_guard.c.kind != "look").order_by(plan_guard.c.id)
    if plans is not None:
        query = query.where(plan_guard.c.plan_id.in_(list(plans)))
    latest = {row["plan_id"]: row for row in unit.rows(query)}
    return {plan: row for plan, row in latest.items() if row["kind"] == "stopped"}


def _add(
    unit: Unit,
    plan_id: str,
    kind: str,
    outcome: str,
    reason: Mapping[str, Any],
    by: str,
    now: datetime,
) -> None:
    row = {"plan_id": plan_id, "kind": kind, "outcome": outcome, "reason": dict(reason)}
    unit.add(plan_guard, [{**row, "by": by, "at": now}])
