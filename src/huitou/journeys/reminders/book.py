"""Keeping which need was spoken of, so that none is twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from huitou.identity.book import names
from huitou.journeys.reminders.rules import PURPOSES, TEMPLATES, Need
from huitou.journeys.reminders.tables import reminder
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.store.books import Row, Unit


def known(unit: Unit, needs: Iterable[Need]) -> set[str]:
    """Keys of the needs that were spoken of before, under whatever id of the person."""
    wanted = list(needs)
    spoken = {row["key"] for row in unit.rows(select(reminder.c.key))}
    merged = names(unit, [need.person for need in wanted])
    found = set()
    for need in wanted:
        others = (Need(**{**vars(need), "person": each}) for each in merged.every([need.person]))
        if any(other.key in spoken for other in others):
            found.add(need.key)
    return found


def rested(unit: Unit, now: datetime, days: int) -> set[str]:
    """Who was reminded of anything within so many days, under each of their ids."""
    since = now - timedelta(days=days)
    rows = unit.rows(select(reminder.c.person_id).where(reminder.c.at > since))
    return names(unit, [row["person_id"] for row in rows]).every(row["person_id"] for row in rows)


def remind(unit: Unit, need: Need, channel: str, told: dict[str, object], now: datetime) -> bool:
    """Ask for the message of one need; False where it was asked for before."""
    row = {
        "key": need.key,
        "person_id": need.person,
        "kind": need.kind,
        "about": need.about[:200],
        "due_on": need.due_on,
        "at": now,
    }
    if not unit.add_new(reminder, row):
        return False
    wish = Wish(
        origin="reminder",
        origin_id=f"{need.kind}:{need.key[:60]}",
        person_id=need.person,
        channel=channel,
        purpose=PURPOSES[need.kind],
        template=TEMPLATES[need.kind],
        told=told,
        not_after=now + timedelta(days=30),
    )
    sendings.ask(unit, [wish], now)
    return True


def to_person(unit: Unit, person_id: str) -> list[Row]:
    """All reminders of one person under any of their ids, the latest first."""
    theirs = reminder.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    return unit.rows(select(reminder).where(theirs).order_by(reminder.c.at.desc()))


def counted(unit: Unit, since: date) -> Sequence[Row]:
    """How many of each kind were due since a day."""
    query = select(reminder.c.kind, func.count().label("n")).where(reminder.c.due_on >= since)
    return unit.rows(query.group_by(reminder.c.kind).order_by(reminder.c.kind))
