"""What happened in the books, on its way to the lake.

A row is written in the same unit as the thing it tells of, so neither can exist without the other.
Draining seals rows into a batch first and writes the batch's file second: a run that is killed in
between writes the same file with the same rows again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Column, Index, String, Table, Text, cast, func, or_, select, update

from huitou.ground.clock import naive_utc
from huitou.ground.durable import put_in_place
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import new_id
from huitou.store.books import Books, Row, Unit
from huitou.store.columns import Instant, Json, Serial, as_json, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("key", String(120), nullable=False, unique=True),
    Column("body", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("batch", String(26)),
    Column("drained_at", Instant),
)
Index("ix_outbox_waiting", outbox.c.drained_at, outbox.c.id)

EVENTS = pa.schema(
    [
        ("key", pa.string()),
        ("kind", pa.string()),
        ("at", pa.timestamp("us")),
        ("person_id", pa.string()),
        ("body", pa.string()),
    ]
)
"""The files drained to the lake: `at` is naive UTC, `body` is JSON. `key` is unique for ever."""


SPOKEN = ("words", "where_to", "name", "serial", "source")
"""What events say in somebody's words, or by which a thing of theirs is known."""
CODE = re.compile(r"[A-Za-z0-9_.:+|-]{0,80}")
"""Ids, codes and moments; everything else in an event may be words."""


@dataclass(frozen=True)
class Event:
    """Something that happened: `kind` is chapter.verb, `key` names this one happening."""

    kind: str
    key: str
    at: datetime
    body: Mapping[str, Any]


def tell(unit: Unit, events: Sequence[Event]) -> None:
    """Write events in the unit of what they tell of; a key told before is told once."""
    rows = [
        {"kind": event.kind, "key": event.key, "at": event.at, "body": dict(event.body)}
        for event in events
    ]
    unit.add_all_new(outbox, rows)


def waiting(unit: Unit) -> int:
    """How many events have not reached the lake."""
    undrained = select(func.count()).where(outbox.c.drained_at.is_(None))
    return int(unit.value(undrained.select_from(outbox)) or 0)


def drain(books: Books, folder: Path, now: datetime, *, limit: int = 10_000) -> int:
    """Write all waiting events as Parquet files `<batch>.parquet` in `folder`; how many there were.

    The same event is never in two files, whatever is killed when.
    """
    drained = 0
    while batch := _seal(books, limit):
        drained += _carry(books, folder, batch, now)
    return drained


def blot(unit: Unit, marks: Sequence[str]) -> None:
    """Leave of what happened to whom these ids and contacts mean only codes and figures, no words.

    Batches whose files say more than that wait again: `drain` writes them anew, also after a kill.
    """
    body = cast(outbox.c.body, Text)
    rows = unit.rows(select(outbox).where(or_(*(body.contains(each) for each in marks))))
    for row in rows:
        told = {name: _plain(value) for name, value in row["body"].items() if name not in SPOKEN}
        unit.change(update(outbox).where(outbox.c.id == row["id"]).values(body=told))
    written = {row["batch"] for row in rows if row["batch"] is not None}
    again = update(outbox).where(outbox.c.batch.in_(sorted(written)))
    unit.change(again.values(drained_at=None))


def _plain(value: Any) -> Any:
    return None if isinstance(value, str) and CODE.fullmatch(value) is None else value


def _seal(books: Books, limit: int) -> str | None:
    """The name of the oldest batch that has not arrived; makes one where there is none."""
    with books.unit() as unit:
        waits = outbox.c.drained_at.is_(None)
        sealed = select(outbox.c.batch).where(waits, outbox.c.batch.is_not(None)).limit(1)
        if begun := unit.value(sealed):
            return str(begun)
        oldest = select(outbox.c.id).where(waits).order_by(outbox.c.id).limit(limit)
        batch = new_id()
        taken = unit.change(update(outbox).where(outbox.c.id.in_(oldest)).values(batch=batch))
        return batch if taken else None


def _carry(books: Books, folder: Path, batch: str, now: datetime) -> int:
    failpoint("outbox.sealed")
    with books.reading() as unit:
        rows = unit.rows(select(outbox).where(outbox.c.batch == batch).order_by(outbox.c.id))
    _write(folder / f"{batch}.parquet", rows)
    failpoint("outbox.written")
    with books.unit() as unit:
        unit.change(update(outbox).where(outbox.c.batch == batch).values(drained_at=now))
    return len(rows)


def _write(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}")
    pq.write_table(pa.Table.from_pylist([_line(row) for row in rows], schema=EVENTS), fresh)
    put_in_place(fresh, path)


def _line(row: Row) -> dict[str, Any]:
    body = row["body"]
    return {
        "key": row["key"],
        "kind": row["kind"],
        "at": naive_utc(row["at"]),
        "person_id": body.get("person_id"),
        "body": as_json(body),
    }
