"""A cap as a value: at most so many messages in so long, of some channel and purposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from huitou.ground.channels import ANY
from huitou.ground.errors import BadInput

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


def cap(told: Mapping[str, Any], channels: tuple[str, ...]) -> Cap:
    """A cap as it is written in the rules. Raises `BadInput` in words."""
    unknown = set(told) - {"most", "days", "per_day", "channel", "purposes"}
    if unknown:
        raise BadInput(f"a cap has no {sorted(unknown)[0]!r}", to_try="most, days, per_day")
    most, days = told.get("most"), told.get("days", 1)
    if type(most) is not int or not 0 <= most <= 1000:
        raise BadInput(f"a cap's most is {most!r}", to_try="most = 2")
    if type(days) is not int or not 1 <= days <= LONGEST.days:
        raise BadInput(f"a cap's days are {days!r}", to_try="days = 7")
    channel = told.get("channel", ANY)
    if channel not in (ANY, *channels):
        raise BadInput(f"a cap's channel is {channel!r}", to_try=", ".join((ANY, *channels)))
    purposes = tuple(told.get("purposes", ("marketing",)))
    if not purposes or not set(purposes) <= set(CAPPED):
        raise BadInput(f"a cap counts {purposes!r}", to_try=", ".join(CAPPED))
    by_day = bool(told.get("per_day", False))
    return Cap(most, 1 if by_day else days, by_day, channel, purposes)
