"""What the doors show of calls: typed values, filled by the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huitou.decisions.counsel import Counsel
from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.desks.cases.complaining import Complaint
from huitou.runs.views import PersonRow, Range


@dataclass(frozen=True)
class Offerable:
    """An offer that may be promised on the phone."""

    depth: float
    """Share taken off one order."""
    most: Money
    """It never takes off more."""


@dataclass(frozen=True)
class Tried:
    """One earlier try."""

    code: str
    outcome: Sentence
    words: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class CallSheet:
    """One call: whom, why, what to say, and what may be promised."""

    id: str
    person_id: str
    person: PersonRow | None
    phone: str
    clerk: str
    state: str
    """todo, tried (not reached yet), or reached (they named a day)."""
    due_on: date
    minutes: int
    gain: Range | None
    """Expected profit; None for a call that somebody asked for."""
    case_id: str | None
    by_plan: bool
    asked_by: str | None
    store: str | None
    happened: tuple[Sentence, ...]
    """Three facts, to be known before they answer."""
    cause: str | None
    counsel: Counsel
    language: str
    """The customer's own where it is known, else the shop's."""
    room: Money
    """Most that may still be owed to them."""
    offers: tuple[Offerable, ...]
    before: tuple[Tried, ...]


@dataclass(frozen=True)
class ClerkDay:
    """One clerk's day of calls."""

    clerk: str
    minutes: int
    """What they have for calls in a day."""
    spent: int
    """Minutes called today."""
    made: int
    """Calls made today."""
    calls: tuple[CallSheet, ...]
    later: int
    """Calls that are due and do not fit into today."""

    @property
    def planned(self) -> int:
        """Minutes of the calls that are still to be made today."""
        return sum(call.minutes for call in self.calls)


@dataclass(frozen=True)
class Withheld:
    """Somebody who is not called, because their complaint comes first."""

    person: PersonRow | None
    person_id: str
    complaint: Complaint


@dataclass(frozen=True)
class CallList:
    """Today's calls, clerk by clerk."""

    day: date
    clerks: tuple[str, ...]
    days: tuple[ClerkDay, ...]
    complaints: tuple[Withheld, ...]


@dataclass(frozen=True)
class Drawn:
    """What drawing the list anew has changed."""

    listed: int
    dropped: int
    moved: int


@dataclass(frozen=True)
class Written:
    """What was kept of a call."""

    call: str
    code: str
    outcome: Sentence
    news: bool
    """False when it had been told already."""
    next_day: date | None
    offer: str | None
    """The code that was promised."""
    case: str | None
    """The case in which it was written down."""
