"""Writing case files, reading what they cost, and telling the lessons in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from huitou.care import book as care
from huitou.care.casefiles.notes import Note
from huitou.care.casefiles.tables import case_note, lesson_heard
from huitou.care.cases import Answer
from huitou.care.tables import case
from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

UNOWNED = "-"
"""The filter that finds cases nobody is on."""


@dataclass(frozen=True)
class Effort:
    """What was put into one case: staff minutes, and money beside them in minor units."""

    minutes: int = 0
    cost: int = 0


def write(unit: Unit, case_id: str, note: Note, by: str, now: datetime) -> bool:
    """Add a line to a case file; whether it was new. The same line twice in a minute is one.

    A cause that was found is evidence like an answer, and is kept as one in the same unit.
    """
    row = care.find(unit, case_id)
    mark = fingerprint(
        case_id, by, now.strftime("%Y-%m-%dT%H:%M"), *(f"{k}={v}" for k, v in vars(note).items())
    )
    line = {"case_id": case_id, "by": by, "at": now, "fingerprint": mark, **vars(note)}
    if not unit.add_new(case_note, line):
        return False
    body = {"person_id": row["person_id"], "case_id": case_id, "kind": note.kind, "by": by}
    body |= {"cause": note.cause or "", "minutes": note.minutes, "cost": note.cost}
    tell(unit, [Event(f"case.{note.kind}", f"note:{mark}", now, body)])
    if note.kind == "found" and note.cause is not None:
        care.record_answer(unit, case_id, Answer(note.cause, None, note.words or None), by, now)
    return True


def notes(unit: Unit, case_id: str) -> list[Row]:
    """The lines of one file, the oldest first."""
    return unit.rows(
        select(case_note).where(case_note.c.case_id == case_id).order_by(case_note.c.id)
    )


def efforts(unit: Unit, case_ids: Iterable[str] | None = None) -> dict[str, Effort]:
    """case -> what it took so far; of all cases unless some are named."""
    query = select(
        case_note.c.case_id,
        func.sum(case_note.c.minutes).label("minutes"),
        func.sum(case_note.c.cost).label("cost"),
    ).group_by(case_note.c.case_id)
    if case_ids is not None:
        query = query.where(case_note.c.case_id.in_(list(case_ids)))
    return {
        row["case_id"]: Effort(int(row["minutes"]), int(row["cost"])) for row in unit.rows(query)
    }


def listed(
    unit: Unit,
    *,
    status: str | None = None,
    owner: str | None = None,
    after: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Cases by state and owner (`UNOWNED`: nobody's), the worthiest first.

    `after` is (worth, id) of the last one seen.
    """
    query = select(case)
    if status is not None:
        query = query.where(case.c.status == status)
    if owner is not None:
        query = query.where(case.c.owner.is_(None) if owner == UNOWNED else case.c.owner == owner)
    if after is not None:
        worth, last = after
        query = query.where(or_(case.c.worth < worth, (case.c.worth == worth) & (case.c.id > last)))
    return unit.rows(query.order_by(case.c.worth.desc(), case.c.id).limit(limit))


def board(unit: Unit) -> list[Row]:
    """One row for each state: status, how many (`n`), and their `worth` together."""
    worth = func.sum(case.c.worth).label("worth")
    query = select(case.c.status, func.count().label("n"), worth).group_by(case.c.status)
    return [{**row, "worth": int(row["worth"])} for row in unit.rows(query)]


def owners(unit: Unit) -> list[str]:
    """Everybody who was ever on a case, by name."""
    query = select(case.c.owner).where(case.c.owner.is_not(None)).distinct().order_by(case.c.owner)
    return [row["owner"] for row in unit.rows(query)]


def of_person(unit: Unit, person_id: str) -> list[Row]:
    """Every case of one person, under any of their ids, the newest first."""
    theirs = case.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    return unit.rows(select(case).where(theirs).order_by(case.c.opened_at.desc(), case.c.id))


def followed(unit: Unit, people: Iterable[str] | None = None) -> dict[str, Row]:
    """person -> their case that is not over yet, under each of their ids; the open one first."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(case).where(case.c.status.in_(("open", "answered")))
    if among is not None:
        query = query.where(case.c.person_id.in_(known.every(among)))
    rows = unit.rows(query.order_by(case.c.opened_at))
    rows.sort(key=lambda row: row["status"] == "open")
    return known.spread({known.now(row["person_id"]): row for row in rows})


def lessons(unit: Unit) -> list[Row]:
    """Every lesson (note, its case's person, cause), the newest first."""
    query = (
        select(case_note, case.c.person_id)
        .join(case, case.c.id == case_note.c.case_id)
        .where(case_note.c.kind == "lesson")
        .order_by(case_note.c.id.desc())
    )
    return unit.rows(query)


def heard(unit: Unit) -> dict[int, list[str]]:
    """Lesson -> who has heard it, in the order they did."""
    found: dict[int, list[str]] = {}
    for row in unit.rows(_heard().order_by(lesson_heard.c.at, lesson_heard.c.who)):
        found.setdefault(row["note_id"], []).append(row["who"])
    return found


def hear(unit: Unit, lesson: int, who: str, now: datetime) -> bool:
    """Somebody has read, or was told, a lesson; whether that is news."""
    return unit.add_new(lesson_heard, {"note_id": lesson, "who": who, "at": now})


def _heard() -> Select[tuple[int, str]]:
    return select(lesson_heard.c.note_id, lesson_heard.c.who)
