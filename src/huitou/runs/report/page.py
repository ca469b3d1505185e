"""What a part of a report is written from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from huitou.ground.clock import end_of_day
from huitou.runs.report.figures import Movement
from huitou.runs.report.span import Span
from huitou.runs.told import Section
from huitou.runs.views import Answers

if TYPE_CHECKING:
    from huitou.runs.work import Work
    from huitou.store.books import Unit

LATE_DAYS = 3
"""Orders that end longer ago than this are an old file: what staff do has days of its own."""


@dataclass(frozen=True)
class Page:
    """The run's edition, the period, and what moved since the one before."""

    work: Work
    span: Span
    answers: Answers | None
    """None where there were too few customers for a forecast."""
    seen: Movement | None

    @property
    def deeds(self) -> Span:
        """The days in which staff and customers did what the books tell.

        Orders may end long before today, as in an old file; a complaint is taken today. Then the
        same number of days up to today is told.
        """
        today = self.work.now.astimezone(self.work.settings.zone).date()
        recent = today - self.span.until <= timedelta(days=LATE_DAYS)
        return self.span if recent else Span(self.span.period, today)

    def within(self, at: datetime | None) -> bool:
        """Whether a moment of the books lies in the period."""
        return at is not None and self._after(self.deeds.before) <= at < self._after(self.until)

    def just_before(self, at: datetime | None) -> bool:
        """Whether it lies in the period before."""
        return at is not None and self.since <= at < self._after(self.deeds.before)

    @property
    def since(self) -> datetime:
        """When the period before began: earlier moments are in neither."""
        return self._after(self.deeds.end(2))

    @property
    def until(self) -> date:
        """The last day of `deeds`."""
        return self.deeds.until

    def _after(self, day: date) -> datetime:
        return end_of_day(day, self.work.settings.zone).replace(tzinfo=UTC)


Room = Callable[["Unit", Page], Section | None]
"""Writes one part; None where it has nothing to tell."""
