"""When each customer needs what again; and reminders of it, once for each need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from huitou.care.machines import book as machines
from huitou.care.machines import rules as machine_rules
from huitou.decisions.holdout import Holdout
from huitou.ground.errors import NotYet, Refused
from huitou.journeys.paths import book as paths
from huitou.journeys.reminders import book as reminders
from huitou.journeys.reminders import rules
from huitou.journeys.reminders.rules import Need, Rules
from huitou.models import needs as model
from huitou.runs import trade_ins
from huitou.runs.purchases import Series, purchases
from huitou.runs.reached import reaches
from huitou.runs.steps.sticking import NAMES
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

NEEDS, DAYS = "needs", "needs_days"
"""The table of the edition, and the purchases expected on each of the coming `SOON` days."""
SOON = 28
"""Days ahead that a need is looked at."""
LEAST_CHANCE = 0.05
"""A need less likely within `SOON` days is none to speak of."""
LEAST_GAPS = 1
DAY_OF = {
    "refill": "refill_due",
    "service": "maintenance_due",
    "use": "maintenance_due",
    "end": "trade_in_due",
}
"""Kind of a need -> the day that journeys know it by."""
STALE = 7
"""Days after the last order from which nobody is reminded of a refill: they may have bought it."""

SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("sku", pa.string()),
        ("name", pa.string()),
        ("last_day", pa.date32()),
        ("gaps", pa.int64()),
        ("usual", pa.float64()),
        ("within_7", pa.float64()),
        ("within_28", pa.float64()),
        ("low", pa.date32()),
        ("due", pa.date32()),
        ("high", pa.date32()),
    ]
)
"""`usual`: days that it lasts them. `low`, `due`, `high`: the days by which a tenth, half and nine
tenths of such customers have bought it, of those who do within three months or two usual gaps."""


def know_needs(work: Work) -> Result:
    """The table of what is due, of everything somebody bought more than once."""
    with work.lake.reading(work.edition) as connection:
        series = purchases(connection, work.day)
        names = dict(connection.execute(NAMES, {"until": work.day}).fetchall())
    table, days = _table(series, names, work.day)
    work.edition.write(NEEDS, table)
    work.edition.note(DAYS, days)
    return {"rows": table.num_rows}


def _table(series: Series, names: Mapping[str, str], day: date) -> tuple[pa.Table, list[float]]:
    if not series.bought.count:
        return SCHEMA.empty_table(), [0.0] * SOON
    every = model.foresee(model.fit(series.bought), series.bought)
    likely = every.within(SOON) >= LEAST_CHANCE
    places = np.flatnonzero(likely & (every.gaps >= LEAST_GAPS))
    due = every.chosen(places)
    low, middle, high = (due.quantile(share) for share in (0.1, 0.5, 0.9))
    skus = [series.products[int(at)] for at in places]

    def dates(ahead: model.Reals) -> list[date]:
        return [day + timedelta(days=round(float(each))) for each in ahead]

    columns = {
        "person_id": [series.people[int(at)] for at in places],
        "sku": skus,
        "name": [names.get(sku) or sku for sku in skus],
        "last_day": dates(-np.floor(due.waited)),
        "gaps": due.gaps,
        "usual": due.usual,
        "within_7": due.within(7),
        "within_28": due.within(SOON),
        "low": dates(low),
        "due": dates(middle),
        "high": dates(high),
    }
    until = np.array([due.within(ahead).sum() for ahead in range(SOON + 1)])
    return pa.table(columns, schema=SCHEMA), [round(float(each), 2) for each in np.diff(until)]


def remind(work: Work, unit: Unit) -> Result:
    """Ask for the reminders that are due now: not of the held out, each need once, one a person."""
    told = rules.RULES.read(work.home)
    today = work.now.astimezone(work.settings.zone).date()
    # Where a journey that runs begins at such a day, it speaks of the need, and nobody else does.
    spoken = paths.days_asked(unit)
    every = [*_refills(work, told, today), *_machines(work, unit, told, today)]
    due = _not_held_out(work, [need for need in every if DAY_OF[need.kind] not in spoken])
    rested = reminders.rested(unit, work.now, told.rest_days)
    asked = 0
    reached = reaches(work.edition, work.day, [need.person for need in due])
    due = [need for need in due if need.person in reached and reached[need.person].way]
    for need in rules.chosen(due, told, reminders.known(unit, due), rested):
        way = reached[need.person].way
        if way is not None:
            asked += reminders.remind(unit, need, way, _told(work, unit, need), work.now)
    return {"rows": asked}


def _refills(work: Work, told: Rules, today: date) -> Sequence[Need]:
    if not told.refill or (today - work.day).days > STALE:
        return ()
    rows = work.edition.table(NEEDS).to_pylist()
    return [
        Need(
            row["person_id"], "refill", row["sku"], row["name"], row["due"], row["last_day"],
            row["within_28"],
        )
        for row in rows
        if row["gaps"] >= told.gaps
        and row["within_28"] >= told.chance
        and row["due"] - timedelta(days=told.lead_days) <= today
    ]  # fmt: skip


def _machines(work: Work, unit: Unit, told: Rules, today: date) -> Sequence[Need]:
    if not told.maintenance:
        return ()
    known = machine_rules.RULES.read(work.home, work.settings.money)
    soon = today + timedelta(days=known.lead_days)
    return [need for need in machine_needs(unit, known, today) if need.due_on <= soon]


def machine_needs(unit: Unit, known: machine_rules.Rules, today: date) -> Sequence[Need]:
    """What every machine in use needs next."""
    return [
        Need(
            row["person_id"], each.kind, machine.serial, machine.product, each.day,
            machine.installed_on
            if each.kind == machine_rules.END
            else max((machine.installed_on, *machine.services)),
        )
        for row, machine, each in machines_due(unit, known, today)
    ]  # fmt: skip


def machines_due(
    unit: Unit, known: machine_rules.Rules, today: date
) -> Iterator[tuple[Row, machine_rules.Machine, machine_rules.Due]]:
    """Every machine in use with each of its needs, and how sure its day is."""
    rows = machines.in_use(unit)
    noted = machines.with_notes(unit, rows)
    for row in rows:
        machine = noted[row["id"]]
        if (kind := known.kind(machine.product)) is not None:
            for each in machine_rules.due(machine, kind, today):
                yield row, machine, each


def _not_held_out(work: Work, due: Sequence[Need]) -> list[Need]:
    lot = Holdout.of_the_year(work.settings.salt, work.settings.holdout_share, work.day)
    known = reaches(work.edition, work.day, [need.person for need in due])
    return [
        need for need in due if need.person in known and not lot.holds(known[need.person].hold_key)
    ]


def _told(work: Work, unit: Unit, need: Need) -> dict[str, object]:
    """What the message is told: the thing, its day, and for an old machine what is given for it."""
    told: dict[str, object] = {"product": need.name, "due_on": need.due_on.isoformat()}
    if need.kind == "refill":
        return {**told, "sku": need.about, "chance": round(need.chance, 3)}
    told["serial"] = need.about
    if need.kind != machine_rules.END:
        return told
    if (quote := quoted(work, unit, need.about)) is not None:
        until = quote["ends_on"].isoformat()
        told |= {"amount": quote["amount"], "until": until, "code": quote["code"]}
    return told


def quoted(work: Work, unit: Unit, serial: str) -> Row | None:
    """What is given for a machine that is worn out; None where nothing may be promised for it."""
    known = machine_rules.RULES.read(work.home, work.settings.money)
    try:
        return trade_ins.quote(unit, work.edition, work.settings, known, serial, work.now)
    except (NotYet, Refused):
        return None
