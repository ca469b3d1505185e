"""A cap as a value: at most so many messages in so long, of some channel and purposes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from huitou.ground.channels import ANY
from huitou.ground.rules import Told
from huitou.ground.words import said

CAPPED = ("marketing", "service")
"""Purposes a cap may count. What people wait for is never capped: a receipt always leaves."""


@dataclass(frozen=True)
class Cap:
    """At most `most` in any window of `days`, or with `by_day` on one calendar day."""

    most: int
    days: int = 1
    by_day: bool = False
    channel: str = ANY
    purposes: tuple[str, ...] = ("marketing",)

    def covers(self, channel: str, purpose: str) -> bool:
        """Whether a message of this channel and purpose counts in it."""
        return purpose in self.purposes and self.channel in (ANY, channel)

    def halved(self) -> Cap:
        """Half as many, one at least."""
        return replace(self, most=max(1, self.most // 2))


@dataclass(frozen=True)
class Ask:
    """A message that would leave, with the caps that hold for it."""

    id: str
    person_id: str
    channel: str
    purpose: str
    value: int
    caps: tuple[Cap, ...]
    day: tuple[datetime, datetime]
    """Where they are, the moments at which their day began and ends."""


LONGEST = timedelta(days=366)


def cap(told: Told, channels: tuple[str, ...]) -> Cap:
    """A cap as it is written in the rules. Raises `BadRule` in words."""
    told.only("most", "days", "per_day", "channel", "purposes")
    most, days = told.whole("most", None, 0, 1000), told.whole("days", 1, 1, LONGEST.days)
    channel = told.one_of("channel", (ANY, *channels), ANY)
    purposes = told.texts("purposes", ("marketing",))
    if not purposes or not set(purposes) <= set(CAPPED):
        raise told.must("purposes", said("some of {known}", known=", ".join(CAPPED)))
    by_day = told.truth("per_day", False)
    return Cap(most, 1 if by_day else days, by_day, channel, purposes)
