"""Who does a chore now: the one whose row is there first. Clocks decide nothing here.

    fired = begin(unit, "post", slot, me, now)     # None: somebody does it, or has done it
    beat(unit, fired, me)                           # False: it was taken from me while I slept
    end(unit, fired, me, now, did={"accepted": 3})

Whether a process that began is still there is judged by its beats: one who has watched them stand
still for a while, by a watch of their own, may call it lost. No jump of a clock does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from huitou.runs.schedule.tables import firing
from huitou.store.books import Row, Unit

KEPT = 5_000
"""Firings kept in all: those of a chore each minute for three days, whatever the clock says."""


def begin(unit: Unit, chore: str, slot: datetime, owner: str, now: datetime) -> int | None:
    """Take one firing for oneself; its id, or None where it is taken, done, or another runs."""
    row = {"chore": chore, "slot": slot, "owner": owner, "state": "running"}
    if not unit.add_new(firing, {**row, "beats": 0, "began_at": now}):
        return None
    mine = select(firing.c.id).where(firing.c.chore == chore, firing.c.slot == slot)
    taken = unit.value(mine)
    newest = unit.value(select(func.max(firing.c.id))) or 0
    unit.change(delete(firing).where(firing.c.id <= newest - KEPT, firing.c.state != "running"))
    return int(taken)


def beat(unit: Unit, fired: int, owner: str) -> bool:
    """Say that one is still at it; False where somebody called it lost meanwhile."""
    mine = _running(fired, owner)
    return unit.change(update(firing).where(*mine).values(beats=firing.c.beats + 1)) == 1


def end(
    unit: Unit,
    fired: int,
    owner: str,
    now: datetime,
    *,
    did: Mapping[str, Any] | None = None,
    failed: str | None = None,
) -> bool:
    """Write how it went; False where it was taken from its owner, whose word counts no more."""
    state = "failed" if failed is not None else "done"
    values = {"state": state, "ended_at": now, "reason": failed}
    told = update(firing).where(*_running(fired, owner))
    return unit.change(told.values(did=dict(did) if did is not None else None, **values)) == 1


def running(unit: Unit, chore: str) -> Row | None:
    """The firing of a chore that was begun and not ended: id, owner, beats, began_at."""
    return unit.first(select(firing).where(firing.c.chore == chore, firing.c.state == "running"))


def call_lost(unit: Unit, fired: int, beats: int, now: datetime) -> bool:
    """Whoever began it is gone: its beats stood still at `beats` for long. False if they did not.

    Its slot stays taken: what a lost process may have half done is gone on with at the next one.
    """
    same = (firing.c.id == fired, firing.c.state == "running", firing.c.beats == beats)
    reason = "whoever began it was not heard of any more"
    lost = update(firing).where(*same).values(state="lost", ended_at=now, reason=reason)
    return unit.change(lost) == 1


def latest(unit: Unit) -> list[Row]:
    """The last firing of each chore, by name."""
    last = select(func.max(firing.c.id)).group_by(firing.c.chore)
    return unit.rows(select(firing).where(firing.c.id.in_(last)).order_by(firing.c.chore))


def _running(fired: int, owner: str) -> tuple[Any, ...]:
    return (firing.c.id == fired, firing.c.owner == owner, firing.c.state == "running")
