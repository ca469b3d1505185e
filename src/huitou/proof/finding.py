"""A finding: what was measured, and the one word that may be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from huitou.ground.words import Sentence

Verdict = Literal["proven", "harmful", "not_proven"]


@dataclass(frozen=True)
class Finding:
    """The read-out of one programme. Amounts are minor units; intervals are two-sided at `level`.

    `effect` is incremental profit after stamps and staff (what offers took off is no part of what
    was paid): the difference per person times the treated who were compared. It is None where
    nothing could be compared.
    """

    programme: str
    verdict: Verdict
    reason: str
    """Code: proven, harmful, unclear, nothing_applied, nothing_sent, too_early, too_few, unfair,
    rewritten."""
    words: tuple[Sentence, ...]
    start: date | None
    until: date | None
    treated: int = 0
    """Everybody who was not held out, whether anything reached them or not."""
    held_out: int = 0
    set_aside: int = 0
    """Whales, chosen by the past, that are in neither arm."""
    compared: tuple[int, int] = (0, 0)
    """Treated and held out without the whales: those whose means were compared."""
    per_person: float | None = None
    effect: int | None = None
    low: int | None = None
    high: int | None = None
    level: float = 0.95
    p_value: float | None = None
    fair: float | None = None
    """Chance of arms so unequal in number, had the lot been fair; below 0.001 nothing is said."""
    cost: int = 0
    """Stamps and staff for the treated, already taken off `effect`; offers were never paid."""
    detectable: int | None = None
    """The smallest true effect that this comparison would have proven four times in five."""
    estimator: str | None = None
    customers_needed: int | None = None
    """Customers that would prove the effect hoped for, in a window as long as this."""
    weeks_needed: int | None = None
    """Weeks still needed with as many customers as now; None beyond ten years."""
