"""Alarms: what each rule would have rung in the past, what rings tonight, and who is told."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.alarms import book as alarms
from huitou.channels.staff_alerts import ConsoleAlerts, EitherAlerts
from huitou.decisions.alarms.ring import ring as rings_tonight
from huitou.facts.orders import of_persons, purchases
from huitou.facts.rhythm import purchase_days
from huitou.runs import ringing
from huitou.runs.kept import keep
from huitou.runs.telling import tell_staff
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit


def rehearse(work: Work) -> Result:
    """Keep everybody's purchase days, and replay every rule over them."""
    edition = work.edition
    with work.facts() as tables:
        bought = of_persons(purchases(tables, work.moment.as_of))
        days = purchase_days(bought, ["person_id"]).select("person_id", "day", "gross").to_pyarrow()
    edition.write(ringing.PURCHASE_DAYS, _by_customer(days, work))
    with work.books.reading() as unit:
        marks = ringing.marks(unit, work.now, work.settings)
        told = {name: chosen for name, (_on, chosen) in ringing.chosen(unit).items()}
    found = ringing.replays(edition, work.settings, work.moment, marks, told)
    edition.note(ringing.REPLAYS, keep(found))
    return {"rows": days.num_rows, "rules": len(found)}


def _by_customer(days: pa.Table, work: Work) -> pa.Table:
    """By the customer's key: ids are drawn at random, and ties among equals go by place."""
    told = work.edition.table(f"customers_{work.day}", ["person_id"])["person_id"]
    place = pc.index_in(days["person_id"], value_set=told.combine_chunks())
    return days.append_column("place", place).sort_by("place").drop_columns(["place"])


def ring(work: Work, unit: Unit) -> Result:
    """Ring what is new tonight, end what is over, wake what was put off, escalate what is late."""
    rules = ringing.switched_on(unit)
    past = ringing.past(work.edition, ringing.marks(unit, work.now, work.settings))
    spared = ringing.spared(unit, work.edition, work.settings)
    stores = ringing.stores(work.edition, work.day)
    bells, firing = [], []
    for evening, some in ringing.evenings(work, unit, past, rules):
        found = rings_tonight(evening, some)
        bells += ringing.bells(found, evening, stores, spared)
        firing += ringing.firing(evening, some)
    woken = alarms.wake(unit, work.now)
    ended = alarms.end(unit, ringing.last_days(past), firing, work.now, spared=spared)
    most = {rule.name: int(told["most"]) for rule, told in rules}
    fresh = alarms.ring(unit, bells, most, alarms.routes(unit), work.now)
    late = alarms.escalate(unit, work.now)
    return {"rows": len(fresh), "ended": ended, "woken": woken, "escalated": late}


def alert(work: Work) -> Result:
    """Tell staff what is new and the manager what is late: one digest a route, each alarm once."""
    alerts = EitherAlerts(ConsoleAlerts(sys.stderr.write))
    told = tell_staff(work.books, work.settings, work.now, alerts, os.environ)
    return {"rows": told.alarms, "digests": told.digests, "faults": list(told.faults)}
