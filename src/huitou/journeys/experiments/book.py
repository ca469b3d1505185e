"""The book of experiments: what was written down before the first letter, and is never changed.

write_down(unit, …)   once for each plan and kind; the database refuses it after a letter
of_plans(unit)        plan -> its own
programmes(unit)      those of the whole programme, the first first
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from huitou.ground.errors import Refused
from huitou.journeys.tables import experiment, plan
from huitou.store.books import Row, Unit

CAMPAIGN, PROGRAMME = "campaign", "programme"


def write_down(
    unit: Unit, kind: str, written: Mapping[str, Any], digest: str, by: str, now: datetime
) -> str:
    """Write an experiment down; its id. Twice for the same plan changes nothing.

    Args:
        unit: of the books.
        kind: `CAMPAIGN` or `PROGRAMME`.
        written: all of it, with `plan` and `lot`.
        digest: its fingerprint.
        by: who approved the plan.
        now: the moment.
    """
    plan_id = str(written["plan"])
    mine = (experiment.c.plan_id == plan_id) & (experiment.c.kind == kind)
    found = unit.value(select(experiment.c.id).where(mine))
    if found is not None:
        return str(found)
    name = plan_id if kind == CAMPAIGN else f"programme-{_programmes_so_far(unit) + 1}"
    row = {"id": name, "kind": kind, "plan_id": plan_id, "lot": written["lot"]}
    told = {"written": dict(written), "digest": digest, "by": by, "at": now}
    if not unit.add_new(experiment, {**row, **told}) and kind == CAMPAIGN:
        raise Refused(f"an experiment called {name} was written down meanwhile")
    # Of two programmes at one moment the first stands, for both count to the same number.
    return name


def of_plans(unit: Unit) -> dict[str, Row]:
    """Plan -> the experiment written down for it; plans from before have none."""
    rows = unit.rows(select(experiment).where(experiment.c.kind == CAMPAIGN))
    return {row["plan_id"]: row for row in rows}


def programmes(unit: Unit) -> list[Row]:
    """Experiments of the programme whose first plan was not replaced, the first first.

    Each with `status`, `as_of` and `applied_as_of` of that plan.
    """
    query = (
        select(experiment, plan.c.status, plan.c.as_of, plan.c.applied_as_of)
        .join(plan, plan.c.id == experiment.c.plan_id)
        .where(experiment.c.kind == PROGRAMME, plan.c.status != "replaced")
    )
    return unit.rows(query.order_by(experiment.c.at, experiment.c.id))


def _programmes_so_far(unit: Unit) -> int:
    query = select(func.count()).select_from(experiment).where(experiment.c.kind == PROGRAMME)
    return int(unit.value(query) or 0)
