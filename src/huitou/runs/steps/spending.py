"""Spending: what was spent to win and to keep customers, what serving them cost, and their steps.

It stands beside the lines of an edition, so that every figure of it is from one evening.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.complaints import book as complaints
from huitou.facts.contract import SERVED, SPEND, TIERS
from huitou.ground import acquisition
from huitou.ground.money import to_minor
from huitou.loyalty import book as loyalty
from huitou.loyalty.ladder import book as ladders
from huitou.loyalty.letting_go.rules import RULES
from huitou.loyalty.surprises import book as surprises
from huitou.runs.work import Result, Work
from huitou.sources.spending import book

if TYPE_CHECKING:
    from huitou.store.books import Unit

Told = Mapping[str, Any]
EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before there was any book of ours."""
RETURNS = """
    SELECT person_id, day, 'returns' AS kind, count(*) * $cost AS amount FROM lines
    WHERE is_return AND is_product AND person_id IS NOT NULL
    GROUP BY person_id, day HAVING count(*) * $cost > 0 ORDER BY ALL"""


def know(work: Work) -> Result:
    """Write the tables `spend`, `served` and `tiers` of the edition."""
    spent = [*_from_files(work)]
    months = {row["day"].replace(day=1) for row in spent if row["purpose"] == "new"}
    spent += _from_settings(work, months)
    moved = dict(zip(*(each.to_pylist() for each in work.edition.table("merged").columns),
                     strict=True))  # fmt: skip
    with work.books.reading() as unit:
        spent += _on_keeping(work, unit)
        served = [*_served(work, unit)]
        standing = ladders.standing(unit)
    for row in served:
        row["person_id"] = moved.get(row["person_id"], row["person_id"])
    tiers = {moved.get(person, person): held.step for person, held in standing.items()}
    _write(work, "spend", spent, SPEND)
    _write(work, "tiers", [{"person_id": who, "tier": tiers[who]} for who in sorted(tiers)], TIERS)
    work.edition.write("served", pa.concat_tables([_table(served, SERVED), _returns(work)]))
    return {"rows": len(spent)}


def _from_files(work: Work) -> list[Told]:
    with work.lake.writing("run: spending") as lake:
        book.create(lake)
        rows: list[Told] = lake.execute(book.KNOWN).to_arrow_table().to_pylist()
    return rows


def _from_settings(work: Work, told: set[date]) -> Iterator[Told]:
    """What the settings say of months of which no file says anything."""
    spent = acquisition.read(work.settings.acquisition_spend)
    named = {each.month for each in spent if each.month}
    for month in _months(work) if spent else ():
        if month in told:
            continue
        for each in spent:
            if each.month == month or (each.month is None and month not in named):
                yield {
                    "day": month,
                    "channel": each.channel,
                    "campaign": "",
                    "purpose": "new",
                    "amount": to_minor(each.amount, work.settings.money),
                }


def _months(work: Work) -> Iterator[date]:
    """The first day of each month of the log."""
    days = work.edition.table("lines", ["day"])["day"]
    month = pc.min(days).as_py().replace(day=1)
    while month <= work.day:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _on_keeping(work: Work, unit: Unit) -> Iterator[Told]:
    """What the books know: offers that were used, and gifts that were handed over."""
    kept = {"channel": "", "campaign": "", "purpose": "keep"}
    for row in loyalty.uses_since(unit, EVER):
        day = row["at"].astimezone(work.settings.zone).date()
        yield {**kept, "day": day, "amount": row["amount"]}
    for row in _gifts(work, unit):
        yield {**kept, "day": row["day"], "amount": row["cost"]}


def _gifts(work: Work, unit: Unit) -> Iterator[Told]:
    for row in surprises.all_drawn(unit):
        if row["state"] == "delivered" and row["day"] <= work.day:
            yield row


def _served(work: Work, unit: Unit) -> Iterator[dict[str, Any]]:
    rules = RULES.read(work.home, work.settings.money)
    each = rules.complaint_minutes * work.settings.staff_hourly // 60
    for row in complaints.weighed(unit, EVER):
        day = row["received_at"].astimezone(work.settings.zone).date()
        if row["person_id"] and each and day <= work.day:
            yield {"person_id": row["person_id"], "day": day, "kind": "service", "amount": each}
    for row in _gifts(work, unit):
        who, day = row["person_id"], row["day"]
        yield {"person_id": who, "day": day, "kind": "gifts", "amount": row["cost"]}


def _returns(work: Work) -> pa.Table:
    """Handling of what came back, by the merchant's word for one piece."""
    rules = RULES.read(work.home, work.settings.money)
    cost = rules.return_minutes * work.settings.staff_hourly // 60 + rules.return_cost
    with work.lake.reading(work.edition) as connection:
        return connection.execute(RETURNS, {"cost": cost}).to_arrow_table().cast(SERVED)


def _write(work: Work, name: str, rows: list[Told], schema: pa.Schema) -> None:
    work.edition.write(name, _table(rows, schema))


def _table(rows: list[Any], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
