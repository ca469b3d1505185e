"""A planned test: what it could prove before it starts, and what it proved once it is over.

Each act is compared with *nothing* (or the mildest where nothing is none of them), whales aside
and adjusted for the past as every proof here is. Several comparisons share one error of 5 %
(Bonferroni), so that the best of five is not taken for proven because it is the best of five.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from huitou.decisions.acts import ACTS
from huitou.proof.lift import ADJUSTED, Arms, BoolArray, Estimator, FloatArray, left_open, whales
from huitou.proof.needs import TEN_YEARS
from huitou.proof.readout import FEWEST
from huitou.stats.power import detectable, times_more
from huitou.stats.tests import Difference, sample_ratio

LEVEL = 0.95

Outcome = Literal["visits", "profit"]


@dataclass(frozen=True)
class Spread:
    """How an outcome varied over a past window among people like those of the test."""

    outcome: Outcome
    usual: float
    """Mean per person: share who came, or profit in minor units."""
    sd: float
    """Standard deviation after what the past explains was taken out, whales aside."""
    explained: float
    """Share of the variance that the past explains, in [0, 1]."""
    people: int


@dataclass(frozen=True)
class Sized:
    """What a test of one outcome needs and can see. Shares are of the usual."""

    spread: Spread
    hoped: float
    """The effect to be proven, as a share of the usual."""
    people: int | None
    """In all arms together; None where nothing is usual, so that no share of it is an effect."""
    plans: int | None
    """Plans until so many are in it; None where that is beyond ten years."""
    weeks: int | None
    """Until it is read: plans and the window of the last; None beyond ten years."""
    detectable: float | None
    """The smallest effect that one plan's people prove four times in five."""
    detectable_year: float | None
    """The same after a year of such plans, pooled."""


def spread_of(outcome: Outcome, windows: Sequence[tuple[FloatArray, FloatArray]]) -> Spread | None:
    """The spread over past windows, each (before, after) of the people known at its start.

    None where there were too few people to tell.
    """
    kept = [(x, y) for x, y in (_apart(*window) for window in windows) if len(x) >= 2 * FEWEST]
    if not kept:
        return None
    found = [_one(x, y) for x, y in kept]
    people = sum(len(x) for x, _ in kept)
    weight = np.array([len(x) for x, _ in kept]) / people
    usual, variance, raw = (float(weight @ np.array(each)) for each in zip(*found, strict=True))
    explained = 1 - variance / raw if raw > 0 else 0.0
    return Spread(outcome, usual, math.sqrt(variance), max(0.0, explained), people // len(kept))


def _apart(before: FloatArray, after: FloatArray) -> tuple[FloatArray, FloatArray]:
    kept = ~whales(before)
    return before[kept], after[kept]


def _one(before: FloatArray, after: FloatArray) -> tuple[float, float, float]:
    """Mean, variance left by the past, variance."""
    left = left_open(before, after)
    return float(after.mean()), left.variance, float(after.var(ddof=1))


def sized(
    spread: Spread, arms: Mapping[str, float], hoped: float, a_plan: int, window_weeks: float
) -> Sized:
    """What a test needs to prove an effect of `hoped`, a share of the usual, four times in five.

    Args:
        spread: from the shop's own past.
        arms: act -> share of the people.
        hoped: share of the usual, above 0.
        a_plan: people that one plan can bring into it, by all rules and limits.
        window_weeks: over which each person is watched. The next people are drawn when it is over.
    """
    level, per_person = _level(arms), _se_of_one(spread.sd, arms)
    effect = hoped * abs(spread.usual)
    people = math.ceil(times_more(per_person, effect, level)) if effect > 0 else None
    plans = math.ceil(people / a_plan) if people and a_plan else None
    weeks = math.ceil(plans * window_weeks) if plans else None
    if weeks is None or weeks > TEN_YEARS:
        plans = weeks = None
    a_year = a_plan * max(1, int(52 / window_weeks))
    return Sized(
        spread=spread,
        hoped=hoped,
        people=people,
        plans=plans,
        weeks=weeks,
        detectable=_seen(per_person, a_plan, level, spread.usual),
        detectable_year=_seen(per_person, a_year, level, spread.usual),
    )


def _level(arms: Mapping[str, float]) -> float:
    return 1 - (1 - LEVEL) / max(1, len(arms) - 1)


def _se_of_one(sd: float, arms: Mapping[str, float]) -> float:
    """Standard error of the widest comparison, times the root of the people in the test."""
    base = base_of(arms)
    least = min(share for name, share in arms.items() if name != base)
    return sd * math.sqrt(1 / least + 1 / arms[base])


def base_of(arms: Mapping[str, float]) -> str:
    """The act that the others are compared with: the first of them in the register of acts."""
    return next((name for name in ACTS if name in arms), min(arms))


def _seen(per_person: float, people: int, level: float, usual: float) -> float | None:
    if not people or not usual:
        return None
    return detectable(per_person / math.sqrt(people), level) / abs(usual)


@dataclass(frozen=True)
class Contrast:
    """One act against the base, for one outcome; per person."""

    act: str
    outcome: Outcome
    people: int
    base: int
    """People it is compared with."""
    difference: float | None
    low: float | None
    high: float | None
    verdict: Literal["better", "worse", "not_proven", "too_few"]


@dataclass(frozen=True)
class Members:
    """Who was in a test, with what they brought; one place a person."""

    act: NDArray[np.str_]
    before: FloatArray
    after: FloatArray
    """Profit in the window, after stamps and staff; minor units."""
    came_before: FloatArray
    came: FloatArray
    """1 where they bought in the window."""


def contrasts(
    members: Members, arms: Mapping[str, float], estimator: Estimator = ADJUSTED
) -> tuple[Contrast, ...]:
    """Every act against the base, for visits and for profit, read once when the test is over."""
    base = base_of(arms)
    aside = whales(members.before)
    return tuple(
        _contrast(members, act, base, outcome, aside, _level(arms), estimator)
        for act in arms
        if act != base
        for outcome in ("visits", "profit")
    )


def fair(members: Members, arms: Mapping[str, float]) -> float:
    """Chance of arms so unequal in number, had the lot been fair."""
    return sample_ratio([int((members.act == act).sum()) for act in arms], list(arms.values()))


def _contrast(
    members: Members,
    act: str,
    base: str,
    outcome: Outcome,
    aside: BoolArray,
    level: float,
    estimator: Estimator,
) -> Contrast:
    kept = np.isin(members.act, [act, base]) & ~aside
    control = members.act[kept] == base
    people, others = int((~control).sum()), int(control.sum())
    if min(people, others) < FEWEST:
        return Contrast(act, outcome, people, others, None, None, None, "too_few")
    lift = _lift(members, kept, control, outcome, estimator)
    ends = lift.interval(level)
    verdict: Literal["better", "worse", "not_proven"] = (
        "better" if ends.low > 0 else "worse" if ends.high < 0 else "not_proven"
    )
    return Contrast(act, outcome, people, others, lift.estimate, ends.low, ends.high, verdict)


def _lift(
    members: Members,
    kept: BoolArray,
    control: BoolArray,
    outcome: Outcome,
    estimator: Estimator,
) -> Difference:
    before, after = (
        (members.came_before, members.came)
        if outcome == "visits"
        else (members.before, members.after)
    )
    return Arms.of(before[kept], after[kept], control).lift(estimator)
