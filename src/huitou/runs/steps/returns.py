"""Return offers: dead once their customer bought first, and whether who came back stayed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.receipts import HELD_OUT
from huitou.identity.book import names
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.loyalty import book as loyalty
from huitou.loyalty.till import book as sales
from huitou.proof.relapse import Group, compared
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit
    from huitou.store.lake import Edition

GONE = ("slipping", "lost")


def end(work: Work, unit: Unit) -> Result:
    """Take back the return offers of those who bought before they used them."""
    rows = loyalty.open_returns(unit)
    if not rows:
        return {"rows": 0}
    known = names(unit, [row["person_id"] for row in rows])
    people = {known.now(row["person_id"]) for row in rows}
    undone = loyalty.reversed_orders(unit) | sales.cancelled(unit)
    bought = purchases(work.edition, people, work.day, undone)
    ended = 0
    for row in rows:
        made = row["made_at"].astimezone(work.settings.zone).date()
        mine = bought.get(known.now(row["person_id"]), [])
        # Files may know the day alone: what was bought on the day of the offer may be older.
        if any(day > made for day in mine):
            ended += loyalty.die(unit, row["id"], work.now)
    return {"rows": ended}


def purchases(
    edition: Edition, people: Collection[str], until: date, besides: Collection[str] = ()
) -> Mapping[str, list[date]]:
    """person -> the days of their purchases up to `until`, `besides` these orders."""
    columns = ["person_id", "order_id", "day", "amount", "is_return"]
    lines = edition.table("lines", columns, only=("person_id", sorted(people)))
    whole = lines.group_by(["person_id", "order_id"]).aggregate(
        [("day", "min"), ("amount", "sum"), ("is_return", "max")]
    )
    found: dict[str, list[date]] = {}
    for row in whole.to_pylist():
        counts = row["amount_sum"] > 0 and not row["is_return_max"]
        if counts and row["day_min"] <= until and row["order_id"] not in besides:
            found.setdefault(row["person_id"], []).append(row["day_min"])
    return found


def relapse(work: Work) -> Result:
    """Of those asked to come back, and of those left alone by lot: who came, and who left again."""
    with work.books.reading() as unit:
        plans = journeys.plans(unit, status="applied")
        asked = [(plan, journeys.assignments(unit, plan["id"])) for plan in plans]
        known = names(unit)
    stages = _stages(work.edition)
    arms: dict[str, dict[str, tuple[date, int]]] = {"asked": {}, "alone": {}}
    # The earliest plan that meant them an offer counts; later ones come on top of it.
    for plan, assigned in sorted(asked, key=lambda each: journeys.began(each[0]), reverse=True):
        start, days = journeys.began(plan), int(plan["totals"]["window_days"])
        if start + timedelta(days=days) > work.day:
            continue
        for row in _meant(assigned):
            arm = "alone" if row["arm"] == HELD_OUT else "asked"
            arms[arm][known.now(row["person_id"])] = (start, days)
    groups = {name: _group(work, found, stages) for name, found in arms.items()}
    seen = compared(groups["asked"], groups["alone"])
    work.edition.note("relapse", seen.written())
    return {"rows": groups["asked"].people + groups["alone"].people}


def _meant(assigned: pa.Table) -> list[dict[str, Any]]:
    offers = pa.array(lettering.TO_COME_BACK)
    meant = assigned.filter(pc.is_in(assigned["intended"], offers))
    rows: list[dict[str, Any]] = meant.select(["person_id", "arm"]).to_pylist()
    return rows


def _stages(edition: Edition) -> dict[str, str]:
    people = edition.table("people", ["person_id", "stage"])
    return dict(zip(people["person_id"].to_pylist(), people["stage"].to_pylist(), strict=True))


def _group(work: Work, found: Mapping[str, tuple[date, int]], stages: Mapping[str, str]) -> Group:
    if not found:
        return Group(0, 0, 0)
    bought = purchases(work.edition, found, work.day)
    back = [
        person
        for person, (start, days) in found.items()
        if any(start <= day < start + timedelta(days=days) for day in bought.get(person, []))
    ]
    return Group(len(found), len(back), sum(stages.get(person) in GONE for person in back))
