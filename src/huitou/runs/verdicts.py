"""What the doors show of proof: what was written down, what each look showed, the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.views import Range

WHOLE = "programme"
"""Name of the verdict on everything that was done, against the hold-out that nothing reached."""


@dataclass(frozen=True)
class LookView:
    """What one look showed, over everybody treated who was compared."""

    day: date
    effect: Money
    low: Money | None
    """Ends of the interval that holds for all looks at once; None while nothing may be said."""
    high: Money | None
    bound: Money | None
    """An effect beyond it, either way, would have been a verdict."""
    crosses: int
    """1: proven by this look, -1: proven to lose, 0: neither."""


@dataclass(frozen=True)
class WhaleView:
    """A large account that is set aside, named, and not tested."""

    person: str
    name: str | None
    held_out: bool
    before: Money
    after: Money


@dataclass(frozen=True)
class WrittenDown:
    """What was fixed before the first letter, by whom and when; never changed."""

    id: str
    digest: str
    at: datetime
    by: str
    lot: str
    share: float
    outcome: str
    window_days: int
    asked_days: int
    gap_days: float | None
    looks: int
    alpha: float
    spending: str
    guardrails: tuple[str, ...]
    treated: int
    held_out: int
    promised: Money
    weeks: int | None
    estimator: str
    whale_line: Money
    words: tuple[Sentence, ...]


@dataclass(frozen=True)
class VerdictView:
    """What to do about a programme or a plan, and everything that says so."""

    decision: str
    """keep, fix, stop, or too_early."""
    code: str
    """Why: proven, harmful, guardrail, unfair, rewritten, segment, borrowed, costs, nothing_sent,
    nothing_applied, too_few, too_early, unclear, out_of_reach."""
    why: Sentence
    looks: tuple[LookView, ...]
    decided_on: date | None
    attributed: Money
    """Everything that those reached brought after their first letter: the usual claim."""
    ratio: float | None
    """The claim over what is proven; None where nothing is."""
    whales: tuple[WhaleView, ...]
    whales_before: Money
    whales_after: Money
    later: LookView | None
    """The window and one more purchase cycle."""
    written_down: WrittenDown
    stopped_by: str | None
    """The guardrail that stopped it."""
    planned_until: date


@dataclass(frozen=True)
class ProofView:
    """The verdict on the whole programme, or on one plan."""

    programme: str
    """`WHOLE`, or the plan's id."""
    verdict: str
    """proven, harmful, or not_proven."""
    words: tuple[Sentence, ...]
    treated: int
    held_out: int
    effect: Range | None
    """Incremental profit per treated person times treated, after costs."""
    cost: Money
    start: date | None
    until: date | None
    weeks_needed: int | None
    customers_needed: int | None
    reason: str = "unclear"
    """Code: proven, harmful, unclear, nothing_sent, too_early, too_few, unfair,
    rewritten, rehearsal."""
    estimator: str | None = None
    """How the difference was taken; chosen by the rehearsal on this shop's own past."""
    set_aside: int = 0
    """The largest customers of before, in neither arm."""
    judged: VerdictView | None = None
    """The verdict by what was written down beforehand; None for plans from before that was done."""
