"""What each plan promised, and what was proven of it: added to, never changed.

promised(unit, plan, …)   what a plan said it would bring, kept once
proven(unit, plan, …)     what its control group showed, once its window was over
ledger(unit, day)         both, side by side, as known on a day
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from huitou.journeys.tables import plan_promise
from huitou.store.books import Row, Unit


@dataclass(frozen=True)
class Amounts:
    """An amount with its interval, in minor units."""

    value: int
    low: int
    high: int


def promised(
    unit: Unit, plan_id: str, day: date, gain: Amounts, shrunk: int, now: datetime
) -> bool:
    """Keep what a plan promised and what was left of it after shrinking; whether that is new."""
    row = {**_row(plan_id, "promised", day, gain, now), "shrunk": shrunk}
    return unit.add_new(plan_promise, row)


def proven(
    unit: Unit, plan_id: str, day: date, effect: Amounts, told: Mapping[str, Any], now: datetime
) -> bool:
    """Keep what was proven as of a day; whether it says anything new.

    Goods come back late, and an effect is read again: a reading that changed is added below the
    first, which stays.
    """
    last = _latest(unit, plan_id, day)
    if last is not None and (last["value"], last["low"], last["high"]) == (
        effect.value,
        effect.low,
        effect.high,
    ):
        return False
    row = {**_row(plan_id, "proven", day, effect, now), **told}
    return unit.add_new(plan_promise, row)


def ledger(unit: Unit, day: date) -> list[tuple[Row, Row | None]]:
    """Each promise with the latest proof of it known on `day`, the first promise first."""
    query = select(plan_promise).where(plan_promise.c.as_of <= day).order_by(plan_promise.c.as_of)
    rows = unit.rows(query.order_by(plan_promise.c.as_of, plan_promise.c.id))
    proofs = {row["plan_id"]: row for row in rows if row["kind"] == "proven"}
    return [(row, proofs.get(row["plan_id"])) for row in rows if row["kind"] == "promised"]


def _latest(unit: Unit, plan_id: str, day: date) -> Row | None:
    mine = (plan_promise.c.plan_id == plan_id) & (plan_promise.c.kind == "proven")
    query = select(plan_promise).where(mine, plan_promise.c.as_of <= day)
    return unit.first(query.order_by(plan_promise.c.as_of.desc()).limit(1))


def _row(plan_id: str, kind: str, day: date, amounts: Amounts, now: datetime) -> Row:
    return {
        "plan_id": plan_id,
        "kind": kind,
        "as_of": day,
        "value": amounts.value,
        "low": amounts.low,
        "high": amounts.high,
        "at": now,
    }
