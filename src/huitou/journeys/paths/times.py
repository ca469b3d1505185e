"""When a wait is over: lengths of time, and the next Monday at nine in the shop's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_DAYS = 3650
LENGTH = re.compile(r"(\d{1,5}) ?(days?|hours?|weeks?|minutes?)")


@dataclass(frozen=True)
class Length:
    """A length of time: days by the shop's calendar, then minutes by the clock."""

    days: int = 0
    minutes: int = 0

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment that is so much later, in UTC.

        A day later is the same hour on the next day, also where that day has 23 or 25 hours.
        """
        local = moment.astimezone(zone)
        later = datetime.combine(local.date() + timedelta(days=self.days), local.time(), zone)
        # The second of two equal hours stays the second where the later day has it, too.
        later = later.replace(fold=local.fold)
        return later.astimezone(UTC) + timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        named = ((self.days, "day"), (hours, "hour"), (minutes, "minute"))
        parts = [f"{n} {word}{'s' if n != 1 else ''}" for n, word in named if n]
        return " ".join(parts) or "0 days"


@dataclass(frozen=True)
class Until:
    """The next time the shop's clock shows this hour, on one of these weekdays."""

    weekdays: tuple[int, ...]
    """0 is Monday."""
    at: time

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first such moment later than `moment`, in UTC.

        An hour that a clock change leaves out is the moment the clock jumps over it; of two equal
        hours it is the first.
        """
        local = moment.astimezone(zone)
        for ahead in range(9):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() not in self.weekdays:
                continue
            found = datetime.combine(day, self.at, zone).astimezone(UTC)
            if found > moment:
                return found
        raise AssertionError("a week has every weekday")

    def __str__(self) -> str:
        return f"{', '.join(WEEKDAYS[day] for day in self.weekdays)} {self.at:%H:%M}"


def length_of(text: str) -> Length | None:
    """`7 days`, `2 weeks 3 hours`, `90 minutes`; None for what is no length of time."""
    found = LENGTH.findall(text)
    if not found or LENGTH.sub("", text).replace("and", "").strip(" ,"):
        return None
    days = minutes = 0
    for number, unit in found:
        if unit.startswith(("day", "week")):
            days += int(number) * (7 if unit.startswith("week") else 1)
        else:
            minutes += int(number) * (60 if unit.startswith("hour") else 1)
    return Length(days, minutes) if days + minutes / 1440 <= LONGEST_DAYS else None
