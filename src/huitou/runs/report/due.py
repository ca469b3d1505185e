"""When a report is due, and to whom it has not gone yet.

The hour is the shop's: where clocks change, one Monday still has one moment of eight o'clock, and
the row in the books lets a report of one day leave once, whatever the clock does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from huitou.ground.settings import WEEKDAYS, Settings
from huitou.runs.report import book

if TYPE_CHECKING:
    from huitou.store.books import Unit

CATCH_UP = timedelta(days=2)
"""A house that was closed on Monday morning still sends on Tuesday; on Thursday it is too late."""
FIRST_DAYS = 7
"""The first report day of a month brings the month's report too."""


@dataclass(frozen=True)
class Wanted:
    """One report for one owner."""

    period: str
    until: date
    recipient: str
    due_on: date | None


def slot(settings: Settings, now: datetime) -> date | None:
    """The report day whose hour has come and is not long past; None where nothing is due.

    `now` is aware; the day and the hour are those of the clock in the shop.
    """
    local = now.astimezone(settings.zone)
    back = (local.weekday() - WEEKDAYS.index(settings.report_day)) % 7
    for day in (local.date() - timedelta(days=back), local.date() - timedelta(days=back + 7)):
        at = datetime.combine(day, time(settings.report_hour), settings.zone)
        if timedelta(0) <= now - at <= CATCH_UP:
            return day
    return None


def wanted(
    unit: Unit, settings: Settings, latest: date, now: datetime, *, by_hand: bool
) -> list[Wanted]:
    """The reports to send now; `latest` is the day of the latest run."""
    everybody = settings.report_recipients
    if by_hand:
        return [Wanted("week", latest, each, None) for each in everybody]
    day = slot(settings, now)
    if day is None:
        return []
    done, begun = book.done_on(unit, day, latest, now), book.waiting(unit, day)
    return [
        Wanted(period, begun.get((period, each), latest), each, day)
        for period in (("week", "month") if day.day <= FIRST_DAYS else ("week",))
        for each in everybody
        if (period, each) not in done
    ]
