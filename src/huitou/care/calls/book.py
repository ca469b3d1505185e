"""Putting calls on the list, taking them off, and writing down what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select, update

from huitou.care import book as care
from huitou.care.calls.outcomes import DROPPED, OPEN, Outcome, due_after, state_after
from huitou.care.calls.tables import call, call_outcome
from huitou.ground.channels import ANY
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

TWICE = timedelta(minutes=2)
"""The same outcome by the same clerk within this time is one outcome that was sent twice."""


@dataclass(frozen=True)
class NewCall:
    """A call to be put on somebody's list."""

    person_id: str
    clerk: str
    due_on: date
    minutes: int
    decision_id: str | None = None
    case_id: str | None = None
    store: str | None = None
    gain: tuple[int, int, int] | None = None
    """Expected profit and the ends of its interval, minor units; None where nobody reckoned it."""
    asked_by: str | None = None

    @property
    def id(self) -> str:
        """Computed, so that putting it on the list twice does no harm."""
        what = self.decision_id or f"{self.case_id or ''}:{self.person_id}:{self.due_on}"
        return fingerprint("call", what)[:26]


def add(unit: Unit, new: NewCall, now: datetime) -> bool:
    """Put a call on the list; whether it was new. Nobody has two open calls at a time.

    A call that a plan means for somebody who is on the list already becomes the call that is there.
    """
    standing = open_of(unit, new.person_id)
    if standing is not None:
        if standing["decision_id"] is None and new.decision_id is not None:
            _join(unit, standing, new)
        return False
    gain, low, high = new.gain or (None, None, None)
    row = {
        "id": new.id,
        "decision_id": new.decision_id,
        "case_id": new.case_id,
        "person_id": new.person_id,
        "clerk": new.clerk,
        "store": new.store,
        "gain": gain,
        "gain_low": low,
        "gain_high": high,
        "minutes": new.minutes,
        "due_on": new.due_on,
        "state": "todo",
        "tries": 0,
        "asked_by": new.asked_by,
        "made_at": now,
    }
    if not unit.add_new(call, row):
        return False
    body = {"person_id": new.person_id, "call_id": new.id, "clerk": new.clerk}
    tell(unit, [Event("call.listed", f"call:{new.id}", now, body)])
    return True


def _join(unit: Unit, standing: Row, new: NewCall) -> None:
    gain, low, high = new.gain or (None, None, None)
    told = {"decision_id": new.decision_id, "gain": gain, "gain_low": low, "gain_high": high}
    unit.change(update(call).where(call.c.id == standing["id"]).values(**told))


def drop(unit: Unit, call_id: str, because: str, now: datetime) -> bool:
    """Take a call off the list, for one of `DROPPED`; whether it was on it."""
    if because not in DROPPED:
        raise ValueError(f"{because!r} is not one of {', '.join(DROPPED)}")
    standing = update(call).where(call.c.id == call_id, call.c.state.in_(OPEN))
    if unit.change(standing.values(state="dropped", dropped_because=because)) != 1:
        return False
    row = find(unit, call_id)
    body = {"person_id": row["person_id"], "call_id": call_id, "because": because}
    tell(unit, [Event("call.dropped", f"call.dropped:{call_id}", now, body)])
    return True


def hand_to(
    unit: Unit, call_id: str, clerk: str, *, case_id: str | None = None, store: str | None = None
) -> None:
    """Give an open call to another clerk; `case_id` marks it as the call of a case."""
    told = {"clerk": clerk, "case_id": case_id, "store": store}
    changed = {name: value for name, value in told.items() if value is not None}
    mine = update(call).where(call.c.id == call_id, call.c.state.in_(OPEN))
    unit.change(mine.values(**changed))


def record(
    unit: Unit,
    call_id: str,
    outcome: Outcome,
    by: str,
    now: datetime,
    *,
    today: date,
    phone: str | None = None,
) -> bool:
    """Write down what came of a call; whether it was news. *Leave me alone* is obeyed at once.

    `phone` is the number that was rung: of it only a fingerprint is kept, so that a wrong number is
    rung once and no more. Raises `Refused` for a call that is over.
    """
    row = find(unit, call_id)
    before = _latest(unit, call_id)
    if before is not None and _again(before, outcome, by, now):
        return False
    if row["state"] not in OPEN:
        raise Refused("this call is over", to_try="huitou call list")
    tries = row["tries"] + 1
    state = state_after(outcome, tries)
    told = {"state": state, "tries": tries, "due_on": due_after(outcome, tries, today)}
    told = {name: value for name, value in told.items() if value is not None}
    if state == "dropped":
        told["dropped_because"] = outcome.code
    seen = (call.c.id == call_id) & (call.c.tries == row["tries"]) & call.c.state.in_(OPEN)
    if unit.change(update(call).where(seen).values(**told)) != 1:
        raise Refused("somebody else has just written down this call", to_try="huitou call list")
    unit.add(call_outcome, [_outcome_row(row, outcome, told.get("due_on"), by, now, phone)])
    body = {"person_id": row["person_id"], "call_id": call_id, "clerk": row["clerk"], "by": by}
    body |= {"decision_id": row["decision_id"] or "", "why": outcome.why or ""}
    tell(unit, [Event(f"call.{outcome.code}", f"call:{call_id}:{tries}", now, body)])
    if outcome.code == "silence":
        care.be_silent(unit, row["person_id"], ANY, f"told to {by} on the phone", now)
    return True


