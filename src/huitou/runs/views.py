"""What the doors show: typed values, filled by `Shop`, drawn by console, API and CLI alike.

Every amount is `Money`; every estimate carries its interval; every word is a `Sentence`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence


@dataclass(frozen=True)
class Range:
    """An estimate of an amount with its interval."""

    value: Money
    low: Money
    high: Money
    level: float = 0.9
    """How often the interval should hold the truth: 9 times out of 10, unless it says otherwise."""


@dataclass(frozen=True)
class Lost:
    """Who was judged lost, and how far to trust the judgement."""

    count: int
    horizon_days: int
    line: float
    judged_before: int
    """Customers judged lost one horizon earlier."""
    came_back: int
    """Of those, the ones who bought since."""
    since: date | None
    """The day of that earlier judgement; None where history is too short for one."""

    @property
    def came_back_share(self) -> float | None:
        """Share of those judged lost one horizon earlier who bought since."""
        return self.came_back / self.judged_before if self.judged_before else None


@dataclass(frozen=True)
class Cause:
    """One suspected reason over all lost customers."""

    code: str
    words: Sentence
    customers: float
    """Expected number of lost customers with this cause (sum of posteriors)."""
    value: Money
    """Expected profit lost with them."""
    confidence: float
    """Mean posterior among those for whom it is the first suspect."""
    ask: Sentence
    """The question that would settle it."""


@dataclass(frozen=True)
class PlanTotals:
    """A plan in one line."""

    id: str
    as_of: date
    status: str
    """draft, approved, applied, or replaced."""
    cost: Money
    gain: Range
    acts: Mapping[str, int]
    held_out: int
    """Left alone by the lot of the whole programme."""
    people: int
    staff_minutes: int
    shadow_price: float
    """Profit that the last coin of the budget returned; 0 where the budget does not bind."""
    words: tuple[Sentence, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    """How many people get nothing, by the code of the reason for it."""
    budget: Money | None = None
    """The limits it was drafted within: money, and hours of staff."""
    staff_hours: float | None = None
    controls: int = 0
    """Left alone by the plan's own lot beside them, of those an act was meant for."""
    explored: int = 0
    """Got another act than the best, drawn to learn from it."""
    tested: int = 0
    """In a planned test, and got what its lot gave."""
    approved_by: str | None = None
    approved_at: datetime | None = None
    posted_by: str | None = None
    """Who said that its printed letters had left the house."""
    posted_at: datetime | None = None
    drafted_by: str | None = None
    """Who drafted it within limits of their own; None for a run."""
    needs_second: bool = False
    """Whether it may cost more than one person may let out."""
    first_by: str | None = None
    """Who approved it first, where two must."""
    hour_price: Money | None = None
    """Profit that one more hour of staff would bring; nothing where the hours do not bind."""


@dataclass(frozen=True)
class Answers:
    """The five questions: how many, which, why, where to, and how to get them back."""

    as_of: date
    customers: int
    orders: int
    customer_orders: int
    lines: int
    anonymous_lines: int
    anonymous_revenue: Money
    revenue: Money
    repeat_purchase_rate: float
    one_time_share: float
    lost: Lost
    slipping: Lost
    active: int
    stages: Mapping[str, int]
    value_at_risk: Range
    """Profit still expected from those slipping: what there is to keep."""
    value_lost: Range
    """Profit that the silence of the lost has taken: their worth when last seen, less now."""
    worst_lost: tuple[PersonRow, ...]
    """The ten lost customers that were worth most."""
    causes: tuple[Cause, ...]
    where_to: tuple[Sentence, ...]
    plan: PlanTotals | None
    trust: tuple[Sentence, ...]
    """What the backtest on this shop's own past says about these numbers."""
    remarks: tuple[Sentence, ...] = ()
    """Guesses that the figures rest on, and what has changed since: each with what to type."""
    why_said: tuple[Sentence, ...] = ()
    """What those who were asked said, and how many did not answer."""
    learned: tuple[Sentence, ...] = ()
    """What the causes rest on: who was asked why they left, and how right the suspicions were."""


