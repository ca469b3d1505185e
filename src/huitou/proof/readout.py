"""The read-out: treated against held out, once, when the window that was fixed has passed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.proof.assign import held_out
from huitou.proof.finding import Finding, Verdict
from huitou.proof.lift import ADJUSTED, Arms, BoolArray, Estimator, FloatArray, whales
from huitou.proof.needs import needs
from huitou.stats.power import detectable
from huitou.stats.tests import Difference, sample_ratio

FEWEST = 10
"""People that each arm must hold for a comparison at all."""
UNFAIR = 0.001
"""Chance of the arms' sizes below which the lot or the counting is broken (SRM)."""
USUAL_HOPE = 0.10
"""The lift to look for where no gain was promised: a tenth of what the held out brought."""


@dataclass(frozen=True)
class Programme:
    """What is to be proven, fixed before it starts: the lot, the window and the promise."""

    name: str
    currency: str
    start: date
    """First day that counts as *after*."""
    until: date
    """Last day of the window. It is read once, then: looking every week proves too much."""
    share: float = 0.05
    """Share that was held out by lot."""
    applied: bool = True
    sent: int | None = None
    """Letters and calls that really left; None where that is not known."""
    promised: int | None = None
    """Gain that the plan promised over everybody treated; None where it promised nothing."""

    @property
    def weeks(self) -> float:
        """Length of the window."""
        return ((self.until - self.start).days + 1) / 7


@dataclass(frozen=True)
class _Compared:
    """Both arms, counted and summed."""

    arms: Arms
    treated: int
    held: int
    aside: int
    cost: int
    estimator: Estimator


def readout(
    people: pa.Table, programme: Programme, known: date, estimator: Estimator = ADJUSTED
) -> Finding:
    """Read what a programme earned.

    Args:
        people: `assign.PEOPLE`, everybody in both arms by intention to treat.
        programme: what was fixed before the start.
        known: the last whole day in the data.
        estimator: the one that the A/A read-out on this shop's own history chose.

    Returns:
        A finding that never claims more than was proven: *proven* or *harmful* only when the lot
        was fair, something was sent, the window has passed, and the interval leaves out zero.

    Raises:
        HuitouError: when people carry an arm that is none, or a person stands there twice.
    """
    _checked(people)
    compared = _compare(people, estimator)
    finding = Finding(
        programme=programme.name,
        verdict="not_proven",
        reason="unclear",
        words=(),
        start=programme.start,
        until=programme.until,
        treated=compared.treated,
        held_out=compared.held,
        set_aside=compared.aside,
        compared=(compared.arms.treated.x.n, compared.arms.held_out.x.n),
        cost=compared.cost,
        fair=sample_ratio(
            [compared.treated, compared.held], [1 - programme.share, programme.share]
        ),
        estimator=estimator.name,
    )
    stopped = _too_soon(programme, known)
    if stopped is not None:
        reason, words = stopped
        return replace(finding, reason=reason, words=(words,))
    if min(finding.compared) < FEWEST:
        return replace(finding, reason="too_few", words=(_few(finding),))
    return _judged(_measured(finding, compared, programme), programme)


def _checked(people: pa.Table) -> None:
    strange = set(pc.unique(people["arm"]).to_pylist()) - {"treated", "held_out"}
    if strange:
        raise HuitouError(f"an arm is treated or held_out, not {sorted(map(str, strange))[0]!r}")
    if pc.count_distinct(people["person_id"]).as_py() != people.num_rows:
        raise HuitouError("a person stands twice among the people of a read-out")


def _compare(people: pa.Table, estimator: Estimator) -> _Compared:
    before, after, cost = (_floats(people, name) for name in ("before", "after", "cost"))
    held: BoolArray = held_out(people).to_numpy().astype(np.bool_)
    aside = whales(before)
    kept = ~aside
    return _Compared(
        arms=Arms.of(before[kept], (after - cost)[kept], held[kept]),
        treated=int((~held).sum()),
        held=int(held.sum()),
        aside=int(aside.sum()),
        cost=int(cost[~held].sum()),
        estimator=estimator,
    )


def _floats(people: pa.Table, name: str) -> FloatArray:
    found: FloatArray = people[name].to_numpy().astype(np.float64)
    return found


def _too_soon(programme: Programme, known: date) -> tuple[str, Sentence] | None:
    if not programme.applied:
        return "nothing_applied", said("Not proven yet: the plan has not been applied.")
    if known < programme.until:
        return "too_early", said(
            "Not proven yet: the result is read once, after {until}; orders are known to {known}.",
            until=programme.until,
            known=known,
        )
    return None


