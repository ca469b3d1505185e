"""Ask: begin an exit interview with some of the newly lost, and end those whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Leaver, chosen, way
from huitou.decisions.holdout import Holdout
from huitou.ground.settings import Settings
from huitou.runs.steps.decide import ASKING_MINUTES, CASE_WORTH
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit

COLUMNS = ("person_id", "hold_key", "stage", "value_if_kept", "last_day")
FRESH = timedelta(days=365)
REACH = ("has_email", "has_address", "has_phone")


def open_interviews(work: Work, unit: Unit) -> Result:
    """Ask some of those who became lost of late: the worthy, and a few drawn by lot.

    Never the held out, the silent, who waits for an answer to a complaint, whose case is open, or
    who was asked within a year.
    """
    ended = interviews.end_over(unit, work.now)
    settings = work.settings
    newly = _newly_lost(work.edition.table("people"), work.day)
    holdout = Holdout.of_the_year(settings.salt, settings.holdout_share, work.day)
    free = newly.filter(pa.array(~holdout.mask(newly["hold_key"].to_pylist()), pa.bool_()))
    # Everybody barred, and not those among the free: a statement holds only so many names.
    barred = interviews.barred(unit, None, work.now)
    leavers = [one for one in _leavers(free, settings) if one.person_id not in barred]
    found = chosen(
        leavers, line=worth_line(settings), share=settings.interview_share, salt=settings.salt
    )
    begun = interviews.ask(unit, found, settings.salt, work.now)
    return {"rows": begun, "ended": ended, "newly_lost": newly.num_rows}


def worth_line(settings: Settings) -> int:
    """Worth at and above which everybody newly lost is asked, minor units: that of a case."""
    return CASE_WORTH * (settings.staff_hourly * ASKING_MINUTES // 60)


def reach(row: dict[str, Any], settings: Settings) -> str:
    """The way to ask one person of the table of people; empty where there is none."""
    writes = settings.smtp_host is not None and settings.email_to_customers
    return way(
        email=bool(writes and settings.public_url and row["has_email"]),
        address=bool(row["has_address"]),
        phone=bool(row["has_phone"]),
        by_hand=settings.letters_by_hand,
    )


def _newly_lost(people: pa.Table, day: date) -> pa.Table:
    """The lost who were still seen within a year: who left before that has forgotten why."""
    seen = pc.greater(people["last_day"], pa.scalar(day - FRESH))
    return people.filter(pc.and_(pc.equal(people["stage"], "lost"), seen))


def _leavers(people: pa.Table, settings: Settings) -> Iterator[Leaver]:
    for row in people.select([*COLUMNS, *REACH]).to_pylist():
        yield Leaver(
            person_id=row["person_id"],
            hold_key=row["hold_key"] or row["person_id"],
            departed_on=row["last_day"],
            worth=int(row["value_if_kept"] or 0),
            stage=row["stage"],
            channel=reach(row, settings),
        )
