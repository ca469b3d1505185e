"""Whether letting go paid: those a step was decided on, acted on against left alone by lot.

The lot is drawn when a human has decided, so both arms were decided on by the same people for the
same reasons. Whoever's step was lifted stays where the lot put them. The outcome is what somebody
left in the window after, with what returns, staff and gifts cost: a customer who stays away leaves
nothing, which may be more than before.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.proof.lift import LEANING, Arms, BoolArray, FloatArray
from huitou.stats.power import times_more

FEWEST = 10
"""People in each arm before anything is said."""
LONGEST_WEEKS = 520


@dataclass(frozen=True)
class Paid:
    """What people left in the window after, acted on − left alone, minor units a person."""

    acted: int
    control: int
    more: float | None
    low: float | None
    high: float | None
    weeks: int | None
    """Weeks more, at the pace of so far, until it could be told; None where that is too long."""

    @property
    def verdict(self) -> str:
        """too_early, pays, harms or not_proven."""
        if self.more is None or self.low is None or self.high is None:
            return "too_early"
        if self.low > 0:
            return "pays"
        return "harms" if self.high < 0 else "not_proven"

    def words(self, currency: str) -> tuple[Sentence, ...]:
        """The verdict as it is read."""
        arms = said(
            "{acted} for whom a step held, against {control} who were left as they are by lot.",
            acted=self.acted,
            control=self.control,
        )
        if self.more is None or self.low is None or self.high is None:
            return (said("Not proven yet: too few people, or their time is not over."), arms,
                    *self._wait())  # fmt: skip
        ends = {name: Money(round(getattr(self, name) or 0), currency)
                for name in ("more", "low", "high")}  # fmt: skip
        if self.low > 0:
            return (said("Letting go paid: {more} a person, between {low} and {high}.", **ends),
                    arms)  # fmt: skip
        if self.high < 0:
            return (said("Letting go cost more than it saved: {more} a person, between {low} and"
                         " {high}.", **ends), arms)  # fmt: skip
        unclear = said("Not proven yet: between {low} and {high} a person.", **ends)
        return (unclear, arms, *self._wait())

    def _wait(self) -> tuple[Sentence, ...]:
        if self.weeks is None:
            return ()
        return (said("It would take about {weeks} more weeks like these.", weeks=self.weeks),)

    def written(self) -> dict[str, Any]:
        """As a plain value."""
        return asdict(self)

    @classmethod
    def read(cls, noted: dict[str, Any]) -> Paid:
        """What `written` wrote."""
        return cls(**noted)

    @classmethod
    def nothing(cls) -> Paid:
        """Before anybody was let go."""
        return cls(0, 0, None, None, None, None)


def paid(before: FloatArray, after: FloatArray, control: BoolArray, weeks: float) -> Paid:
    """Compare the arms over people whose window is over.

    Args:
        before: what each left in a window as long before their step (n,).
        after: what each left in the window after it (n,).
        control: who was left as they are (n,).
        weeks: since the first of them was decided on.
    """
    acted, held = int((~control).sum()), int(control.sum())
    fewest = min(acted, held)
    if fewest < FEWEST:
        more = _at_pace(weeks, (FEWEST - fewest) / fewest) if fewest else None
        return Paid(acted, held, None, None, None, more)
    found = Arms.of(before, after, control).lift(LEANING)
    within = found.interval()
    proven = within.low > 0 or within.high < 0
    again = 0.0 if proven else times_more(found.se, found.estimate) - 1.0
    wait = None if proven else _at_pace(weeks, again)
    return Paid(acted, held, found.estimate, within.low, within.high, wait)


def _at_pace(weeks: float, times: float) -> int | None:
    if not math.isfinite(times):
        return None
    more = max(1, math.ceil(weeks * times))
    return more if more <= LONGEST_WEEKS else None
