"""What a report tells: typed values, the same for every page, paper and letter it becomes.

A report holds no name of a customer: a person stands in it by id, and is looked up when it is read,
so that somebody who is forgotten is forgotten in old reports too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huitou.ground.money import Money
from huitou.ground.words import Sentence

MOVES = ("up", "down", "noise", "same", "unknown")
"""How a figure moved against the period before; `unknown` where there is nothing to compare."""


@dataclass(frozen=True)
class Figure:
    """One number, what it was before, and whether the change means anything."""

    code: str
    name: Sentence
    value: int | float | Money
    """A count, a share in [0, 1], or an amount."""
    before: int | float | Money | None = None
    move: str = "unknown"
    """One of `MOVES`."""
    good: int = 0
    """1: more is better, -1: less is better, 0: neither."""
    low: Money | None = None
    high: Money | None = None
    """Ends of the interval where the number is an estimate."""
    level: float = 0.9
    series: tuple[float, ...] = ()
    """The same figure in the periods before, oldest first, and now: the small bars."""


@dataclass(frozen=True)
class Bar:
    """One line of a list, drawn as a bar."""

    name: Sentence | str
    """A name in words; for a person their id."""
    value: float
    """Length of the bar, on the scale of its section."""
    shown: int | float | Money
    is_person: bool = False


@dataclass(frozen=True)
class Section:
    """One part of a report; a part about which there is nothing to tell is left out."""

    code: str
    title: Sentence
    figures: tuple[Figure, ...] = ()
    bars: tuple[Bar, ...] = ()
    words: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class ReportView:
    """A week or a month of the shop, told to its owner."""

    period: str
    """week or month."""
    start: date
    until: date
    """First and last day of the period."""
    before: date
    """Last day of the period before, to which figures are compared."""
    shop: str
    run_id: str
    made_at: datetime
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class SentReport:
    """What became of one report on its way to one owner."""

    period: str
    until: date
    recipient: str
    state: str
    """waiting, handing_over, accepted, refused, or in_doubt."""
    at: datetime
    reason: str | None = None
    due_on: date | None = None
    """The Monday it was due on; None where somebody sent it by hand."""


@dataclass(frozen=True)
class HarmLine:
    """One kind of harm of one campaign, treated against held out."""

    outcome: str
    """silence, complaint, churn, or profit."""
    treated: float
    held_out: float
    """Share of people (profit: mean per person, minor units) in each arm."""
    difference: float
    low: float
    high: float
    level: float
    words: Sentence


@dataclass(frozen=True)
class PressureStep:
    """What became of people who got so many messages, against the control of the same stage."""

    messages: str
    people: int
    control: int
    share: float
    share_control: float
    low: float
    high: float
    """Ends of the interval of the difference of the shares."""


@dataclass(frozen=True)
class HarmView:
    """What one campaign did to those it was meant for."""

    plan: str
    as_of: date
    people: int
    held_out: int
    looks: int
    """How often the guardrail has looked."""
    verdict: str
    """harmful, nothing_seen, or too_early."""
    is_stopped: bool
    lines: tuple[HarmLine, ...]
    words: tuple[Sentence, ...]
    lifted_by: str | None = None


@dataclass(frozen=True)
class OurHarm:
    """All campaigns' harm, the latest first, and what more letters do."""

    campaigns: tuple[HarmView, ...]
    pressure: tuple[PressureStep, ...] = ()
    words: tuple[Sentence, ...] = ()
