"""A small shop written by hand: lines as the lake keeps them, with everything unsaid filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import ibis
import pyarrow as pa

from huitou.facts.contract import Tables
from huitou.sources.contract import LINES

SCHEMA = LINES.append(pa.field("person_id", pa.string()))
LOADED = datetime(2030, 1, 1)


def line(
    person: str | None, day: date, amount: int = 1000, order: str | None = None, **more: Any
) -> dict[str, Any]:
    """One line; its order is that person's only one of the day unless told otherwise."""
    said = {
        "source": "till",
        "order_id": order or f"{person}/{day}",
        "row": 1,
        "member_no": person,
        "person_id": person,
        "ordered_at": datetime.combine(day, time(12)),
        "day": day,
        "amount": amount,
        "quantity": 1.0,
        "sku": "cup",
        "is_return": amount < 0,
        "is_product": True,
        "line_key": "key",
        "batch": "first",
        "loaded_at": LOADED,
    }
    return dict.fromkeys(SCHEMA.names) | said | more


def arrow(lines: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The lines as Arrow, of the very types the lake has."""
    return pa.Table.from_pylist([dict(one) for one in lines], schema=SCHEMA)


def shop(*lines: Mapping[str, Any], **more: Any) -> Tables:
    """The facts' tables over these lines."""
    return Tables(ibis.memtable(arrow(lines)), **more)


def rows(table: ibis.Table, *keys: str) -> list[dict[str, Any]]:
    """What comes out, in the order of `keys`."""
    out: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return sorted(out, key=lambda row: [row[key] for key in keys])


def by_person(table: ibis.Table) -> dict[str, dict[str, Any]]:
    """What comes out, by person; an error where one comes out twice."""
    out = rows(table)
    found = {row["person_id"]: row for row in out}
    assert len(found) == len(out)
    return found


def one(table: ibis.Table) -> Any:
    """The `value` of a one-row metric."""
    (row,) = rows(table)
    return row["value"]
