"""What the books know beside the orders, as the facts and the models read it.

    beside(unit, day, zone, moved)       happenings, complaints, our own messages: evidence
    heard(unit, moved, last_days, zone)  who was asked why, and what they said: to learn from
    said(unit, moved, last_days, zone)   what somebody said themselves about this very silence

`moved` are ids given up in this run -> the id used now: the books learn of them only later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.complaints import book as complaints
from huitou.care.happenings import book as happenings
from huitou.care.interviews import book as interviews
from huitou.care.reasons import UNKNOWN
from huitou.channels import book as channels
from huitou.facts.contract import COMPLAINTS, HAPPENINGS, MESSAGES, Told
from huitou.identity.book import names
from huitou.models.clues import NO_CAUSE
from huitou.models.learned import HEARD

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

Moved = Mapping[str, str]
SAID = pa.schema([("person_id", pa.string()), ("why", pa.string()), ("day", pa.date32())])
"""The cause that a person named for the silence they are in, and the day they did."""


def beside(unit: Unit, day: date, zone: ZoneInfo, moved: Moved) -> Told:
    """Evidence that no order shows, up to a day; a table is None where nothing of it is kept."""
    who = _Who(unit, moved)
    happened = [_on(who, row) for row in happenings.known(unit, day)]
    complained = [
        {
            "person_id": who.now(row["person_id"]),
            "about": row["kind"] if row["cause"] in (None, UNKNOWN) else row["cause"],
            "received": _day(row["received_at"], zone),
            "answered": _day(row["answered_at"] or row["resolved_at"], zone),
            "store": row["store"],
        }
        for row in complaints.told(unit)
        if row["person_id"]
    ]
    written = [_on(who, row) for row in channels.handed_over(unit)]
    return Told(
        _table(happened, HAPPENINGS), _table(complained, COMPLAINTS), _table(written, MESSAGES)
    )


def heard(unit: Unit, moved: Moved, last_days: Mapping[str, date], zone: ZoneInfo) -> pa.Table:
    """Everybody who was asked about the silence they are still in, each once, as `HEARD`.

    Who has bought since is left out: what is known of them now is not what was known then.
    """
    who = _Who(unit, moved)
    asked: dict[str, Row] = {}
    for row, since, channel in _named(unit, zone):
        person = who.now(row["person_id"])
        if _same_silence(since, last_days.get(person)):
            asked[person] = _heard(person, row, channel)
    for row in interviews.heard(unit):
        person = who.now(row["person_id"])
        if not _same_silence(row["departed_on"], last_days.get(person)):
            continue
        if row["why"] or person not in asked:
            asked[person] = _heard(person, row, channel=row["channel"])
    return pa.Table.from_pylist([asked[person] for person in sorted(asked)], schema=HEARD)


def said(unit: Unit, moved: Moved, last_days: Mapping[str, date], zone: ZoneInfo) -> pa.Table:
    """What each person named last as the cause of the silence they are in, as `SAID`."""
    who = _Who(unit, moved)
    named = [(row, since, row["at"]) for row, since, _channel in _named(unit, zone)]
    for row in interviews.heard(unit):
        if row["why"] and row["answered_at"]:
            named.append((row, row["departed_on"], row["answered_at"]))
    latest: dict[str, Row] = {}
    for row, since, at in sorted(named, key=lambda told: told[2]):
        person = who.now(row["person_id"])
        if row["why"] not in NO_CAUSE and _same_silence(since, last_days.get(person)):
            day = _day(at, zone)
            latest[person] = {"person_id": person, "why": row["why"], "day": day}
    return pa.Table.from_pylist([latest[person] for person in sorted(latest)], schema=SAID)


class _Who:
    """The id used now of anybody the books name."""

    def __init__(self, unit: Unit, moved: Moved) -> None:
        self._known, self._moved = names(unit), moved

    def now(self, person: str) -> str:
        known = self._known.now(person)
        return self._moved.get(known, known)


def _named(unit: Unit, zone: ZoneInfo) -> list[tuple[Row, date, str]]:
    """What people told staff: the row, up to which day the silence it is about had lasted, and how.

    What the lost say on the phone is in their case as well, and counts as said there.
    """
    on_the_phone = [(row, row["at"].astimezone(zone).date(), "call") for row in calls.heard(unit)]
    return [*on_the_phone, *((row, row["as_of"], "case") for row in care.said_why(unit))]


def _on(who: _Who, row: Row) -> dict[str, Any]:
    person = row["person_id"]
    return {**row, "person_id": who.now(person) if person else None}


def _heard(person: str, row: Row, channel: str) -> Row:
    return {
        "person_id": person,
        "why": row["why"],
        "channel": channel,
        "propensity": row.get("propensity"),
        "stage": row.get("stage"),
        "value": row.get("worth"),
    }


def _same_silence(since: date | None, last_day: date | None) -> bool:
    """Whether somebody last seen on `last_day` has not bought since they were asked about it."""
    return since is not None and last_day is not None and last_day <= since


def _table(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> ibis.Table | None:
    kept = [{name: row[name] for name in schema.names} for row in rows]
    return ibis.memtable(pa.Table.from_pylist(kept, schema=schema)) if kept else None


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at is not None else None
