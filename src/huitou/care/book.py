"""Opening and answering cases of lost customers, and keeping who asked to be left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update

from huitou.care.cases import LEAVE_ALONE, Answer, NewCase
from huitou.care.tables import answer, case, silence
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

CHANNELS = ("paper", "email", "call")


def open_cases(unit: Unit, cases: Sequence[NewCase], now: datetime) -> int:
    """Open a case for each person who has none open; how many were opened.

    A case's id is computed from person and day, so that a run done twice opens it once.
    """
    already = people_with_open_cases(unit)
    opened = 0
    for new in cases:
        if new.person_id not in already:
            opened += unit.add_new(case, _row(new, now))
    return opened


def record_answer(unit: Unit, case_id: str, given: Answer, by: str, now: datetime) -> None:
    """Keep what the customer said; *leave me alone* is obeyed in the same unit, on all channels."""
    row = find(unit, case_id)
    told = {"case_id": case_id, "by": by, "at": now, **vars(given)}
    unit.add(answer, [told])
    unit.change(update(case).where(case.c.id == case_id).values(status="answered", owner=by))
    if given.why == LEAVE_ALONE:
        be_silent(unit, row["person_id"], "any", f"case {case_id}, told to {by}", now)
    body = {"person_id": row["person_id"], "case_id": case_id, "why": given.why}
    body |= {"where_to": given.where_to, "by": by}
    key = f"answer:{case_id}:{fingerprint(by, now.isoformat(), str(given))[:16]}"
    tell(unit, [Event("case.answered", key, now, body)])


def assign(unit: Unit, case_id: str, owner: str) -> None:
    """Give a case to somebody of the staff."""
    find(unit, case_id)
    unit.change(update(case).where(case.c.id == case_id).values(owner=owner))


def close(unit: Unit, case_id: str, now: datetime, *, returned: bool = False) -> None:
    """End a case: the customer came back, or it is not followed any further."""
    find(unit, case_id)
    ended = {"status": "returned" if returned else "closed", "closed_at": now}
    unit.change(update(case).where(case.c.id == case_id).values(**ended))


def close_returned(unit: Unit, people: Iterable[str], now: datetime) -> int:
    """Close the cases of people who bought again; how many there were."""
    closed = 0
    for some in _chunks(list(people)):
        waiting = update(case).where(
            case.c.person_id.in_(some), case.c.status.in_(("open", "answered"))
        )
        closed += unit.change(waiting.values(status="returned", closed_at=now))
    return closed


def find(unit: Unit, case_id: str) -> Row:
    """One case; an error in words for an unknown id."""
    row = unit.first(select(case).where(case.c.id == case_id))
    if row is None:
        raise HuitouError(f"there is no case {case_id!r}")
    return row


def listed(
    unit: Unit, *, status: str = "open", after: tuple[int, str] | None = None, limit: int = 50
) -> list[Row]:
    """Cases, the worthiest first; `after` is (worth, id) of the last one seen."""
    query = select(case).where(case.c.status == status)
    if after is not None:
        worth, last = after
        query = query.where(or_(case.c.worth < worth, (case.c.worth == worth) & (case.c.id > last)))
    return unit.rows(query.order_by(case.c.worth.desc(), case.c.id).limit(limit))


def counted(unit: Unit) -> dict[str, int]:
    """How many cases there are in each status."""
    rows = unit.rows(select(case.c.status, func.count().label("n")).group_by(case.c.status))
    return {row["status"]: row["n"] for row in rows}


def answers(unit: Unit, case_id: str) -> list[Row]:
    """What was said in one case, in order."""
    return unit.rows(select(answer).where(answer.c.case_id == case_id).order_by(answer.c.id))


def answered_causes(unit: Unit) -> dict[str, str]:
    """person -> the cause they named last: stronger evidence than any suspicion."""
    query = select(case.c.person_id, answer.c.why).join(answer, answer.c.case_id == case.c.id)
    return {row["person_id"]: row["why"] for row in unit.rows(query.order_by(answer.c.id))}


def places_named(unit: Unit) -> list[Row]:
    """Where people said they went (where_to, n), the most named first."""
    times = func.count().label("n")
    query = select(answer.c.where_to, times).where(answer.c.where_to.is_not(None))
    return unit.rows(query.group_by(answer.c.where_to).order_by(times.desc(), answer.c.where_to))


def people_with_open_cases(unit: Unit) -> set[str]:
    """Whose case is open: no letter crosses it."""
    rows = unit.rows(select(case.c.person_id).where(case.c.status == "open"))
    return {row["person_id"] for row in rows}


def be_silent(
    unit: Unit,
    person_id: str,
    channel: str,
    source: str,
    now: datetime,
    *,
    purpose: str = "marketing",
) -> None:
    """Somebody asked to be left alone, on one channel or on `any`."""
    _add_silence(unit, person_id, channel, purpose, "silent", source, now)


def may_speak(
    unit: Unit,
    person_id: str,
    channel: str,
    source: str,
    now: datetime,
    *,
    purpose: str = "marketing",
) -> None:
    """Somebody asked to hear from us again."""
    _add_silence(unit, person_id, channel, purpose, "spoken_to", source, now)


def silent(unit: Unit, people: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """(person, channel) pairs that may not be used for marketing; the latest word counts.

    A word about `any` is a word about every channel.
    """
    query = select(silence).where(silence.c.purpose == "marketing")
    if people is not None:
        query = query.where(silence.c.person_id.in_(list(people)))
    latest: dict[tuple[str, str], str] = {}
    for row in unit.rows(query.order_by(silence.c.at, silence.c.id)):
        for channel in CHANNELS if row["channel"] == "any" else (row["channel"],):
            latest[row["person_id"], channel] = row["state"]
    return {pair for pair, state in latest.items() if state == "silent"}


def _add_silence(
    unit: Unit, person_id: str, channel: str, purpose: str, state: str, source: str, now: datetime
) -> None:
    row = {"person_id": person_id, "channel": channel, "purpose": purpose, "state": state}
    unit.add(silence, [{**row, "source": source, "at": now}])
    key = f"{state}:{fingerprint(person_id, channel, purpose, source, now.isoformat())[:32]}"
    tell(unit, [Event(f"care.{state}", key, now, row)])


def _row(new: NewCase, now: datetime) -> Row:
    return {
        "id": fingerprint(new.person_id, new.as_of.isoformat())[:16],
        "person_id": new.person_id,
        "as_of": new.as_of,
        "opened_at": now,
        "worth": new.worth,
        "suspects": [vars(suspect) for suspect in new.suspects],
        "status": "open",
    }


def _chunks(people: list[str], size: int = 500) -> Iterable[list[str]]:
    return (people[start : start + size] for start in range(0, len(people), size))
