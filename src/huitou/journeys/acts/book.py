"""Keeping the merchant's own acts: added, taken away, and never forgotten.

add(unit, act told, by, now)      an act of one's own, from the next draft on
remove(unit, name, by, now)       no plan is drafted with it any more
in_use(unit) / every(unit)        what a plan may do now / every act a receipt may name
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from huitou.decisions import acts
from huitou.decisions.acts import ACTS, Act, act_of, act_to_add
from huitou.ground.errors import Refused
from huitou.journeys.acts.tables import own_act
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


def add(unit: Unit, told: Mapping[str, Any], by: str, now: datetime) -> Act:
    """Keep an act of one's own. Raises `BadInput` in words for one that cannot stand.

    A name that was used before, by huitou or by an act that was taken away, is refused.
    """
    act = act_to_add(told)
    row = {"name": act.name, "told": dict(told), "by": by, "at": now}
    if act.name in ACTS or not unit.add_new(own_act, row):
        raise Refused(f"there is, or was, an act called {act.name!r}", to_try="another name")
    body = {"name": act.name, "kind": act.kind, "by": by}
    tell(unit, [Event("act.added", f"act.added:{act.name}", now, body)])
    return act


def remove(unit: Unit, name: str, by: str, now: datetime) -> None:
    """Take an own act away; receipts go on naming it."""
    standing = (own_act.c.name == name) & own_act.c.removed_at.is_(None)
    if not unit.change(update(own_act).where(standing).values(removed_by=by, removed_at=now)):
        raise Refused(f"there is no act of your own called {name!r}", to_try="huitou act list")
    body = {"name": name, "by": by}
    tell(unit, [Event("act.removed", f"act.removed:{name}", now, body)])


def rows(unit: Unit) -> list[Row]:
    """Every own act as it was told, those taken away too, by name."""
    return unit.rows(select(own_act).order_by(own_act.c.name))


def in_use(unit: Unit) -> dict[str, Act]:
    """What a plan may do now: the acts of huitou that are ready, and the merchant's own."""
    standing = (row for row in rows(unit) if row["removed_at"] is None)
    return acts.in_use(act_of(row["told"], own=True) for row in standing)


def every(unit: Unit) -> dict[str, Act]:
    """Every act a receipt may name."""
    return {**ACTS, **{row["name"]: act_of(row["told"], own=True) for row in rows(unit)}}
