"""Complaints as the doors draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.views import PersonRow


@dataclass(frozen=True)
class ComplaintRow:
    """One line of the list."""

    id: str
    number: str
    """What the customer reads out on the phone."""
    kind: str
    kind_words: Sentence
    state: str
    state_words: Sentence
    channel: str
    beginning: str
    """The first words of it."""
    name: str | None
    """As the customer gave it."""
    person: PersonRow | None
    """Who it is, with what they are still worth; None while nobody knows."""
    person_id: str | None
    owner: str | None
    product: str | None
    store: str | None
    order_id: str | None
    received_at: datetime
    due_at: datetime
    answered_at: datetime | None
    hours_left: float | None
    """Until an answer is due, negative when it is late; None while nobody waits for one."""
    left: Sentence | None
    """The same in words."""
    overdue: bool
    late_days: float | None
    """By how many days the first answer came late; None where it was in time, or none came."""


@dataclass(frozen=True)
class EntryView:
    """Something that was said or done."""

    kind: str
    """in, out, note, gesture or state."""
    by: str
    words: str
    told: tuple[Sentence, ...]
    """What an entry of kind `state` says; empty for the others."""
    at: datetime
    amount: Money | None


@dataclass(frozen=True)
class FileView:
    """Something attached."""

    id: str
    name: str
    media: str
    size: int


@dataclass(frozen=True)
class ComplaintView:
    """One complaint, whole."""

    row: ComplaintRow
    words: str
    language: str
    phone: str | None
    email: str | None
    cause: str | None
    cause_words: Sentence | None
    cause_share: float | None
    """How sure the machine that sorted it was; None where staff did."""
    resolved_at: datetime | None
    escalated_at: datetime | None
    reopened: int
    csat: int | None
    entries: tuple[EntryView, ...]
    files: tuple[FileView, ...]
    steps: tuple[str, ...]
    """States it may go to from here."""
    answered_by: str
    """How an answer reaches them: email, page, phone or nobody."""
    gesture_left: Money | None
    """Most that may still be given as an apology; None where nobody knows who it is."""
    others: tuple[ComplaintRow, ...]
    """Further complaints of the same person."""


@dataclass(frozen=True)
class Listing:
    """A page of the list."""

    rows: tuple[ComplaintRow, ...]
    after: str | None
    """Mark of the page that follows."""
    counts: Mapping[str, int]
    """How many there are in each state."""
    overdue: int


@dataclass(frozen=True)
class Filed:
    """What became of a complaint that was handed in."""

    id: str
    number: str
    state: str
    due_at: datetime
    person_id: str | None
    token: str | None = None
    """The secret of the customer's page; told once, when the complaint is new."""


@dataclass(frozen=True)
class Effect:
    """What an answer was worth: who bought again, against others at the same stage."""

    answer: str
    """well, late or never."""
    words: Sentence
    complaints: int
    """How many such complaints there are."""
    measured: int
    """Of how many it is known whether they bought again."""
    bought: float | None
    """Share of them that bought within the horizon."""
    alike: float | None
    """Share of customers at the same stage who had no complaint and bought."""
    difference: float | None
    """`bought - alike`; None while there are too few."""
    low: float | None
    high: float | None
    level: float
    horizon_days: int | None
    said: Sentence
    """The figure in words, or that it is not known yet."""


@dataclass(frozen=True)
class Imported:
    """What became of a table of complaints."""

    rows: int
    taken: int
    known: int
    """Rows taken before."""
    refused: tuple[tuple[int, str], ...]
    """(row, reason) of those that could not be taken."""
    kept_at: str | None
    """Where the refused rows lie, with their reasons, to be mended."""
    columns: Mapping[str, str]
    """What each recognised column was taken for."""
    unused: tuple[str, ...]
    """Columns by whose header nobody knows what they hold; nothing of them was taken."""


@dataclass(frozen=True)
class Fetched:
    """What was found in the mailbox."""

    letters: int
    taken: int
    answers: int
    """Letters about a complaint that was known."""
    known: int
    """Letters fetched before."""
    refused: tuple[tuple[str, str], ...]
    """(what, reason): attachments that were not kept, letters that could not be read."""
