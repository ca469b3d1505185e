"""What the doors show of promotions and of who joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PromotionView:
    """A place where people join, and how many did."""

    id: str
    name: str
    place: str | None
    clerk: str | None
    way: str
    starts_on: date
    ends_on: date | None
    runs: bool
    """Whether its code opens the form today."""
    path: str
    """Where its code leads, beneath the shop's public address."""
    joined: int
    again: int
    """Forms of people who had a card already."""
    clerks: tuple[tuple[str, int], ...]
    """By whose invitation, most first."""


@dataclass(frozen=True)
class MemberView:
    """What came of joining at the till."""

    number: str
    person_id: str
    name: str
    is_new: bool
    path: str
    """The page of the card, beneath the shop's public address; it is a secret of its holder."""
    joined_at: datetime
