"""Which days a report is about, and the periods before it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

PERIODS = ("week", "month")


@dataclass(frozen=True)
class Span:
    """A week or a month that ends on `until`, that day included."""

    period: str
    until: date

    @property
    def before(self) -> date:
        """The last day of the period before."""
        return self.end(1)

    @property
    def start(self) -> date:
        """The first day."""
        return self.before + timedelta(days=1)

    def end(self, back: int) -> date:
        """The last day of the period so many periods back.

        A month ends on the same day of an earlier month, or on its last: counted from `until` each
        time, so that 31 March does not slide to 28.
        """
        if self.period == "week":
            return self.until - timedelta(weeks=back)
        months = self.until.year * 12 + self.until.month - 1 - back
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.until.day, monthrange(year, month + 1)[1]))

    def ends(self, count: int) -> tuple[date, ...]:
        """Ends of `count` periods and the day before the first of them, ascending."""
        return tuple(self.end(back) for back in range(count, -1, -1))
