"""What the first page shows: the five answers at a glance, and what waits for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huitou.ground.words import Sentence
from huitou.runs.verdicts import ProofView
from huitou.runs.views import Answers, PersonRow, Range, StageFlow


@dataclass(frozen=True)
class Alert:
    """Something the merchant should see first."""

    code: str
    words: Sentence
    level: str
    """warning or error."""


@dataclass(frozen=True)
class Home:
    """The first page, in the order a merchant works."""

    alerts: tuple[Alert, ...]
    proofs: tuple[ProofView, ...]
    answers: Answers
    before: Answers | None
    """The same figures one horizon earlier, where history allows."""
    today: tuple[PersonRow, ...]
    flows: tuple[StageFlow, ...]
    cases_open: int
    refreshed: datetime | None


@dataclass(frozen=True)
class ComplaintAtHand:
    """An open complaint in one line of the first page."""

    number: str
    beginning: str
    """The first words of it."""
    person: PersonRow | None
    """Who it is, with what they are still worth; None while nobody knows."""
    name: str | None
    """As the customer gave it."""
    left: Sentence | None
    """Until an answer is due, or since when it is late; None while nobody waits for one."""
    state: Sentence
    hours_left: float | None
    overdue: bool

    @property
    def tone(self) -> str:
        """How it stands: late, soon due, or in time."""
        if self.overdue:
            return "lost"
        return "slipping" if self.hours_left is not None and self.hours_left < 6 else "active"


@dataclass(frozen=True)
class CallAtHand:
    """A call of today in one line of the first page."""

    id: str
    person: PersonRow | None
    person_id: str
    clerk: str
    minutes: int
    gain: Range | None
    """Expected profit; None for a call that somebody asked for."""


@dataclass(frozen=True)
class AtHand:
    """What waits for staff: above the money what rings, below it calls and complaints."""

    alerts: tuple[Alert, ...]
    complaints: tuple[ComplaintAtHand, ...]
    """The oldest open ones."""
    complaints_open: int
    calls: tuple[CallAtHand, ...]
    calls_left: int
    calls_made: int
    call_minutes: int
    """Minutes of the calls that are left today."""
    calls_withheld: int
    """Customers who are not called, because their complaint comes first."""
