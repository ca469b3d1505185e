"""Carrying what customers sent from the inbox into the books, once each, whatever is killed when.

A record is taken by its `kind`; every taker is idempotent by the record's key, because a record
whose books were committed and whose file was not let go yet is handed over again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import InterfaceError, OperationalError

from huitou.care.complaints import book as complaints
from huitou.care.complaints.attachments import File
from huitou.care.complaints.rules import CUSTOMER, Arrived
from huitou.care.guides import book as guides
from huitou.ground import settings as choices
from huitou.ground.errors import Busy, HuitouError
from huitou.ground.ids import fingerprint
from huitou.runs import owners

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

PAUSE = 0.5
"""Least seconds between two rounds: what comes meanwhile shares one unit of the books."""
REST = 4.0
"""How often as long as a round took it rests: whoever waits for a page has four parts of five. What
waits in the inbox is safe there, and is shown on its page."""
ROUNDS = 5.0
"""Seconds after which the folder is looked at though nothing was kept here: others keep, too."""

log = logging.getLogger("huitou.carrier")

Record = Mapping[str, Any]
Taker = Callable[["Unit", Record, datetime], None]
NOT_NOW = (Busy, OperationalError, InterfaceError)
"""The books cannot be reached; what waits goes on waiting."""


def carry(house: House, *, wait: bool = False, again: bool = False, most: int | None = None) -> int:
    """Take all that waits into the books; how many records there were.

    `wait` stands in line behind another process that is at it. `again` tries what the books would
    not take before, first. It ends soon after `most` records, where that is given.
    """
    retried = house.inbox.retry(partial(_strictly, house)) if again else 0
    return retried + house.inbox.drain(partial(_take, house), wait=wait, most=most)


class Carrier:
    """Carries in the background of a process that keeps, until it is stopped."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="carrier", daemon=True)

    def start(self) -> None:
        """Begin; what other processes left behind is carried first."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is going on."""
        self._over.set()
        self._house.inbox.arrived.set()
        self._thread.join()

    def _go_on(self) -> None:
        again = True
        while not self._over.is_set():
            self._house.inbox.arrived.clear()
            begun = time.monotonic()
            try:
                taken = carry(self._house, again=again, most=1)
            except (*NOT_NOW, OSError):
                self._over.wait(ROUNDS)
                continue
            except Exception:
                # Whatever it is: who complains next must still be carried.
                log.exception("what customers sent could not be carried just now")
                self._over.wait(ROUNDS)
                continue
            again = False
            self._over.wait(max(PAUSE, REST * (time.monotonic() - begun)))
            if not taken:
                self._house.inbox.arrived.wait(ROUNDS)


def _take(house: House, records: Sequence[Record]) -> None:
    """Take some records in one unit; where that fails each alone, and what fails is set aside."""
    try:
        _strictly(house, records)
    except NOT_NOW:
        raise
    except Exception:
        for record in records:
            _alone(house, record)


def _alone(house: House, record: Record) -> None:
    try:
        _strictly(house, [record])
    except NOT_NOW:
        raise
    except Exception:
        # Whatever is wrong with it must not stand in the way of those behind it.
        house.inbox.set_aside(record)


def _strictly(house: House, records: Sequence[Record]) -> None:
    try:
        told = _prepared(house, records)
        with house.books.unit() as unit:
            for record in told:
                TAKERS[record["kind"]](unit, record, datetime.fromisoformat(record["at"]))
    except (*NOT_NOW, HuitouError):
        raise
    except Exception as unfit:
        raise HuitouError("a record of the inbox does not fit the books") from unfit


def _prepared(house: House, records: Sequence[Record]) -> list[Record]:
    """The records, each complaint with what the shop says of it: whose it is, and by when."""
    settings = choices.read(house.home)
    sent = [each.get("told") or {} for each in records]
    try:
        mine = owners.found(owners.current(house), settings, sent)
    except Exception:  # the next run finds out; what is wrong with the lake stops no complaint
        mine = [None] * len(sent)
    pairs = zip(records, mine, strict=True)
    return [{**each, "person": whose, "hours": settings.complaint_hours} for each, whose in pairs]


def _complaint(unit: Unit, record: Record, at: datetime) -> None:
    doubts = record["doubts"]
    told = {**record["told"], "held": bool(doubts), "files": _files(record)}
    told["person_id"] = record["person"]
    arrived = Arrived(key=record["key"], token=record["token"], **told)
    row = complaints.receive(unit, arrived, at, hours=record["hours"])
    if doubts:  # staff see why
        why, key = f"held: {', '.join(doubts)}", fingerprint("held", record["key"])
        complaints.add_entry(unit, row["id"], "note", "huitou", why, at, key=key)


def _word(unit: Unit, record: Record, at: datetime) -> None:
    row = _followed(unit, record)
    key, words = record["key"], record["words"]
    complaints.add_entry(unit, row["id"], "in", CUSTOMER, words, at, key=key)
    files = Arrived(key=key, words=words, channel="form", files=_files(record))
    complaints.attach(unit, row["id"], files, at)


def _rate(unit: Unit, record: Record, at: datetime) -> None:
    row = _followed(unit, record)
    # Opened again meanwhile: then it is not over, and there is nothing to rate.
    if row["state"] == "resolved":
        complaints.rate(unit, row["id"], record["stars"], at)


def _guide(unit: Unit, record: Record, at: datetime) -> None:
    day = date.fromisoformat(record["day"])
    guides.opened(unit, record["slug"], record["what"], record["key"], day, at)


TAKERS: Mapping[str, Taker] = {
    "complaint": _complaint,
    "word": _word,
    "rate": _rate,
    "guide": _guide,
}


def _followed(unit: Unit, record: Record) -> Row:
    row = complaints.by_token(unit, record["token"])
    if row is None:
        raise HuitouError("a word to a complaint that is not in the books")
    return row


def _files(record: Record) -> tuple[File, ...]:
    return tuple(File(**each) for each in record.get("files", ()))
