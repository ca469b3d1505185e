"""What the doors show of case files: typed values, filled by the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huitou.decisions.counsel import Counsel
from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.desks.cases.complaining import Complaint
from huitou.runs.views import PersonRow, Range, TimelineEntry


@dataclass(frozen=True)
class Spent:
    """What a case took: staff time, money beside it, and both as money."""

    minutes: int
    beside: Money
    total: Money


@dataclass(frozen=True)
class Brought:
    """What a customer bought since their case was opened."""

    orders: int
    revenue: Money
    profit: Money
    first_day: date | None
    """The day they came back; None while they have not."""


@dataclass(frozen=True)
class Suspicion:
    """One suspected cause: its share, and what speaks for it."""

    code: str
    words: Sentence
    share: float
    evidence: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class CaseLine:
    """One case on the list."""

    id: str
    person_id: str
    person: PersonRow | None
    """None when the person is no longer among the customers."""
    status: str
    """open, answered, returned, or closed."""
    owner: str | None
    opened_on: date
    opened_by: str | None
    """Who opened it by hand; None where a run did."""
    as_of: date
    """The last day known when it was opened."""
    worth: Money
    suspects: tuple[Suspicion, ...]
    found: Sentence | None
    """The cause that was told or found last."""
    spent: Spent
    brought: Brought


@dataclass(frozen=True)
class Column:
    """One state on the board: how many cases, and what their customers are worth."""

    status: str
    cases: int
    worth: Money


@dataclass(frozen=True)
class CaseList:
    """A page of cases, the worthiest first, and the board over all of them."""

    cases: tuple[CaseLine, ...]
    after: str | None
    board: tuple[Column, ...]
    owners: tuple[str, ...]
    spent: Spent
    """What all cases took so far."""
    brought: Money
    """Profit of those that came back, since their cases were opened."""


@dataclass(frozen=True)
class NoteView:
    """One line that staff wrote into the file."""

    id: int
    kind: str
    cause: Sentence | None
    words: str
    minutes: int
    cost: Money
    by: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """One answer of the customer."""

    why: Sentence
    where_to: str | None
    words: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class CaseFile:
    """One case, whole."""

    line: CaseLine
    worth: Range
    """Profit that staying would bring: an assumption gives it the relative error of the forecast of
    today's worth."""
    days_silent: int | None
    timeline: tuple[TimelineEntry, ...]
    """Everything that happened, the latest first."""
    ask: tuple[Sentence, ...]
    said: tuple[Told, ...]
    notes: tuple[NoteView, ...]
    counsel: Counsel
    cause: str | None
    """The cause that the counsel is for: told, found, or suspected first."""
    again: date | None
    """The day to look again, by the counsel, from the last thing that was written."""
    phone: str | None
    email: str | None
    silent: tuple[str, ...]
    """Channels on which they may not be addressed."""
    complaint: Complaint | None
    staff: tuple[str, ...]
    """Who may be put on it."""


@dataclass(frozen=True)
class Lesson:
    """What a case taught, to be told to everybody."""

    id: int
    case_id: str
    cause: str | None
    words: str
    by: str
    at: datetime
    heard: tuple[str, ...]
    """Who has heard it."""


@dataclass(frozen=True)
class LessonGroup:
    """Lessons about one cause, the newest first."""

    cause: str | None
    words: Sentence
    lessons: tuple[Lesson, ...]
