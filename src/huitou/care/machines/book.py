"""Keeping machines: told once each, however often a file is taken in again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update

from huitou.care.machines.rules import Machine
from huitou.care.machines.tables import machine, machine_note, trade_quote
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


def enter(
    unit: Unit, told: Machine, person_id: str, by: str, now: datetime, company: str | None = None
) -> bool:
    """Write a machine down; False where its serial was known with the same product and owner.

    Raises `Refused` for a serial that somebody else's machine has.
    """
    holder = names(unit, [person_id]).now(person_id)
    row = {
        "id": fingerprint("machine", told.serial),
        "serial": told.serial,
        "product": told.product,
        "person_id": holder,
        "company": company or None,
        "installed_on": told.installed_on,
        "by": by,
        "at": now,
    }
    if unit.add_new(machine, row):
        body = {"person_id": holder, "product": told.product, "serial": told.serial}
        tell(unit, [Event("machine.entered", f"machine:{row['id']}", now, body)])
        return True
    before = find(unit, told.serial)
    same = names(unit, [before["person_id"]]).now(before["person_id"]) == holder
    if not same or before["product"] != told.product:
        raise Refused(f"the serial {told.serial!r} is that of another machine")
    return False


def note(
    unit: Unit, serial: str, day: date, by: str, now: datetime, *,
    reading: int | None = None, words: str | None = None,
) -> bool:  # fmt: skip
    """A reading of its use, or a service that was done; False where the day had one."""
    row = {
        "machine_id": find(unit, serial)["id"],
        "kind": "service" if reading is None else "reading",
        "day": day,
        "reading": reading,
        "words": words,
        "by": by,
        "at": now,
    }
    return unit.add_new(machine_note, row)


def retire(unit: Unit, serial: str, on: date) -> None:
    """It is not used any more: nothing is said of it from now on."""
    row = find(unit, serial)
    used = update(machine).where(machine.c.id == row["id"], machine.c.retired_on.is_(None))
    unit.change(used.values(retired_on=on))


def find(unit: Unit, serial: str) -> Row:
    """One machine by its serial; an error in words for another."""
    row = unit.first(select(machine).where(machine.c.serial == serial))
    if row is None:
        raise HuitouError(f"there is no machine {serial!r}", to_try="huitou machine list")
    return row


def of(unit: Unit, person_id: str) -> list[Row]:
    """The machines in use of a person, under any of their ids."""
    theirs = machine.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    query = select(machine).where(theirs, machine.c.retired_on.is_(None))
    return unit.rows(query.order_by(machine.c.installed_on, machine.c.serial))


def in_use(unit: Unit) -> list[Row]:
    """All machines in use, the oldest first; `person_id` is who owns it now."""
    known = names(unit)
    query = select(machine).where(machine.c.retired_on.is_(None))
    rows = unit.rows(query.order_by(machine.c.installed_on, machine.c.serial))
    return [{**row, "person_id": known.now(row["person_id"])} for row in rows]


def with_notes(unit: Unit, rows: Iterable[Row]) -> dict[str, Machine]:
    """id -> the machine with its readings and services."""
    found = {row["id"]: row for row in rows}
    services: dict[str, list[date]] = {}
    readings: dict[str, list[tuple[date, int]]] = {}
    for each in unit.rows(select(machine_note).order_by(machine_note.c.day)):
        if each["kind"] == "service":
            services.setdefault(each["machine_id"], []).append(each["day"])
        else:
            readings.setdefault(each["machine_id"], []).append((each["day"], each["reading"]))
    return {
        key: Machine(
            row["serial"],
            row["product"],
            row["installed_on"],
            tuple(services.get(key, ())),
            tuple(readings.get(key, ())),
        )
        for key, row in found.items()
    }


def quote_id(row: Row, on: date) -> str:
    """The id of what is said of a machine on a day."""
    return fingerprint("quote", row["id"], on.isoformat())


def quote(unit: Unit, row: Row, amount: int, on: date, ends_on: date, now: datetime) -> Row:
    """Write down what its owner was told is given for a machine, until the end of a day."""
    made = {
        "id": quote_id(row, on),
        "machine_id": row["id"],
        "person_id": row["person_id"],
        "amount": amount,
        "ends_on": ends_on,
        "at": now,
    }
    if unit.add_new(trade_quote, made):
        body = {"person_id": row["person_id"], "amount": amount, "serial": row["serial"]}
        tell(unit, [Event("trade_in.quoted", f"trade_in:{made['id']}", now, body)])
    return made


def quotes(unit: Unit, on: date) -> dict[str, Row]:
    """machine -> the latest quote whose last day is not over."""
    rows = unit.rows(
        select(trade_quote).where(trade_quote.c.ends_on >= on).order_by(trade_quote.c.at)
    )
    return {row["machine_id"]: row for row in rows}
