"""What the doors show of the ladder, and of one person who stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.runs.views import OfferView, Range

KIND_WORDS: Mapping[str, Sentence] = {
    "menu": said("Extra menu"),
    "early": said("First to have it"),
    "price": said("Member price"),
    "delivery": said("Delivery on the house"),
    "gift": said("Gift"),
    "service": said("Service"),
}
OFTEN_WORDS: Mapping[str, Sentence] = {
    "once": said("once"),
    "month": said("once a month"),
    "year": said("once a year"),
    "birthday": said("once a year, in the month of their birthday"),
    "visit": said("on every visit"),
    "standing": said("always"),
}
MOVE_WORDS: Mapping[str, Sentence] = {
    "placed": said("Found here when the ladder began"),
    "climbed": said("Climbed"),
    "warned": said("Told that the step ends unless it is earned again"),
    "kept": said("Earned the step again"),
    "fell": said("One step down"),
    "hand": said("Set by hand"),
    "merged": said("The higher step, after two records turned out to be one person"),
}


@dataclass(frozen=True)
class StepView:
    """One step, how many stand on it, and what it asks for and gives."""

    name: str
    claim: str
    people: int
    share: float
    """Of everybody who ever bought or joined."""
    needs: tuple[Sentence, ...]
    """Every one of these."""
    any: tuple[Sentence, ...]
    """And one of these."""
    privileges: tuple[UseView, ...]


@dataclass(frozen=True)
class UseView:
    """A privilege, and how often it was handed over within the last year."""

    name: str
    claim: str
    kind: Sentence
    often: Sentence
    may: int
    """How many have a right to it now."""
    people: int
    """How many of all were given it."""
    times: int


@dataclass(frozen=True)
class MonthView:
    """Climbs and falls of one month (`2026-11`)."""

    month: str
    climbed: int
    fell: int


@dataclass(frozen=True)
class ThresholdView:
    """What crossing one line was worth, as far as it can be told."""

    step: str
    what: str
    line: str
    verdict: str
    """shown, too_early, too_few, too_coarse, heaped."""
    words: Sentence
    effect: Range | None = None
    near: int = 0
    """People near the line whose profit was read."""


@dataclass(frozen=True)
class LadderView:
    """The whole ladder."""

    on: bool
    window: Sentence
    grace_days: int
    steps: tuple[StepView, ...]
    months: tuple[MonthView, ...]
    falling: int
    """Told that they fall unless they earn their step again."""
    members: int
    """How many have a card."""
    day: date | None
    """The last day that was judged."""
    thresholds: tuple[ThresholdView, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What other rules would do: how many would stand on each step today."""

    steps: tuple[tuple[str, str, int], ...]
    """name, claim, people."""
    on: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """The same for a terminal, the highest step first."""
        return tuple(f"  {claim}: {people:,}" for _, claim, people in reversed(self.steps))


@dataclass(frozen=True)
class PrivilegeView:
    """A privilege of one person, and whether they were given it in this period."""

    name: str
    claim: str
    kind: Sentence
    often: Sentence
    is_open: bool
    """It can be handed over now."""
    given_on: date | None
    given_by: str | None
    delivery: int | None
    """The id of what was handed over in this period: it can be taken back."""


@dataclass(frozen=True)
class NextView:
    """The step above, how much of the way is done, and what is missing."""

    name: str
    claim: str
    share: float
    every: tuple[Sentence, ...]
    any: tuple[Sentence, ...]


@dataclass(frozen=True)
class MoveView:
    """One entry of a person's history on the ladder."""

    kind: str
    words: Sentence
    before: str
    after: str
    """The claims of the steps."""
    day: date
    falls_on: date | None
    why: str | None
    by: str


@dataclass(frozen=True)
class PointsView:
    """A person's points."""

    spendable: int
    pending: int


@dataclass(frozen=True)
class StandView:
    """Where one person stands, what is missing, what they are given, and what to say to them."""

    person_id: str
    name: str
    key: str | None
    number: str | None
    """Of their card; None without one."""
    confirmed: bool
    """Staff have seen who holds the card."""
    on: bool
    step: str
    claim: str
    place: int
    """From below, 1 is the first step."""
    of: int
    since: date | None
    falls_on: date | None
    next: NextView | None
    privileges: tuple[PrivilegeView, ...]
    points: PointsView | None
    offers: tuple[OfferView, ...]
    spend: Money | None
    visits: int
    say: tuple[Sentence, ...]
    moves: tuple[MoveView, ...]

    @property
    def to_deliver(self) -> tuple[PrivilegeView, ...]:
        """What can be handed over now."""
        return tuple(each for each in self.privileges if each.is_open)
