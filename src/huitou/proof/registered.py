"""The read-out of an experiment that was written down: its looks, its verdict, what others claim.

Only what was fixed beforehand is used: window, looks, bounds, estimator, whale line. What one
campaign is read to have earned is never added to another's, nor to the programme's: each has its
own control, and their overlap would be counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.proof.cohort import Cohort
from huitou.proof.experiment import Experiment
from huitou.proof.finding import Finding, Verdict
from huitou.proof.lift import ESTIMATORS, BoolArray, Estimator
from huitou.proof.looks import Look, decided, looked
from huitou.proof.needs import needs
from huitou.proof.readout import FEWEST, UNFAIR, USUAL_HOPE
from huitou.proof.verdicts import Advice, Evidence, advise
from huitou.stats.power import detectable
from huitou.stats.tests import Difference, sample_ratio

NAMED = 50
"""The largest accounts that are listed by name."""


@dataclass(frozen=True)
class Seen:
    """A look as amounts over everybody treated who was compared; minor units."""

    day: date
    effect: int
    low: int | None
    """Ends of the repeated interval; None while no verdict may be given at all."""
    high: int | None
    bound: int | None
    """An effect beyond which, either way, this look would have been a verdict."""
    crosses: int


@dataclass(frozen=True)
class Whale:
    """An account that is handled by name and not tested."""

    person_id: str
    held_out: bool
    before: int
    after: int


@dataclass(frozen=True)
class Reading:
    """What a registered experiment says today."""

    finding: Finding
    advice: Advice
    fixed: Experiment
    looks: tuple[Seen, ...]
    decided_on: date | None
    """The day of the first look that crossed its bound."""
    attributed: int
    """Everything that those reached brought after their first letter: what others would claim."""
    whales: tuple[Whale, ...]
    whales_before: int
    whales_after: int
    later: Seen | None
    """Window and one more purchase cycle, where that is over."""
    struck: str | None
    """The guardrail that stopped it."""
    words: tuple[Sentence, ...]

    @property
    def ratio(self) -> float | None:
        """How many times what is proven the others would claim; None where nothing is proven."""
        proven = self.finding.effect if self.finding.verdict == "proven" else None
        return self.attributed / proven if proven and proven > 0 else None


@dataclass(frozen=True)
class Carried:
    """What is known of how it was carried out."""

    start: date
    """The first day that counts as after."""
    known: date
    """The last whole day in the data."""
    sent: int | None
    struck: str | None = None
    """The guardrail that stopped it."""
    applied: bool = True
    intact: bool = True
    """Whether what was written down still bears its fingerprint."""
    own_share: float | None = None
    """Share that its own lot leaves alone of those the universal one does not; None where it has
    no lot of its own."""


def read(name: str, fixed: Experiment, cohort: Cohort, carried: Carried) -> Reading:
    """Read an experiment as it was written down.

    Args:
        name: of the programme or plan.
        fixed: what was written down.
        cohort: everybody in both arms; what they brought, at each look, and if the data reach so
            far in one more column up to one purchase cycle after the window.
        carried: what became of it.
    """
    aside = cohort.before > fixed.whale_line
    passed = _passed(fixed, carried)
    finding = _counted(name, fixed, cohort, carried, aside)
    unknown = _nothing_yet(fixed, cohort, carried, finding, aside, passed)
    if unknown is not None:
        return unknown
    return _measured(fixed, cohort, carried, finding, aside, passed)


def _passed(fixed: Experiment, carried: Carried) -> int:
    """How many looks lie behind."""
    gone = (carried.known - carried.start).days + 1
    return sum(day <= gone for day in fixed.days)


def _counted(
    name: str, fixed: Experiment, cohort: Cohort, carried: Carried, aside: BoolArray
) -> Finding:
    held = int(cohort.held.sum())
    kept_held = int((cohort.held & ~aside).sum())
    return Finding(
        programme=name,
        verdict="not_proven",
        reason="too_early",
        words=(),
        start=carried.start,
        until=fixed.until(carried.start),
        treated=len(cohort) - held,
        held_out=held,
        set_aside=int(aside.sum()),
        compared=(int((~aside).sum()) - kept_held, kept_held),
        fair=_fair(cohort, fixed.share, carried.own_share),
        estimator=fixed.estimator,
        level=1 - fixed.alpha,
    )


def _fair(cohort: Cohort, share: float, own_share: float | None) -> float:
    """Chance of the arms' sizes: of the universal lot, and of the campaign's own beside it."""
    drawn = int(cohort.drawn.sum())
    if own_share is None:
        return sample_ratio([len(cohort) - drawn, drawn], [1 - share, share])
    own = int((cohort.held & ~cohort.drawn).sum())
    reached = 1 - share
    return sample_ratio(
        [len(cohort) - drawn - own, own, drawn],
        [reached * (1 - own_share), reached * own_share, share],
    )


def _nothing_yet(
    fixed: Experiment,
    cohort: Cohort,
    carried: Carried,
    finding: Finding,
    aside: BoolArray,
    passed: int,
) -> Reading | None:
    """The reading where nothing can be compared: not begun, no look yet, too few people."""
    few = min(finding.compared) < FEWEST
    if carried.applied and passed and not few:
        return None
    reason = "nothing_applied" if not carried.applied else "too_few" if few else "too_early"
    seen = _evidence(fixed, finding, carried, passed, weeks=None)
    blank = replace(finding, reason=reason)
    return _reading(fixed, cohort, blank, advise(seen), aside, passed, struck=carried.struck)


def _measured(
    fixed: Experiment,
    cohort: Cohort,
    carried: Carried,
    finding: Finding,
    aside: BoolArray,
    passed: int,
) -> Reading:
    estimator = ESTIMATORS[fixed.estimator]
    courses = cohort.courses(passed, ~aside)
    shares = [day / fixed.window_days for day in fixed.days[:passed]]
    ahead = cohort.ahead(fixed.days, passed, ~aside)
    looks = looked(courses, shares, estimator, fixed.alpha, ahead=ahead)
    treated = finding.compared[0]
    last = courses.arms(passed - 1).lift(estimator)
    first = decided(looks)
    finding = _with_figures(finding, fixed, looks, last, courses.arms(passed - 1).held_out.y.mean)
    finding = replace(finding, cost=_cost(cohort, passed))
    over = passed == fixed.looks
    later = _later(fixed, cohort, carried, aside, estimator, treated)
    sign = first[1] if first is not None else 0
    weeks = finding.weeks_needed
    evidence = replace(
        _evidence(fixed, finding, carried, passed, weeks=weeks),
        sign=sign,
        harmed=_harmed(cohort, aside, estimator, passed) if over else None,
        gross_low=_gross_low(finding, cohort, aside, passed),
        paid_back=later is not None and later.effect <= 0,
    )
    verdict, reason = _verdict(finding, carried, sign, over=over)
    finding = replace(finding, verdict=verdict, reason=reason)
    days = fixed.days
    seen = tuple(
        _seen(look, carried.start + timedelta(days=days[place] - 1), treated)
        for place, look in enumerate(looks)
    )
    found = _reading(
        fixed, cohort, finding, advise(evidence), aside, passed, seen, later, struck=carried.struck
    )
    return replace(found, decided_on=seen[first[0]].day if first is not None else None)


def _verdict(finding: Finding, carried: Carried, sign: int, *, over: bool) -> tuple[Verdict, str]:
    if not carried.intact:
        return "not_proven", "rewritten"
    if finding.fair is not None and finding.fair < UNFAIR:
        return "not_proven", "unfair"
    if carried.sent == 0:
        return "not_proven", "nothing_sent"
    if sign:
        return ("proven", "proven") if sign > 0 else ("harmful", "harmful")
    return "not_proven", "unclear" if over else "too_early"


def _evidence(
    fixed: Experiment, finding: Finding, carried: Carried, passed: int, *, weeks: int | None
) -> Evidence:
    left = -(-(fixed.window_days - (fixed.days[passed - 1] if passed else 0)) // 7)
    return Evidence(
        sign=0,
        is_over=passed == fixed.looks,
        applied=carried.applied,
        intact=carried.intact,
        sent=carried.sent,
        fair=finding.fair is None or finding.fair >= UNFAIR,
        enough=min(finding.compared) >= FEWEST,
        struck=carried.struck,
        harmed=None,
        gross_low=None,
        cost=finding.cost,
        paid_back=False,
        weeks=weeks,
        left=left,
        detectable=finding.detectable,
        currency=fixed.currency,
    )


def _with_figures(
    finding: Finding, fixed: Experiment, looks: tuple[Look, ...], last: Difference, usual: float
) -> Finding:
    treated, both = finding.compared[0], sum(finding.compared)
    hoped = fixed.promised / treated if fixed.promised > 0 else USUAL_HOPE * abs(usual)
    gone = fixed.days[len(looks) - 1] / 7
    need = needs(last.se, hoped, both, gone)
    ends = _ends(looks[-1], treated)
    return replace(
        finding,
        per_person=last.estimate,
        effect=round(last.estimate * treated) if ends is not None else None,
        low=ends[0] if ends is not None else None,
        high=ends[1] if ends is not None else None,
        p_value=last.p_value,
        detectable=round(detectable(last.se) * treated),
        customers_needed=need.customers,
        weeks_needed=need.weeks,
    )


def _ends(look: Look, treated: int) -> tuple[int, int] | None:
    if not np.isfinite(look.low) or not np.isfinite(look.high):
        return None
    return round(look.low * treated), round(look.high * treated)


def _seen(look: Look, day: date, treated: int) -> Seen:
    ends = _ends(look, treated)
    half = round((look.high - look.estimate) * treated) if ends is not None else None
    return Seen(
        day=day,
        effect=round(look.estimate * treated),
        low=ends[0] if ends is not None else None,
        high=ends[1] if ends is not None else None,
        bound=half,
        crosses=look.crosses,
    )


def _cost(cohort: Cohort, looks: int) -> int:
    return round(float(cohort.paid(looks)[~cohort.held].sum()))


def _gross_low(finding: Finding, cohort: Cohort, aside: BoolArray, looks: int) -> int | None:
    """The lower end before stamps and staff: what was spent on the compared is added again."""
    if finding.low is None:
        return None
    return finding.low + round(float(cohort.paid(looks)[~cohort.held & ~aside].sum()))


def _harmed(cohort: Cohort, aside: BoolArray, estimator: Estimator, looks: int) -> str | None:
    """The stage whose customers are proven worse off; all stages share one error (Bonferroni)."""
    stages = [stage for stage in np.unique(cohort.stage) if _enough(cohort, aside, stage)]
    worst: tuple[float, str] | None = None
    for stage in stages:
        there = cohort.stage == stage
        part = cohort.only(there)
        lift = part.courses(looks, ~aside[there]).arms(looks - 1).lift(estimator)
        high = lift.interval(1 - 0.05 / len(stages)).high
        if high < 0 and (worst is None or high < worst[0]):
            worst = (high, str(stage))
    return worst[1] if worst is not None else None


def _enough(cohort: Cohort, aside: BoolArray, stage: Any) -> bool:
    there = (cohort.stage == stage) & ~aside
    return min(int((there & cohort.held).sum()), int((there & ~cohort.held).sum())) >= FEWEST


def _later(
    fixed: Experiment,
    cohort: Cohort,
    carried: Carried,
    aside: BoolArray,
    estimator: Estimator,
    treated: int,
) -> Seen | None:
    """The same people over the window and one cycle more; reported, not tested."""
    last = fixed.until(carried.start) + timedelta(days=fixed.cycle_days)
    if carried.known < last:
        return None
    every = cohort.courses(fixed.looks + 1, ~aside)
    lift = every.arms(fixed.looks).lift(estimator)
    ends = lift.interval(1 - fixed.alpha)
    return Seen(
        day=last,
        effect=round(lift.estimate * treated),
        low=round(ends.low * treated),
        high=round(ends.high * treated),
        bound=None,
        crosses=0,
    )


def _reading(
    fixed: Experiment,
    cohort: Cohort,
    finding: Finding,
    advice: Advice,
    aside: BoolArray,
    looks: int,
    seen: tuple[Seen, ...] = (),
    later: Seen | None = None,
    *,
    struck: str | None = None,
) -> Reading:
    boast = round(cohort.after_letters(looks)) if looks else 0
    gross = cohort.gross(looks) if looks else np.zeros(len(cohort))
    found = Reading(
        finding=finding,
        advice=advice,
        fixed=fixed,
        looks=seen,
        decided_on=None,
        attributed=boast,
        whales=_named(cohort, gross, aside),
        whales_before=round(float(cohort.before[aside].sum())),
        whales_after=round(float(gross[aside].sum())),
        later=later,
        struck=struck,
        words=(),
    )
    return replace(found, words=_words(found))


def _named(cohort: Cohort, gross: Any, aside: BoolArray) -> tuple[Whale, ...]:
    places = np.flatnonzero(aside)
    largest = places[np.argsort(-cohort.before[places], kind="stable")][:NAMED]
    return tuple(
        Whale(
            cohort.person_id[place],
            bool(cohort.held[place]),
            round(float(cohort.before[place])),
            round(float(gross[place])),
        )
        for place in largest.tolist()
    )


def _words(found: Reading) -> tuple[Sentence, ...]:
    finding, fixed = found.finding, found.fixed
    told = [_headline(found), _compared(finding)]
    if finding.effect is not None:
        told.append(
            said(
                "Returns are taken off, stamps and staff too. What offers took off was never paid,"
                " so the orders show it already."
            )
        )
    if found.attributed > 0 and finding.effect is not None:
        told.append(_boast(found))
    if found.later is not None:
        told.append(_dip(found.later, fixed.currency))
    if fixed.kind == "programme":
        told.append(
            said(
                "It is read over everybody, against those whom nothing touched all the while. What"
                " single campaigns earned is not added up: they share people, and would count"
                " twice."
            )
        )
    return tuple(told)


def _headline(found: Reading) -> Sentence:
    finding, currency = found.finding, found.fixed.currency
    if finding.effect is None or finding.low is None or finding.high is None:
        return found.advice.words
    ends = {
        name: Money(amount, currency)
        for name, amount in (
            ("effect", finding.effect),
            ("low", finding.low),
            ("high", finding.high),
        )
    }
    if finding.verdict == "proven":
        return said("Proven: it earned {effect} after all costs, between {low} and {high}.", **ends)
    if finding.verdict == "harmful":
        return said(
            "Harmful: it lost money. After all costs {effect}, between {low} and {high}.", **ends
        )
    return said(
        "Not proven: it may have earned anything between {low} and {high} after all costs.",
        low=ends["low"],
        high=ends["high"],
    )


def _compared(finding: Finding) -> Sentence:
    treated, held = finding.compared
    return said(
        "{treated} treated are compared with {held_out} held out by lot; the {set_aside} largest"
        " customers of before are left out of both.",
        treated=treated,
        held_out=held,
        set_aside=finding.set_aside,
    )


def _boast(found: Reading) -> Sentence:
    claimed = Money(found.attributed, found.fixed.currency)
    if found.ratio is None:
        return said(
            "Who counts every sale after a letter would claim {claimed}. Most of it would have come"
            " anyway; none of it is proven.",
            claimed=claimed,
        )
    return said(
        "Who counts every sale after a letter would claim {claimed}: {ratio} times what is proven.",
        claimed=claimed,
        ratio=round(found.ratio, 1),
    )


def _dip(later: Seen, currency: str) -> Sentence:
    return said(
        "One purchase cycle later, to {day}, it stands at {effect}, between {low} and {high}:"
        " sales that were only brought forward are gone by then.",
        day=later.day,
        effect=Money(later.effect, currency),
        low=Money(later.low or 0, currency),
        high=Money(later.high or 0, currency),
    )
