"""An experiment as it is written down before the first letter: what will be read, when, and how.

Whoever may choose afterwards what to count, over how long, and when to stop, finds something every
time. So all of it is fixed when a plan is approved, kept for good, and the read-out uses nothing
else. Its fingerprint stands beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from huitou.ground.ids import fingerprint
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.proof import harm

GAPS_WATCHED = 1.5
"""The window is at least so many of the shop's own purchase gaps: a shorter one sees who came
sooner, and takes it for who came at all."""
LOOK_DAYS = 7
ALPHA = 0.05
"""The chance that all looks together find something where nothing is, two-sided."""
LONGEST_WEEKS = 52
"""A lot is drawn anew each year; a programme is not read beyond one."""
FORMAT = 1

Kind = Literal["campaign", "programme"]


@dataclass(frozen=True)
class Experiment:
    """Everything that is fixed beforehand. Amounts are minor units of `currency`."""

    kind: Kind
    plan: str
    """The plan whose lot is read: of a programme, its first."""
    lot: str
    """The universal lot that the plan drew."""
    share: float
    """Share held out by it."""
    currency: str
    window_days: int
    asked_days: int
    """The window the plan asked for; `window_days` is longer where the shop's gaps are."""
    gap_days: float | None
    """The shop's usual days between purchases when it was written down; None: nobody came twice."""
    treated: int
    held_out: int
    promised: int
    """Gain that the plan promised over everybody treated."""
    weeks: int | None
    """Weeks it is expected to take to prove that; None: not within ten years."""
    estimator: str
    """Chosen by the rehearsal on the shop's own past."""
    whale_share: float
    whale_line: int
    """Who brought more than this in the window before the start is set aside, by name."""
    outcome: str = "profit"
    alpha: float = ALPHA
    spending: str = "obrien_fleming"
    """Two-sided, for benefit: next to nothing early. Harm has its own rule, one-sided and early."""
    look_days: int = LOOK_DAYS
    guardrails: Mapping[str, float] = field(default_factory=lambda: dict(harm.SHARES))
    """Outcome -> its share of the chance of a false stop."""
    false_stops: float = harm.FALSE_STOPS
    format: int = FORMAT

    @property
    def looks(self) -> int:
        """How often it is looked at; the last look is at the end of the window."""
        return math.ceil(self.window_days / self.look_days)

    @property
    def days(self) -> tuple[int, ...]:
        """Days from the start, counting from 1, at whose evening is looked."""
        return (
            *(self.look_days * each for each in range(1, self.looks)),
            self.window_days,
        )

    @property
    def cycle_days(self) -> int:
        """One usual gap: bought ahead is paid back by then, so window and cycle are read too."""
        return math.ceil(self.gap_days) if self.gap_days is not None else self.window_days

    def until(self, start: date) -> date:
        """The last day of the window."""
        return start + timedelta(days=self.window_days - 1)

    def written(self) -> dict[str, Any]:
        """As a JSON value."""
        return {**asdict(self), "guardrails": dict(self.guardrails)}

    def digest(self) -> str:
        """64 hex digits over all of it."""
        told = json.dumps(self.written(), sort_keys=True, ensure_ascii=False, allow_nan=False)
        return fingerprint(told)

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Experiment:
        """Back from a JSON value."""
        return cls(**written)


def window_for(asked_days: int, gap_days: float | None) -> int:
    """The window in days: as asked, or in whole weeks as long as the shop's gaps demand."""
    least = math.ceil(GAPS_WATCHED * (gap_days or 0.0) / LOOK_DAYS) * LOOK_DAYS
    return max(asked_days, least)


def programme_window(window_days: int, weeks: int | None) -> int:
    """How long a programme is read, in days: until its promise could be proven, at most a year."""
    wanted = LONGEST_WEEKS if weeks is None else min(weeks, LONGEST_WEEKS)
    return max(window_days, wanted * LOOK_DAYS)


def in_words(fixed: Experiment) -> tuple[Sentence, ...]:
    """What was written down, for people."""
    held = fixed.held_out
    told = [
        said(
            "Profit after costs is compared over {days} days: {treated} treated against {held} held"
            " out by the lot “{lot}”.",
            days=fixed.window_days, treated=fixed.treated, held=held, lot=fixed.lot,
        ),
        said(
            "It is looked at {looks} times, every week; an early word needs far stronger evidence,"
            " so that all looks together find something where nothing is at most {alpha} % of the"
            " time. Harm is watched apart, and stops at once.",
            looks=fixed.looks, alpha=round(100 * fixed.alpha, 1),
        ),
        said(
            "Who brought more than {line} before is set aside and reported by name, not tested.",
            line=Money(fixed.whale_line, fixed.currency),
        ),
    ]  # fmt: skip
    return (*told, *_lengthened(fixed), _expected(fixed))


def _lengthened(fixed: Experiment) -> tuple[Sentence, ...]:
    least = window_for(1, fixed.gap_days)
    if fixed.gap_days is None or fixed.asked_days >= least:
        return ()
    return (
        said(
            "{asked} days were asked for. People here come back after {gap} days or so, and less"
            " than one and a half such gaps would take coming sooner for coming more often: it is"
            " read over {least} days at least.",
            asked=fixed.asked_days,
            gap=round(fixed.gap_days),
            least=least,
        ),
    )


def _expected(fixed: Experiment) -> Sentence:
    if fixed.weeks is None:
        return said("Its promise of {gain} is too small to be proven here within ten years.",
                    gain=Money(fixed.promised, fixed.currency))  # fmt: skip
    return said(
        "To prove its promise of {gain} takes about {weeks} weeks.",
        gain=Money(fixed.promised, fixed.currency),
        weeks=fixed.weeks,
    )
