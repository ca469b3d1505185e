"""What the doors show of customers who cost more than they bring, and of those who bring most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.views import Range


@dataclass(frozen=True)
class LineView:
    """One line behind a verdict."""

    day: date
    order: str
    what: str
    amount: Money
    came_back: bool
    reason: str | None
    """As the file tells it."""
    fault: str | None
    """told, complaint or product, where it came back by a fault of ours and is not counted."""
    late: bool


@dataclass(frozen=True)
class RateView:
    """How often somebody does something, beside peers of the same kind."""

    kind: str
    title: Sentence
    done: int
    of: int
    expected: float
    times: float
    low: float
    high: float


@dataclass(frozen=True)
class ProposedView:
    """Somebody whom a human should look at."""

    person: str
    name: str
    kinds: tuple[str, ...]
    titles: tuple[Sentence, ...]
    step: str
    step_words: Sentence
    """What the rule would do, the mildest that ends it."""
    net: Range
    """What such orders leave after all they cost."""
    orders: int
    evidence: tuple[Sentence, ...]
    rates: tuple[RateView, ...]


@dataclass(frozen=True)
class CaseView:
    """Somebody to judge, with the orders behind it and the letter as it would be written."""

    proposed: ProposedView
    lines: tuple[LineView, ...]
    steps: Mapping[str, Sentence]
    letters: Mapping[str, str]
    """Step -> the letter, in `language`."""
    language: str
    until: Mapping[str, date]
    needs_second: bool
    """Whether a second person must agree before somebody is closed."""


@dataclass(frozen=True)
class WordView:
    """Something said about a step."""

    kind: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class LetGoView:
    """One decision, and how it stands."""

    id: str
    person: str
    name: str
    step: str
    step_words: Sentence
    state: str
    state_words: Sentence
    titles: tuple[Sentence, ...]
    evidence: tuple[Sentence, ...]
    """As it stood when it was decided."""
    words: str
    by: str
    second_by: str | None
    decided: date
    until: date
    letter: str
    notice: Sentence
    """What staff are to know of it."""
    said: tuple[WordView, ...]
    ended_words: str | None

    @property
    def appealed(self) -> bool:
        """Whether an objection waits for an answer."""
        return bool(self.said) and self.said[-1].kind == "appeal"


@dataclass(frozen=True)
class NoticeView:
    """What a clerk needs to know of who stands before them."""

    step: str
    step_words: Sentence
    until: date
    notice: Sentence


@dataclass(frozen=True)
class PaidView:
    """Whether letting go paid: what people left afterwards, acted on against left alone."""

    acted: int
    control: int
    more: Money | None
    low: Money | None
    high: Money | None
    verdict: str
    """too_early, not_proven, pays or harms."""
    words: tuple[Sentence, ...]
    window_days: int


@dataclass(frozen=True)
class LetGoPage:
    """How things stand: whom to look at, what was decided, and whether it paid."""

    days: int
    looked_at: int
    proposed: tuple[ProposedView, ...]
    waiting: tuple[LetGoView, ...]
    """For a second person."""
    appealed: tuple[LetGoView, ...]
    standing: tuple[LetGoView, ...]
    control: tuple[LetGoView, ...]
    paid: PaidView


@dataclass(frozen=True)
class ApartView:
    """Something that super users buy, or ask for, more often than others."""

    what: str | Sentence
    theirs: float
    others: float


@dataclass(frozen=True)
class GroupView:
    """What the usual one of a group does in the window."""

    orders: float
    basket: Money
    back: float
    """Share of pieces that come back."""
    off: float
    """Share of the price that is taken off."""
    left: Money


@dataclass(frozen=True)
class SuperUser:
    """One super user."""

    person: str
    name: str
    orders: int
    net: Range
    first_day: date
    last_day: date
    worth: Range | None
    """What they are still expected to leave; None without a forecast."""


@dataclass(frozen=True)
class SuperPage:
    """The super users: who they are, what sets them apart, and what they are worth."""

    days: int
    people: int
    count: int
    left: Money
    left_by_super: Money
    share: float
    """Of all contribution, what super users leave."""
    curve: tuple[tuple[float, float], ...]
    """(share of customers, the best first; share of all contribution)."""
    theirs: GroupView | None
    others: GroupView | None
    bought: tuple[ApartView, ...]
    asked: tuple[ApartView, ...]
    worth: Money | None
    """What they are all still expected to leave."""
    users: tuple[SuperUser, ...]
