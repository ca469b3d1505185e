"""Prove: treated against held out for every applied plan, and the rehearsal of the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.channels import book as channels
from huitou.facts.contract import Tables
from huitou.facts.earned import earned
from huitou.ground.errors import NotYet
from huitou.ground.money import Money
from huitou.journeys import book as journeys
from huitou.proof.aa import Rehearsal, Window, rehearse
from huitou.proof.assign import campaign, programme, share_alone, with_outcomes
from huitou.proof.finding import Finding
from huitou.proof.readout import Programme, readout
from huitou.runs.kept import keep
from huitou.runs.people import money_range
from huitou.runs.views import WHOLE, ProofView
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

REHEARSALS = 400
"""Lots drawn over past windows: enough to tell 5 % from 8 %."""


@dataclass(frozen=True)
class Applied:
    """A plan that was carried out: who was in it, and what is known to have left the house."""

    plan: Row
    assigned: pa.Table
    sent: int
    calls: int = 0
    """Calls of which an outcome was written."""

    @property
    def start(self) -> date:
        """The day after the last one known when it was applied: nothing before is its doing."""
        day: date = max(self.plan["as_of"], self.plan["applied_as_of"])
        return day + timedelta(days=1)

    @property
    def totals(self) -> Mapping[str, Any]:
        """What the plan fixed and promised before it began."""
        told: Mapping[str, Any] = self.plan["totals"]
        return told


def prove(work: Work) -> Result:
    """Read out the programme and every applied plan, and rehearse the proof on the past."""
    edition = work.edition
    with work.books.reading() as unit:
        applied = [_applied(unit, row) for row in journeys.plans(unit, status="applied")]
    with work.lake.reading(edition) as connection:
        tables = work.tables(connection)
        rehearsal = _rehearsal(work, tables)
        findings = [_campaign(work, tables, each, rehearsal) for each in applied]
        if applied:
            findings = [_programme(work, tables, applied, rehearsal), *findings]
        on_calls = [_calls(work, tables, each, rehearsal) for each in applied if _has_calls(each)]
    edition.note("proofs", keep([proof_view(each, work.settings.money) for each in findings]))
    edition.note("call_proofs", keep([proof_view(each, work.settings.money) for each in on_calls]))
    if rehearsal is not None:
        edition.note("rehearsal", keep(rehearsal_view(rehearsal, work.settings.money)))
    return {"rows": len(findings), "rehearsed": rehearsal is not None}


def _applied(unit: Unit, plan: Row) -> Applied:
    assigned = journeys.assignments(unit, plan["id"])
    sent, called = channels.sent(unit, plan["id"]), channels.calls_made(unit, plan["id"])
    return Applied(plan, assigned, sent, called)


def _campaign(work: Work, tables: Tables, each: Applied, rehearsal: Rehearsal | None) -> Finding:
    fixed = programme_of(each, work.settings.money)
    outcomes = _outcomes(work, tables, fixed, spent([each]))
    return _read(with_outcomes(campaign(each.assigned), outcomes), fixed, work.day, rehearsal)


def _has_calls(each: Applied) -> bool:
    return bool(pc.any(pc.equal(each.assigned["intended"], "call")).as_py())


def _calls(work: Work, tables: Tables, each: Applied, rehearsal: Rehearsal | None) -> Finding:
    """The plan read over those alone who were meant a call, rung or held out by lot."""
    meant = pc.equal(each.assigned["intended"], "call")
    apart = replace(each, assigned=each.assigned.filter(meant), sent=each.calls)
    fixed = replace(programme_of(apart, work.settings.money), promised=None)
    outcomes = _outcomes(work, tables, fixed, spent([apart]))
    return _read(with_outcomes(campaign(apart.assigned), outcomes), fixed, work.day, rehearsal)


def _programme(
    work: Work, tables: Tables, applied: Sequence[Applied], rehearsal: Rehearsal | None
) -> Finding:
    """Everybody whom the first plan knew, by the lot it drew, whatever the later ones meant."""
    fixed = whole_of(applied, work.day, work.settings.money)
    outcomes = _outcomes(work, tables, fixed, spent(_within(applied, fixed.until)))
    everybody = programme(_first(applied).assigned)
    return _read(with_outcomes(everybody, outcomes), fixed, work.day, rehearsal)


def _read(people: pa.Table, fixed: Programme, known: date, rehearsal: Rehearsal | None) -> Finding:
    if rehearsal is None:
        return readout(people, fixed, known)
    return readout(people, fixed, known, rehearsal.chosen.estimator)


def programme_of(each: Applied, currency: str) -> Programme:
    """What a plan fixed before it began; its window starts once it was really applied."""
    return Programme(
        name=each.plan["id"],
        currency=currency,
        start=each.start,
        until=each.start + timedelta(days=each.totals["window_days"] - 1),
        share=share_alone(each.totals),
        sent=each.sent,
        promised=each.totals["gain"],
    )


def whole_of(applied: Sequence[Applied], known: date, currency: str) -> Programme:
    """Everything that was done since the first plan, read at the end of each whole window of its.

    The days on which it is read are fixed with the first plan: nobody looks when it looks good.
    """
    first = _first(applied)
    length = first.totals["window_days"]
    windows = max(1, ((known - first.start).days + 1) // length)
    until = first.start + timedelta(days=windows * length - 1)
    within = _within(applied, until)
    return Programme(
        name=WHOLE,
        currency=currency,
        start=first.start,
        until=until,
        share=first.totals["holdout_share"],
        sent=sum(each.sent for each in within),
        promised=sum(each.totals["gain"] for each in within),
    )


def _first(applied: Sequence[Applied]) -> Applied:
    return min(applied, key=lambda each: (each.start, each.plan["applied_at"], each.plan["id"]))


def _within(applied: Sequence[Applied], until: date) -> list[Applied]:
    """The plans that began before a window ended."""
    return [each for each in applied if each.start <= until]


def _outcomes(work: Work, tables: Tables, fixed: Programme, spent: pa.Table) -> pa.Table:
    """Profit before and after the start, and what was spent: `person_id, before, after, cost`."""
    length = fixed.until - fixed.start
    day_before = fixed.start - timedelta(days=1)
    before = _profit(work, tables, day_before - length, day_before, "before")
    after = _profit(work, tables, fixed.start, fixed.until, "after")
    told = before.join(after, "person_id", join_type="full outer")
    return told.join(spent, "person_id", join_type="full outer")


def _profit(work: Work, tables: Tables, first: date, last: date, name: str) -> pa.Table:
    found = earned(tables, work.moment.as_of, first, last).to_pyarrow()
    return found.rename_columns(["person_id", name])


def spent(applied: Sequence[Applied]) -> pa.Table:
    """What stamps and staff cost for each person reached: `person_id, cost`.

    What an offer took off is no cost beside: it was never paid, so the orders show it already.
    """
    table = pa.concat_tables([each.assigned for each in applied])
    reached = table.filter(pc.equal(table["outcome"], "applied"))
    cost = pc.subtract(reached["worst_cost"], reached["cap"])
    paid = pa.table({"person_id": reached["person_id"], "cost": cost})
    summed = paid.group_by("person_id").aggregate([("cost", "sum")])
    return summed.select(["person_id", "cost_sum"]).rename_columns(["person_id", "cost"])


def _rehearsal(work: Work, tables: Tables) -> Rehearsal | None:
    moment = work.moment
    windows = [_window(work, tables, origin) for origin in moment.origins(moment.day)]
    try:
        return rehearse(windows, work.settings.holdout_share, REHEARSALS)
    except NotYet:
        return None


def _window(work: Work, tables: Tables, origin: date) -> Window:
    length = timedelta(days=work.moment.horizon_days)
    known = work.edition.table(f"customers_{origin}", ["person_id", "key"])
    before = _profit(work, tables, origin - length + timedelta(days=1), origin, "before")
    after = _profit(work, tables, origin + timedelta(days=1), origin + length, "after")
    told = known.join(before, "person_id").join(after, "person_id").sort_by("key")
    brought = (pc.fill_null(told[name], 0).to_numpy() for name in ("before", "after"))
    return Window(origin, *(each.astype("float64") for each in brought))


def proof_view(finding: Finding, currency: str) -> ProofView:
    """A finding as the doors draw it."""
    measured = None
    if finding.effect is not None:
        low, high = finding.low or 0, finding.high or 0
        measured = money_range(finding.effect, low, high, currency, finding.level)
    return ProofView(
        programme=finding.programme,
        verdict=finding.verdict,
        words=finding.words,
        treated=finding.treated,
        held_out=finding.held_out,
        effect=measured,
        cost=Money(finding.cost, currency),
        start=finding.start,
        until=finding.until,
        weeks_needed=finding.weeks_needed,
        customers_needed=finding.customers_needed,
        reason=finding.reason,
        estimator=finding.estimator,
        set_aside=finding.set_aside,
    )


def rehearsal_view(rehearsal: Rehearsal, currency: str) -> ProofView:
    """The A/A read-out in the form of a proof: nothing was done, and nothing may be claimed."""
    return ProofView(
        programme="rehearsal",
        verdict="not_proven",
        words=rehearsal.words,
        treated=round(rehearsal.people * (1 - rehearsal.share)),
        held_out=round(rehearsal.people * rehearsal.share),
        effect=None,
        cost=Money(0, currency),
        start=None,
        until=None,
        weeks_needed=None,
        customers_needed=None,
        reason="rehearsal",
        estimator=rehearsal.chosen.estimator.name,
    )
