"""Writing down what happened, once each, and reading what is known by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select, update

from huitou.care.happenings.rules import SCOPES, Happened
from huitou.care.happenings.tables import happening, happening_aside
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint, new_id
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


def write_down(unit: Unit, happened: Happened, now: datetime) -> tuple[Row, bool]:
    """The row of what happened, and whether it is new: the same key again changes nothing.

    What was withdrawn stays withdrawn, however often its key comes again.
    """
    fresh = {
        "id": new_id(),
        "told_at": now,
        **{
            name: getattr(happened, name) for name in ("key", "kind", "day", "until", "words", "by")
        },
        **{name: getattr(happened, name) for name in SCOPES},
    }
    is_new = unit.add_new(happening, fresh)
    row = unit.first(select(happening).where(happening.c.key == happened.key))
    if row is None:
        raise HuitouError(f"{happened.key!r} could not be written down")
    if is_new:
        tell(unit, [_event("told", row, now)])
    return row, is_new


def withdraw(unit: Unit, happening_id: str, by: str, now: datetime) -> None:
    """It was a mistake: it stays on the page, and is evidence no more."""
    row = unit.first(select(happening).where(happening.c.id == happening_id))
    if row is None:
        raise HuitouError(f"nothing is written down as {happening_id!r}")
    standing = (happening.c.id == happening_id, happening.c.withdrawn_at.is_(None))
    if unit.change(update(happening).where(*standing).values(withdrawn_by=by, withdrawn_at=now)):
        tell(unit, [_event("withdrawn", row, now)])


def known(unit: Unit, until: date) -> list[Row]:
    """Everything that happened up to a day, oldest first; persons under the id used now."""
    query = select(happening).where(happening.c.day <= until, happening.c.withdrawn_at.is_(None))
    return _by_now(unit, unit.rows(query.order_by(happening.c.day, happening.c.id)))


def latest(unit: Unit, *, kind: str | None = None, limit: int = 50) -> list[Row]:
    """What was told last, also what was withdrawn, the newest first."""
    query = select(happening)
    if kind is not None:
        query = query.where(happening.c.kind == kind)
    ordered = query.order_by(happening.c.day.desc(), happening.c.told_at.desc(), happening.c.id)
    return _by_now(unit, unit.rows(ordered.limit(limit)))


def set_aside(
    unit: Unit,
    file: str,
    line: int,
    raw: Mapping[str, str],
    reason: str,
    to_try: str | None,
    by: str,
    now: datetime,
) -> None:
    """Keep a row of a file that could not be taken, with the reason; the same row once."""
    mark = fingerprint(file, str(line), *(f"{name}={value}" for name, value in raw.items()))
    row = {"id": mark, "file": file, "line": line, "raw": dict(raw), "reason": reason}
    unit.add_new(happening_aside, {**row, "to_try": to_try, "by": by, "at": now})


def aside(unit: Unit, limit: int = 50) -> list[Row]:
    """Rows that could not be taken, the newest first."""
    at = happening_aside.c.at.desc()
    return unit.rows(select(happening_aside).order_by(at, happening_aside.c.line).limit(limit))


def _by_now(unit: Unit, rows: list[Row]) -> list[Row]:
    theirs = names(unit)
    return [
        {**row, "person_id": theirs.now(row["person_id"]) if row["person_id"] else None}
        for row in rows
    ]


def _event(verb: str, row: Row, now: datetime) -> Event:
    body = {name: row[name] for name in ("kind", *SCOPES) if row[name] is not None}
    body |= {"day": row["day"].isoformat(), "by": row["by"]}
    return Event(f"happening.{verb}", f"happening:{verb}:{row['id']}", now, body)
