"""Taking what connected shops and sites told from its inbox into the lake, once each.

A record stays in the inbox until what it tells is committed; one that is handed over again changes
nothing. Orders become lines as those of a file do, by the same child and the same rules, and what
cannot be read of them waits in the same quarantine.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import InterfaceError, OperationalError

from huitou.ground import settings as choices
from huitou.ground.errors import Busy, HuitouError, NothingTaken, NotYet
from huitou.ground.ids import new_id
from huitou.ground.words import said
from huitou.identity.forgetting import book as forgotten
from huitou.runs.taking import leave_out_the_forgotten, tell_readers
from huitou.sources import book, files
from huitou.sources.contract import Batch
from huitou.sources.live import book as connections
from huitou.sources.live import kept, merging
from huitou.sources.live.merging import Place
from huitou.sources.live.reading import hear
from huitou.sources.live.standing import Row, layout

if TYPE_CHECKING:
    import duckdb

    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House

SHOWN = 200
"""Rejected messages that pages show; the lake keeps more."""


log = logging.getLogger("huitou.listening")

Record = Mapping[str, Any]
NOT_NOW = (Busy, NotYet, OSError, OperationalError, InterfaceError)
"""The lake, the books or the disk cannot be reached; what waits goes on waiting."""


def listen(house: House, *, wait: bool = False, again: bool = False) -> int:
    """Take all that waits into the lake; how many records there were.

    `again` tries what could not be taken before, first. Raises `Busy` where somebody else writes
    the lake: what waits goes on waiting.
    """
    retried = house.events.retry(partial(_plainly, house)) if again else 0
    return retried + house.events.drain(partial(_take, house), wait=wait)


def _take(house: House, records: Sequence[Record]) -> None:
    """Take some records together; where that fails each half, and what fails alone is set aside."""
    try:
        _strictly(house, records)
    except NOT_NOW:
        raise
    except Exception:
        if len(records) == 1:
            log.exception("something that was told cannot be taken: it is set aside")
            house.events.set_aside(records[0])
            return
        half = len(records) // 2
        _take(house, records[:half])
        _take(house, records[half:])


def _plainly(house: House, records: Sequence[Record]) -> None:
    try:
        _strictly(house, records)
    except NOT_NOW:
        raise
    except Exception as unfit:
        raise HuitouError("this still cannot be taken") from unfit


def _strictly(house: House, records: Sequence[Record]) -> None:
    settings, now = choices.read(house.home), house.clock.now()
    with house.books.reading() as unit:
        known = {each.id: each for each in connections.every(unit)}
    heard = hear(records, known, settings.money)
    place = Place(settings.money, settings.zone, now)
    with house.lake.writing("take what shops and sites told") as lake:
        merged = merging.merge(lake, heard, place)
        for source, lines in merged.rows.items():
            try:
                batch = _read(house, settings, source, lines, now)
            except NothingTaken as none:
                # Nothing of it may stand in the way of what comes behind it.
                by = next(each.connection.id for each in heard if each.connection.source == source)
                merging.refuse(lake, by, lines, said(none.sentence), now)
            else:
                _take_lines(house, settings, lake, batch, lines, now)
        merging.join_visitors(lake, now)
        _leave_out(house, settings, lake, now)
        tell_readers(house, lake)
        _tell(house, lake, now.astimezone(settings.zone).date())


def _read(
    house: House, settings: Settings, source: str, lines: Sequence[Row], now: datetime
) -> Batch:
    """The lines of some orders, as a file of them would be read. Raises `NothingTaken` where none
    of them can be."""
    folder = house.lake.raw / new_id()
    folder.mkdir(parents=True)
    path = folder / f"{source.replace('/', '-')}.jsonl"
    try:
        with path.open("w", encoding="utf-8") as out:
            for line in lines:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        return files.read(
            path, layout(source, settings.money), folder, currency=settings.money,
            timezone=str(settings.zone), now=now,
        )  # fmt: skip
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _take_lines(
    house: House,
    settings: Settings,
    lake: duckdb.DuckDBPyConnection,
    batch: Batch,
    lines: Sequence[Row],
    now: datetime,
) -> None:
    """The lines that were read, taken as those of a file are."""
    folder = batch.path.parent
    try:
        merging.drop_outdated(lake, batch.mapping.source, lines, now)
        taken = book.take(lake, batch, now)
        leave_out_the_forgotten(house, settings, lake, taken.batch)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # What it says is in `live_orders`, and goes from there when somebody is forgotten.
    batch.path.unlink()
    if taken.batch != batch.id:
        shutil.rmtree(folder, ignore_errors=True)


def _leave_out(
    house: House, settings: Settings, lake: duckdb.DuckDBPyConnection, now: datetime
) -> None:
    """Who was forgotten is not known again because a shop still tells of them."""
    keys = kept.keys_since(lake, now)
    with house.books.reading() as unit:
        theirs = forgotten.known(unit, keys, settings.salt)
    if theirs:
        kept.forget(lake, sorted(theirs))


def _tell(house: House, lake: duckdb.DuckDBPyConnection, today: date) -> None:
    """What pages show of connections while the lake is being written."""
    house.lake.standing.note("heard", kept.heard(lake, today))
    house.lake.standing.write("rejected", kept.rejected(lake, SHOWN))