def find(unit: Unit, call_id: str) -> Row:
    """One call; an error in words for an unknown id."""
    row = unit.first(select(call).where(call.c.id == call_id))
    if row is None:
        raise HuitouError(f"there is no call {call_id!r}", to_try="huitou call list")
    return row


def open_calls(unit: Unit, clerk: str | None = None) -> list[Row]:
    """Every call still to be made, of one clerk or of all."""
    query = select(call).where(call.c.state.in_(OPEN))
    if clerk is not None:
        query = query.where(call.c.clerk == clerk)
    return unit.rows(query.order_by(call.c.id))


def open_of(unit: Unit, person_id: str) -> Row | None:
    """The open call to one person, under any of their ids."""
    theirs = call.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    return unit.first(select(call).where(theirs, call.c.state.in_(OPEN)).order_by(call.c.id))


def known_decisions(unit: Unit) -> set[str]:
    """The decisions whose calls were put on the list, whatever became of them."""
    query = select(call.c.decision_id).where(call.c.decision_id.is_not(None))
    return {row["decision_id"] for row in unit.rows(query)}


def rung() -> Select[str | None]:
    """A query for the decisions whose call was really made: an outcome of it was written."""
    query = select(call.c.decision_id).join(call_outcome, call_outcome.c.call_id == call.c.id)
    return query.where(call.c.decision_id.is_not(None))


def outcomes(unit: Unit, call_ids: Iterable[str]) -> dict[str, list[Row]]:
    """call -> its outcomes, the oldest first."""
    query = select(call_outcome).where(call_outcome.c.call_id.in_(list(call_ids)))
    found: dict[str, list[Row]] = {}
    for row in unit.rows(query.order_by(call_outcome.c.id)):
        found.setdefault(row["call_id"], []).append(row)
    return found


def written_since(unit: Unit, at: datetime) -> list[Row]:
    """Every outcome written since a moment, with the person and clerk of its call."""
    query = (
        select(call_outcome, call.c.person_id, call.c.clerk, call.c.minutes.label("planned"))
        .join(call, call.c.id == call_outcome.c.call_id)
        .where(call_outcome.c.at >= at)
    )
    return unit.rows(query.order_by(call_outcome.c.id))


def to_person(unit: Unit, person_id: str) -> list[Row]:
    """Every outcome of calls to one person, under any of their ids, the newest first."""
    theirs = names(unit, [person_id]).every([person_id])
    query = (
        select(call_outcome, call.c.person_id, call.c.clerk)
        .join(call, call.c.id == call_outcome.c.call_id)
        .where(call.c.person_id.in_(theirs))
    )
    return unit.rows(query.order_by(call_outcome.c.id.desc()))


def heard(unit: Unit) -> list[Row]:
    """What people said on the phone: person_id, why, where_to, words, at; the oldest first."""
    columns = (call_outcome.c[name] for name in ("why", "where_to", "words", "at"))
    query = select(call.c.person_id, *columns).join(call, call.c.id == call_outcome.c.call_id)
    return unit.rows(query.where(call_outcome.c.why.is_not(None)).order_by(call_outcome.c.id))


def wrong_numbers(unit: Unit) -> set[str]:
    """Fingerprints of the numbers that were not theirs."""
    query = select(call_outcome.c.phone_mark).where(call_outcome.c.code == "wrong_number")
    return {row["phone_mark"] for row in unit.rows(query) if row["phone_mark"]}


def phone_mark(person_id: str, phone: str) -> str:
    """What is kept of a number that was rung."""
    return fingerprint("phone", person_id, phone)


def load(unit: Unit) -> Mapping[str, int]:
    """clerk -> minutes of calls that are still on their list."""
    query = select(call.c.clerk, func.sum(call.c.minutes).label("minutes"))
    rows = unit.rows(query.where(call.c.state.in_(OPEN)).group_by(call.c.clerk))
    return {row["clerk"]: int(row["minutes"]) for row in rows}


def clerks(unit: Unit) -> Sequence[str]:
    """Whoever has an open call."""
    query = select(call.c.clerk).where(call.c.state.in_(OPEN)).distinct().order_by(call.c.clerk)
    return [row["clerk"] for row in unit.rows(query)]


def _latest(unit: Unit, call_id: str) -> Row | None:
    mine = select(call_outcome).where(call_outcome.c.call_id == call_id)
    return unit.first(mine.order_by(call_outcome.c.id.desc()).limit(1))


def _again(before: Row, outcome: Outcome, by: str, now: datetime) -> bool:
    same = before["code"] == outcome.code and before["by"] == by
    return bool(same and now - before["at"] <= TWICE)


def _outcome_row(
    row: Row, outcome: Outcome, due: object, by: str, now: datetime, phone: str | None
) -> Row:
    mark = phone_mark(row["person_id"], phone) if phone else None
    told = {**vars(outcome), "next_day": due if outcome.code != "silence" else None}
    return {**told, "call_id": row["id"], "phone_mark": mark, "by": by, "at": now}
