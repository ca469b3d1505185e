"""A whole carrying-out, small enough to be killed many times: plan, letters, post, events."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from sqlalchemy import Table, select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW, ZONE

from huitou.channels import book as channels
from huitou.channels.contract import End, Outcome
from huitou.channels.paper import CallList, Paper
from huitou.channels.tables import delivery
from huitou.ground.clock import StoppedClock
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.messages import Message
from huitou.journeys.tables import decision, message, plan
from huitou.loyalty import book as loyalty
from huitou.loyalty.tables import entry, exposure, offer, posting
from huitou.store.books import Books
from huitou.store.outbox import drain, outbox, waiting

PEOPLE = 20
LATER = NOW + channels.LEASE

MOMENTS = {"at", "made_at", "closed_at", "written_at", "drafted_at", "approved_at", "applied_at"}
DRAWN = {"code", "body", "batch", "id", "attempt", "drained_at"}
"""What may differ between two runs: when, and what was drawn by lot."""


@dataclass
class Provider:
    """A mail server seen from outside: every message it took is a line in a file."""

    log: Path
    name: str = "email"
    repeatable: bool = False
    batch: int = 1

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        with self.log.open("a", encoding="utf-8") as out:
            out.write(message.decision_id + "\n")
            out.flush()
            os.fsync(out.fileno())
        return Outcome(End.ACCEPTED, "replied")

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        """Nothing to do."""

    def took(self) -> list[str]:
        """Decisions in the order they arrived."""
        return self.log.read_text(encoding="utf-8").split() if self.log.exists() else []


def play(folder: Path, now: datetime = NOW) -> None:
    """Everything from draft to drained events, in the shop's folder."""
    books, clock = Books.in_folder(folder), StoppedClock(now)
    books.migrate(given.every_table())
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, given.drafted(PEOPLE), now)
        journeys.approve(unit, plan_id, "owner", now)
    lettering.write_letters(books, plan_id, given.desk(), now, chunk=9)
    letters = folder / "letters"
    ways = (Paper(letters, ZONE), CallList(letters, ZONE), Provider(folder / "provider"))
    for way in ways:
        channels.deliver(books, way, plan_id, clock)
    drain(books, folder / "events", now, limit=20)
    books.close()


def state(folder: Path) -> dict[str, Any]:
    """What was reached, without moments and lots."""
    books = Books.in_folder(folder)
    tables = (plan, decision, message, delivery, offer, posting, entry, exposure, outbox)
    with books.reading() as unit:
        reached: dict[str, Any] = {
            table.name: sorted(_lasting(row) for row in unit.rows(select(table)))
            for table in tables
        }
        assert waiting(unit) == 0
        assert loyalty.check(unit) == channels.check(unit) == []
    books.close()
    reached["files"] = sorted(
        str(file.relative_to(folder)) for file in (folder / "letters").rglob("*.*")
    )
    reached["events"] = sorted(_events(folder))
    return reached


def _lasting(row: Any) -> str:
    return repr([(name, row[name]) for name in row if name not in MOMENTS | DRAWN])


def _events(folder: Path) -> list[str]:
    files = (folder / "events").glob("*.parquet")
    return [key for file in files for key in pq.read_table(file)["key"].to_pylist()]


def doubts(folder: Path) -> int:
    """How many deliveries nobody knows the end of."""
    books = Books.in_folder(folder)
    with books.reading() as unit:
        found = len(channels.in_doubt(unit))
    books.close()
    return found


def tables_of(reached: dict[str, Any], *names: Table) -> dict[str, Any]:
    """The part of a state that these tables hold."""
    return {table.name: reached[table.name] for table in names}
