"""Hear: what customers said, in the form and in their own words, sorted to causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.complaints import book as complaints
from huitou.care.interviews import book as interviews
from huitou.care.reasons import UNKNOWN
from huitou.identity import book as identity
from huitou.models.texts import Sorter
from huitou.runs.sorting import sorter_of, taught
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit

SAID = pa.schema(
    [
        ("person_id", pa.string()),
        ("source", pa.string()),  # complaint | interview | case | call
        ("cause", pa.string()),
        ("share", pa.float64()),  # 1 where a person named it
        ("day", pa.date32()),
        ("product", pa.string()),
        ("store", pa.string()),
    ]
)
"""Every cause somebody named or a text was sorted to; of the edition, by today's ids."""


def texts(work: Work, unit: Unit) -> Result:
    """Learn what staff taught since; sort complaints nobody named a cause for; keep what was said.

    A cause that a person named is never changed.
    """
    found = sorter_of(work.lake, taught(unit))
    sorted_now = _sort_complaints(unit, found)
    rows = list(_said(work, unit, found))
    work.edition.write("said", pa.Table.from_pylist(rows, schema=SAID))
    return {"rows": len(rows), "sorted": sorted_now}


def _sort_complaints(unit: Unit, found: Sorter) -> int:
    waiting = complaints.to_sort(unit)
    told = found.sort([row["words"] for row in waiting])
    changed = 0
    for row, (cause, share) in zip(waiting, told, strict=True):
        if (row["cause"], row["cause_share"]) != (cause, share):
            changed += complaints.sort(unit, row["id"], cause, share, None)
    return changed


def _said(work: Work, unit: Unit, found: Sorter) -> Iterator[Mapping[str, Any]]:
    known = identity.names(unit)
    zone = work.settings.zone
    for row in _every(unit, known):
        cause, share = row["cause"], row.get("share", 1.0)
        if cause in (None, UNKNOWN) and row.get("words"):
            cause, share = found.sort([row["words"]])[0]
        if cause in (None, UNKNOWN) or row["person_id"] is None:
            continue
        yield {
            "person_id": known.now(row["person_id"]),
            "source": row["source"],
            "cause": cause,
            "share": share,
            "day": row["at"].astimezone(zone).date(),
            "product": row.get("product"),
            "store": row.get("store"),
        }


def _every(unit: Unit, known: identity.Names) -> Iterator[dict[str, Any]]:
    in_cases = care.every_answer(unit)
    for row in in_cases:
        yield {**row, "source": "case", "cause": row["why"]}
    for row in complaints.told(unit):
        share = row["cause_share"]
        told = {**row, "source": "complaint", "at": row["received_at"]}
        yield {**told, "share": 1.0 if share is None else share}
    for row in interviews.heard(unit):
        if row["answered_at"] is not None:
            yield {**row, "source": "interview", "cause": row["why"], "at": row["answered_at"]}
    # What the lost say on the phone is written into their case as well: it is said once.
    kept = {_saying(known, row) for row in in_cases}
    for row in calls.heard(unit):
        if _saying(known, row) not in kept:
            yield {**row, "source": "call", "cause": row["why"]}


def _saying(known: identity.Names, row: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return known.now(row["person_id"]), row["why"], row["words"]
