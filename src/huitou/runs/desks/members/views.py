"""What the doors show of promotions, of who joined, and of a customer's own card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huitou.runs.desks.ladder.views import StandView


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


@dataclass(frozen=True)
class CardView:
    """A card as its holder sees it."""

    number: str
    name: str
    shop: str
    veiled: bool
    """Nothing but the number is shown until staff have seen who holds it."""
    stand: StandView | None