@dataclass(frozen=True)
class MovedBy:
    """One fact that moved the chance of a customer at risk."""

    fact: str
    """silence, visits, span, cohort, level, season, pace, complaints, or returns."""
    words: Sentence
    """What it is, and what is usual for them or their peers."""
    effect: Sentence
    """What it did to the chance."""
    p_usual: float
    """Chance to buy with what is usual in its place, all else as it is."""
    shift: float
    """What it did in log-odds; below 0 where it made the chance smaller."""


@dataclass(frozen=True)
class PersonRow:
    """One line of the table of customers."""

    id: str
    key: str
    """Membership number, phone or e-mail: what the merchant knows them by."""
    name: str | None
    stage: str
    orders: int
    last_day: date
    p_buy: float
    value: Range
    act: str | None
    next_day: date | None
    missed: Range | None = None
    """Profit that their silence has taken: worth when last seen, less worth now."""
    moved: tuple[MovedBy, ...] = ()
    """The facts that moved the chance of somebody at risk most, the strongest first."""


@dataclass(frozen=True)
class Page:
    """One page of people; `after` opens the next (keyset, never OFFSET)."""

    rows: tuple[PersonRow, ...]
    after: str | None
    total: int


@dataclass(frozen=True)
class TimelineEntry:
    """One day in a customer's history: an order, a return, a letter."""

    day: date
    kind: str
    amount: Money
    order_id: str | None
    words: Sentence
    """What it was: products, store, channel."""


@dataclass(frozen=True)
class WorthIt:
    """The line an act must pass for one person, and where it is expected to stand."""

    of_takers: bool
    """Whether it is paid only when taken: then both are shares of the takers."""
    needed: float
    """Share who must buy only because of it."""
    expected: float
    most: Money
    """The most that one of them may cost."""


@dataclass(frozen=True)
class Receipt:
    """Why this act, or none, for one person."""

    act: str
    depth: float
    held_out: bool
    """By either lot: that of the whole programme, or that of this plan."""
    cost: Money
    worst_cost: Money
    bound: Money
    gain: Range
    delta: float
    """Expected change in the chance to buy."""
    runner_up: str | None
    words: tuple[Sentence, ...]
    drawn: str | None = None
    """control, explored or test, where a lot of this plan decided; None where it did not."""
    propensity: float | None = None
    """Chance that this act was drawn."""
    name: str | None = None
    """The act by its own name: two offers are one kind."""
    claim: Sentence | None = None
    """What it is, where the merchant added it."""
    worth_it: WorthIt | None = None
    least_pays: Money | None = None
    """The smallest offer that is expected to pay for them, and the largest."""
    most_pays: Money | None = None


@dataclass(frozen=True)
class ChaseMark:
    """Somebody who is not to be chased."""

    person: str
    why: str
    why_words: Sentence
    never: bool
    """For good, or until the date to look again."""
    words: str
    """What staff wrote down."""
    review_on: date
    by: str
    since: date
    reviewed: bool = False
    """Whether somebody else has looked at it since."""
    name: str | None = None


@dataclass(frozen=True)
class ActView:
    """One thing that can be done for a customer, as the merchant reads it."""

    name: str
    kind: str
    claim: Sentence
    own: bool
    ready: bool
    """Whether plans are drafted with it."""
    costs: Sentence
    """What it costs: for each, or when taken."""
    minutes: float
    stages: tuple[str, ...]
    causes: tuple[str, ...]
    because: Sentence
    """Where the first guess of its effect comes from."""
    low: float
    """First guess: change of the log-odds to buy where it moves most, 90 % interval."""
    middle: float
    high: float
    excepted: Sentence | None = None
    """Why regulars may get less of it than newcomers."""
    warning: Sentence | None = None
    """Why no plan will give it, as it stands."""
    times: int = 0
    """How many got it in plans that were carried out."""
    left: int | None = None
    """Pieces still in stock; None where there is no end of them."""


