"""Did a campaign make customers leave? Treated against its own control, looked at again and again.

    counts = Counts(treated=Arm(950, 14), held_out=Arm(50, 0))
    look(outcome, counts, …)       difference, interval, z, evidence
    guard(looks, shares)           whether a row of looks has crossed its boundary

Everybody the plan meant an act for is counted in the arm they were drawn into, whether anything
reached them or not. Four outcomes share one chance of a false stop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import bdtrc, ndtri

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.stats.intervals import Interval, wilson, z
from huitou.stats.sequential import limits
from huitou.stats.sums import Moments
from huitou.stats.tests import welch

FALSE_STOPS = 0.05
"""The chance that a harmless campaign is ever stopped, over all its looks and outcomes."""
SHARES: Mapping[str, float] = {"silence": 0.3, "churn": 0.3, "complaint": 0.2, "profit": 0.2}
"""How the outcomes share that chance; fixed before anybody looks."""
TOLERATED = 0.01
"""One in a hundred may ask for silence: the held out are written nothing they could be sick of, so
their share says too little, and the boundary is on the treated alone."""
LEVEL = 0.9
"""Of the intervals that are shown."""
LEAST_TREATED, LEAST_HELD_OUT = 20, 5
"""Fewer people than this say nothing."""


@dataclass(frozen=True)
class Arm:
    """People of one arm and how many of them an outcome befell."""

    people: int
    hits: int

    @property
    def share(self) -> float:
        """Share of people."""
        return self.hits / self.people if self.people else 0.0

    def __add__(self, other: Arm) -> Arm:
        return Arm(self.people + other.people, self.hits + other.hits)


@dataclass(frozen=True)
class Look:
    """One outcome at one look. A positive difference and a large `z` are harm."""

    outcome: str
    treated: float
    held_out: float
    difference: float
    interval: Interval
    z: float
    evidence: float
    """What the boundary counts with: it never falls from look to look."""


def look(outcome: str, treated: Arm, held_out: Arm) -> Look:
    """A look at something that befalls a person or does not: silence, complaint, churn."""
    return Look(
        outcome=outcome,
        treated=treated.share,
        held_out=held_out.share,
        difference=treated.share - held_out.share,
        interval=newcombe(treated, held_out),
        z=_above_tolerated(treated) if outcome == "silence" else _exact(treated, held_out),
        evidence=_evidence(outcome, treated, held_out),
    )


def look_at_profit(treated: Moments, held_out: Moments) -> Look:
    """A look at profit per person, minor units; a loss is a positive difference."""
    lost = welch(held_out, treated)
    half = lost.half(LEVEL)
    return Look(
        outcome="profit",
        treated=treated.mean,
        held_out=held_out.mean,
        difference=lost.estimate,
        interval=Interval(lost.estimate - half, lost.estimate + half, LEVEL),
        z=_as_z(lost.p_value / 2 if lost.estimate > 0 else 1 - lost.p_value / 2),
        evidence=lost.se**2 if np.isfinite(lost.se) else 0.0,
    )


def newcombe(one: Arm, other: Arm, level: float = LEVEL) -> Interval:
    """Interval of a difference of shares from the two score intervals (Newcombe 1998)."""
    a, b = wilson(one.hits, one.people, level), wilson(other.hits, other.people, level)
    difference = one.share - other.share
    low = difference - float(np.hypot(one.share - a.low, b.high - other.share))
    high = difference + float(np.hypot(a.high - one.share, other.share - b.low))
    return Interval(max(-1.0, low), min(1.0, high), level)


def guard(looks: Sequence[Sequence[Look]], shares: Sequence[float]) -> str | None:
    """The outcome whose harm passed its boundary at the latest look; None where none did.

    Args:
        looks: for each look in time the looks at all outcomes.
        shares: share of the plan's window that was over at each.
    """
    crossed = crossings(looks, shares)
    return next((name for name, places in crossed.items() if len(looks) - 1 in places), None)


def crossings(
    looks: Sequence[Sequence[Look]], shares: Sequence[float]
) -> dict[str, tuple[int, ...]]:
    """For each outcome the places of the looks at which it was beyond its boundary."""
    found = {}
    for outcome, part in SHARES.items():
        seen = [
            (place, told, share)
            for place, (each, share) in enumerate(zip(looks, shares, strict=True))
            for told in each
            if told.outcome == outcome
        ]
        line = boundary([told for _, told, _ in seen], [share for *_, share in seen], part)
        found[outcome] = tuple(
            place for (place, told, _), limit in zip(seen, line, strict=True) if told.z > limit
        )
    return found


def boundary(row: Sequence[Look], shares: Sequence[float], part: float) -> list[float]:
    """The z that each look at one outcome must exceed."""
    rising = np.maximum.accumulate([each.evidence for each in row]).tolist()
    return limits(rising, shares, FALSE_STOPS * part)


def hidden(treated: int, held_out: int, share: float, level: float = LEVEL) -> float:
    """The harm, as a share of people, that so few people could hide: four in five would show it."""
    at = min(max(share, 1 / max(treated, 1)), 0.5)
    se = (at * (1 - at) * (1 / max(treated, 1) + 1 / max(held_out, 1))) ** 0.5
    return float(min(1.0, (z(level) + float(ndtri(0.8))) * se))


def words_of(told: Look, people: int, held_out: int, currency: str) -> Sentence:
    """One look in words: what it cost, or how much could hide."""
    if told.outcome == "profit":
        return _of_profit(told, people, currency)
    n = people * told.difference
    low, high = people * told.interval.low, people * told.interval.high
    if low > 0:
        ends = {"low": max(0, round(low)), "high": round(high)}
        return _with(COST[told.outcome], n=round(n), **ends)
    return _with(
        NOTHING[told.outcome],
        n=people,
        held=held_out,
        hidden=max(1, round(people * hidden(people, held_out, told.held_out))),
    )


COST: Mapping[str, Sentence] = {
    "silence": said(
        "{n} more people asked to be left alone than would have (between {low} and {high})."
    ),
    "complaint": said("{n} more people complained than would have (between {low} and {high})."),
    "churn": said("This campaign cost {n} customers more than it kept (between {low} and {high})."),
}
NOTHING: Mapping[str, Sentence] = {
    "silence": said(
        "No more people asked to be left alone: with {n} people and {held} left alone, up to "
        "{hidden} could hide."
    ),
    "complaint": said(
        "No more complaints were seen: with {n} people and {held} left alone, up to {hidden} "
        "could hide."
    ),
    "churn": said(
        "No customers lost by it were seen: with {n} people and {held} left alone, up to "
        "{hidden} could hide."
    ),
}


def _with(sentence: Sentence, **values: int) -> Sentence:
    return Sentence(sentence.text, MappingProxyType(values))


def _of_profit(told: Look, people: int, currency: str) -> Sentence:
    if not np.isfinite(told.interval.low):
        return said("Too few people to say what it did to profit.")
    low, lost, high = (
        Money(round(people * each), currency)
        for each in (told.interval.low, told.difference, told.interval.high)
    )
    if told.interval.low > 0:
        return said("It lost {n} of profit (between {low} and {high}).", n=lost, low=low, high=high)
    return said(
        "No loss of profit was seen: anything from {less} less to {more} more is possible.",
        less=Money(max(0, high.minor), currency),
        more=-low,
    )


def _exact(treated: Arm, held_out: Arm) -> float:
    """z of Fisher's exact test that the treated are hit more: it keeps its level in tiny arms."""
    both = treated + held_out
    if not (treated.people and held_out.people and both.hits):
        return 0.0
    from scipy.stats import hypergeom  # half a second to load: for those alone who look for harm

    law = hypergeom(both.people, both.hits, treated.people)
    # mid-p: exact enough, and not twice as cautious as it says with a control of thirty.
    return _as_z(float(law.sf(treated.hits)) + 0.5 * float(law.pmf(treated.hits)))


def _above_tolerated(treated: Arm) -> float:
    if not treated.people:
        return 0.0
    return _as_z(float(bdtrc(treated.hits - 1, treated.people, TOLERATED)))


def _as_z(p: float) -> float:
    return -float(ndtri(min(max(p, 1e-300), 1 - 1e-16)))


def _evidence(outcome: str, treated: Arm, held_out: Arm) -> float:
    """What a later look knows more than an earlier: hits, and for churn those who came back.

    The share that has bought by day t moves like a bridge: its z walks freely in F / (1 − F), the
    odds of having bought (Doob's transform).
    """
    both = treated + held_out
    if outcome == "churn":
        return (both.people - both.hits) / max(both.hits, 1)
    return float(both.hits)
