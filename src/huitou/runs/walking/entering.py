"""Who comes into which journey: by what they became, by a day of theirs, by what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.clock import end_of_day
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.journeys.paths.entries.book import Comer
from huitou.journeys.paths.hearing.book import CATCH_UP, Noted
from huitou.journeys.paths.journey import Journey, Trigger

Row = Mapping[str, Any]
DAYS_BACK = 2
"""A day of somebody that nobody looked at for so long lets them in late; an older one does not."""


def became(trigger: Trigger, now: pa.Table, before: pa.Table | None) -> pa.Array:
    """Whom of `now` the condition of a trigger fits that it did not fit before.

    Without an evening before nobody has become anything, but those already may come in.
    """
    fits = trigger.becomes.mask(now)
    if trigger.also_those_already:
        return fits
    if before is None:
        return pc.and_(fits, pa.scalar(False))
    stood = before.filter(trigger.becomes.mask(before))["person_id"].combine_chunks()
    return pc.and_(fits, pc.invert(pc.is_in(now["person_id"], stood)))


def by_facts(
    journey: Journey, now: pa.Table, before: pa.Table | None, day: date
) -> tuple[pa.Table, str]:
    """Who comes in by what they became, the worthiest first, and the name of the occasion."""
    mask = pc.and_(became(journey.trigger, now, before), journey.who.mask(now))
    return _worthiest_first(now.filter(mask)), f"{day:%Y%m%d}"


def by_day(
    journey: Journey, now: pa.Table, days: Mapping[str, date], today: date
) -> Iterator[tuple[str, str]]:
    """(person, occasion) of those whose day it is: it was meant for today or the days before.

    `days`: person -> their day, of birthdays too: a birthday comes every year.
    """
    trigger = journey.trigger
    fits = now.filter(journey.who.mask(now))["person_id"].to_pylist()
    for person in fits:
        day = days.get(person)
        if day is None:
            continue
        meant = _meant(day, trigger, today)
        if meant is not None:
            yield person, f"{meant:%Y%m%d}"


def _meant(day: date, trigger: Trigger, today: date) -> date | None:
    for back in range(DAYS_BACK + 1):
        on = today - timedelta(days=back)
        of_theirs = on - timedelta(days=trigger.days)
        if of_theirs == day or (trigger.name == "birthday" and _is_birthday(day, of_theirs)):
            return on
    return None


def _is_birthday(born: date, on: date) -> bool:
    """Whoever was born on a 29 February keeps it on 1 March where there is none."""
    if (born.month, born.day) == (2, 29) and not _is_leap(on.year):
        return (on.month, on.day) == (3, 1)
    return (born.month, born.day) == (on.month, on.day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def by_event(journey: Journey, heard: Sequence[Noted], now: datetime) -> list[Noted]:
    """The events that let somebody in: recent ones of the kind the journey begins with."""
    kind, name = journey.trigger.kind, journey.trigger.name
    if kind not in ("event", "alarm"):
        return []
    wanted = f"alarm:{name}" if kind == "alarm" else name
    return [one for one in heard if one.name == wanted and one.at > now - CATCH_UP]


def occasion(event: Noted) -> str:
    """The name of the occasion that an event is."""
    return fingerprint(event.key)[:16]


def comer(row: Row, entry: str, as_of: datetime, told: Row | None = None) -> Comer:
    """Somebody with a reason to come in."""
    return Comer(row["person_id"], entry, row["hold_key"], row["held"], as_of, told or {})


def evening(day: date, settings: Settings) -> datetime:
    """The end of a day in the shop's zone."""
    return end_of_day(day, settings.zone).replace(tzinfo=UTC)


def morning(now: datetime, settings: Settings) -> datetime:
    """When the day of this moment began in the shop's zone."""
    local = now.astimezone(settings.zone)
    return datetime.combine(local.date(), time(), settings.zone)


def _worthiest_first(table: pa.Table) -> pa.Table:
    order = pc.sort_indices(table, sort_keys=[("value", "descending"), ("hold_key", "ascending")])
    return table.take(order)