@dataclass(frozen=True)
class Coming:
    """Purchase days of one customer within the coming days; nine in ten outcomes lie between."""

    days: int
    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class PersonView:
    """One customer, whole."""

    row: PersonRow
    first_day: date
    profit_so_far: Money
    revenue: Money
    returned: Money
    value: Range
    p_alive: float
    typical_gap_days: float | None
    days_since_last: int
    overdue: float | None
    """Days since the last purchase over the typical gap."""
    next_low: date | None
    next_high: date | None
    timeline: tuple[TimelineEntry, ...]
    purchases: tuple[date, ...]
    survival: tuple[tuple[date, float], ...]
    """Chance to have bought again by each coming day: the curve of the rhythm chart."""
    causes: tuple[Cause, ...]
    receipt: Receipt | None
    keys: Mapping[str, str]
    silent: tuple[str, ...] = ()
    """Channels on which they are never addressed, because they said so."""
    evidence: tuple[Sentence, ...] = ()
    """What is known that may have driven them away, in sentences; what they said comes first."""
    chase: ChaseMark | None = None
    """Whether they are not to be chased, why, and until when."""
    coming: Coming | None = None
    """How often they are expected within the horizon; None where an older run did not say."""


@dataclass(frozen=True)
class MetricView:
    """A metric with its definition and value."""

    name: str
    title: Sentence
    definition: Sentence
    unit: str
    """share, count, days, or money."""
    value: Any


@dataclass(frozen=True)
class CohortRow:
    """A month's newcomers and the share of them that bought again k months later."""

    month: date
    size: int
    retention: tuple[float | None, ...]
    """None for a month that is not over."""


@dataclass(frozen=True)
class StageFlow:
    """How many people moved from one stage to another between two moments."""

    start: date
    end: date
    before: str
    after: str
    people: int
    value: Money


@dataclass(frozen=True)
class ImportRow:
    """One file that was taken in."""

    batch: str
    file: str
    at: datetime
    rows: int
    applied: int
    unchanged: int
    quarantined: int


@dataclass(frozen=True)
class QuarantinedRow:
    """One row that waits to be mended."""

    id: str
    batch: str
    file: str
    row: int
    column: str
    value: str
    reason: Sentence
    to_try: Sentence


@dataclass(frozen=True)
class CaseView:
    """A lost customer who is worth asking: what they were worth, the suspects, what was said."""

    id: str
    person: PersonRow | None
    """None when the person is no longer among the customers."""
    as_of: date
    status: str
    """open, answered, returned, or closed."""
    owner: str | None
    worth: Money
    suspects: tuple[tuple[Sentence, float], ...]
    """Suspected causes with their posterior, the likeliest first."""
    ask: tuple[Sentence, ...]
    said: tuple[tuple[Sentence, str | None, str | None], ...]
    """Answers so far: why, where they went, and their own words."""


@dataclass(frozen=True)
class Doubt:
    """A letter of which nobody knows whether it arrived."""

    decision: str
    channel: str
    person: str
    subject: str
    at: datetime
    key: str | None = None
    """What the merchant knows them by; None for somebody who is no longer among the customers."""


@dataclass(frozen=True)
class OfferView:
    """An offer as the till sees it: what it takes off, until when, and whether it was used."""

    code: str
    state: str
    """open, settled (used), expired, or released (its letter never left)."""
    depth: float
    """Share of the price it takes off."""
    most: Money
    """It never takes off more."""
    last_day: date
    order_id: str | None
    given: Money | None
    """What it took off, once it was used."""
    least: Money | None = None
    """The smallest order it counts on."""
    served: bool = False
    """Whether the shop serves better instead, and nothing comes off the price."""
    personal: bool = False
    """Whether it is for one lapsed customer alone: the till must say who stands there."""
    usable: bool = False
    """Whether it gives something now, on this basket and to who stands there."""
    gives: Money | None = None
    """What it takes off this basket; None where no basket was told, or it was not usable."""
    payable: Money | None = None
    """What is left to pay; never below zero."""
    why_not: Sentence | None = None
    """Why it gives nothing, in the customer's language."""


@dataclass(frozen=True)
class Step:
    """What one step of a run cost."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_megabytes: int
    rows: int


@dataclass(frozen=True)
class RunView:
    """A finished run and what its steps cost."""

    run_id: str
    as_of: date
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class LetterSample:
    """One letter, to read before it is approved."""

    person: str
    act: str
    subject: str
    body: str