def _measured(finding: Finding, compared: _Compared, programme: Programme) -> Finding:
    lift = compared.arms.lift(compared.estimator)
    treated = compared.arms.treated.x.n
    ends = lift.interval(finding.level)
    both = treated + compared.arms.held_out.x.n
    need = needs(lift.se, _hoped(programme, compared, treated), both, programme.weeks)
    return replace(
        finding,
        per_person=lift.estimate,
        effect=round(lift.estimate * treated),
        low=round(ends.low * treated),
        high=round(ends.high * treated),
        p_value=lift.p_value,
        detectable=_detectable(lift, treated),
        customers_needed=need.customers,
        weeks_needed=need.weeks,
    )


def _detectable(lift: Difference, treated: int) -> int:
    return round(detectable(lift.se) * treated)


def _hoped(programme: Programme, compared: _Compared, treated: int) -> float:
    """The effect per person worth proving: what was promised, or a tenth of the usual."""
    if programme.promised is not None and programme.promised > 0 and treated:
        return programme.promised / treated
    return USUAL_HOPE * abs(compared.arms.held_out.y.mean)


def _judged(finding: Finding, programme: Programme) -> Finding:
    verdict, reason = _verdict(finding, programme)
    words = (_said[reason](finding, programme), *_also(finding, programme, reason))
    return replace(finding, verdict=verdict, reason=reason, words=words)


def _verdict(finding: Finding, programme: Programme) -> tuple[Verdict, str]:
    low, high = finding.low or 0, finding.high or 0
    if programme.sent == 0:
        return "not_proven", "nothing_sent"
    if finding.fair is not None and finding.fair < UNFAIR:
        return "not_proven", "unfair"
    if low > 0:
        return "proven", "proven"
    if high < 0:
        return "harmful", "harmful"
    return "not_proven", "unclear"


def _ends(finding: Finding, programme: Programme) -> dict[str, Any]:
    return {
        name: Money(getattr(finding, name) or 0, programme.currency)
        for name in ("effect", "low", "high")
    }


def _proven(finding: Finding, programme: Programme) -> Sentence:
    return said(
        "Proven: it earned {effect} after all costs, between {low} and {high}.",
        **_ends(finding, programme),
    )


def _harmful(finding: Finding, programme: Programme) -> Sentence:
    return said(
        "Harmful: it lost money. After all costs {effect}, between {low} and {high}.",
        **_ends(finding, programme),
    )


def _unclear(finding: Finding, programme: Programme) -> Sentence:
    return said(
        "Not proven: it may have earned anything between {low} and {high} after all costs.",
        **_ends(finding, programme),
    )


def _nothing_sent(finding: Finding, programme: Programme) -> Sentence:
    return said(
        "Not proven: nothing was really sent. Between {low} and {high} is what chance alone does.",
        **_ends(finding, programme),
    )


def _unfair(finding: Finding, programme: Programme) -> Sentence:
    return said(
        "Not proven: {treated} treated against {held_out} held out is not what the lot gives."
        " Something lost or added people to one arm, so nothing is said.",
        treated=finding.treated,
        held_out=finding.held_out,
    )


_said = {
    "nothing_sent": _nothing_sent,
    "proven": _proven,
    "harmful": _harmful,
    "unclear": _unclear,
    "unfair": _unfair,
}


def _few(finding: Finding) -> Sentence:
    treated, held = finding.compared
    return said(
        "Not proven: {treated} treated and {held_out} held out are too few to compare;"
        " each side needs {fewest}.",
        treated=treated,
        held_out=held,
        fewest=FEWEST,
    )


def _also(finding: Finding, programme: Programme, reason: str) -> tuple[Sentence, ...]:
    treated, held = finding.compared
    compared = said(
        "{treated} treated are compared with {held_out} held out by lot; the {set_aside} largest"
        " customers of before are left out of both.",
        treated=treated,
        held_out=held,
        set_aside=finding.set_aside,
    )
    costs = said(
        "Stamps and staff are taken off. What offers took off was never paid, so the orders show"
        " it already."
    )
    told = (compared, costs)
    return (*told, _still(finding, programme)) if reason == "unclear" else told


def _still(finding: Finding, programme: Programme) -> Sentence:
    if finding.weeks_needed is None or finding.customers_needed is None:
        return said(
            "With this hold-out and so many customers it cannot be proven within ten years; an"
            " effect above {detectable} could.",
            detectable=Money(finding.detectable or 0, programme.currency),
        )
    return said(
        "It would take about {weeks} more weeks like these, or {customers} customers in all.",
        weeks=finding.weeks_needed,
        customers=finding.customers_needed,
    )
