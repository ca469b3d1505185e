"""What the doors show of alarms: what rings, the rules, and where staff are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.views import PersonRow


@dataclass(frozen=True)
class ReplayView:
    """How an alarm rule would have done on the shop's own past."""

    rule: str
    told: Mapping[str, float]
    """The parameters it was replayed with."""
    words: Sentence
    """The sentence to read before it is switched on."""
    weeks: int
    horizon_days: int
    rings: int
    left: int
    """Rings after which no purchase followed within the horizon."""
    per_week: float
    low: float
    high: float
    """Ends of the 95 % interval of the share that had left."""
    losses: int
    caught: int
    """Losses of those weeks, and those of them that had rung before they were judged lost."""
    lead_days: float | None
    """Days from a right ring to the judgement, the middle one; below zero it came too late."""
    months: tuple[tuple[int, int], ...]
    """Rings and right ones, four weeks at a time."""
    peer_days: int | None
    peer_rings: int | None
    peer_left: int | None
    peer_lead_days: float | None
    """The same of *no purchase in so many days*, at the days at which it rings about as often."""

    @property
    def precision(self) -> float | None:
        """Share of rings that were right."""
        return self.left / self.rings if self.rings else None

    @property
    def recall(self) -> float | None:
        """Share of losses that had rung in time."""
        return self.caught / self.losses if self.losses else None

    @property
    def peer_precision(self) -> float | None:
        """Share of the one-number rule's rings that were right."""
        return (self.peer_left or 0) / self.peer_rings if self.peer_rings else None


@dataclass(frozen=True)
class AlarmView:
    """One alarm: what rang, the three facts that moved it, and who has it."""

    id: str
    rule: str
    title: Sentence
    since: date
    rung_on: date
    value: Money
    facts: tuple[Sentence, ...]
    severity: int
    state: str
    due_at: datetime
    is_late: bool
    """Whether nobody answered in time."""
    owner: str | None
    store: str | None
    by: str | None
    """Who took it, put it off or closed it."""
    snoozed_until: datetime | None
    outcome: str | None


@dataclass(frozen=True)
class BellView:
    """All alarms about one customer as one bell."""

    person_id: str
    person: PersonRow | None
    """None where they are no longer there, or the shop has no forecast yet."""
    alarms: tuple[AlarmView, ...]
    key: str | None = None
    """What the merchant knows them by; None where they are no longer among the customers."""

    @property
    def value(self) -> Money:
        """What is at stake: the same customer is not counted twice."""
        return max((each.value for each in self.alarms), key=lambda value: value.minor)

    @property
    def severity(self) -> int:
        """Of the most pressing one."""
        return max(each.severity for each in self.alarms)

    @property
    def is_late(self) -> bool:
        """Whether one of them was not answered in time."""
        return any(each.is_late for each in self.alarms)


@dataclass(frozen=True)
class AlarmParameter:
    """A number of a rule, as it stands and within what it may be turned."""

    name: str
    words: Sentence
    value: float
    least: float
    most: float
    is_whole: bool


@dataclass(frozen=True)
class AlarmRuleView:
    """A rule of the alarms with its switch, and how it would have done."""

    name: str
    title: Sentence
    meaning: Sentence
    is_on: bool
    parameters: tuple[AlarmParameter, ...]
    needs: tuple[str, ...]
    route: str
    severity: int
    hours: int
    replay: ReplayView | None
    outcomes: Mapping[str, int]
    """How its alarms ended so far."""
    changed_by: str | None
    changed_at: datetime | None


@dataclass(frozen=True)
class AlarmRouteView:
    """Where alarms are told."""

    name: str
    urls_env: str
    role: str
    kind: str | None
    store: str | None
    least_value: Money | None
    owner: str | None
    services: tuple[str, ...]
    """What the variable holds, without the addresses; empty: nobody is told this way."""
    fault: str | None
    """Why the variable cannot be used."""


@dataclass(frozen=True)
class AlarmSummary:
    """The alarms in one line, for the first page."""

    customers: int
    """Customers with an alarm that rings."""
    late: int
    """Alarms that nobody answered in time."""
    taken: int
    value: Money
    """At stake with those whose alarm rings."""
    words: Sentence
