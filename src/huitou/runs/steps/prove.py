"""Prove: treated against held out for every applied plan, and the rehearsal of the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from huitou.proof.assign import campaign, with_outcomes
from huitou.proof.finding import Finding
from huitou.proof.readout import Programme, readout
from huitou.runs.kept import keep
from huitou.runs.people import money_range
from huitou.runs.views import ProofView
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


def prove(work: Work) -> Result:
    """Read out every applied plan by intention to treat, and rehearse the proof on the past."""
    edition = work.edition
    with work.books.reading() as unit:
        programmes = [_applied(unit, row) for row in journeys.plans(unit, status="applied")]
    with work.lake.reading(edition) as connection:
        tables = work.tables(connection)
        rehearsal = _rehearsal(work, tables)
        findings = [_finding(work, tables, applied, rehearsal) for applied in programmes]
    edition.note("proofs", keep([proof_view(each, work.settings.money) for each in findings]))
    if rehearsal is not None:
        edition.note("rehearsal", keep(rehearsal_view(rehearsal, work.settings.money)))
    return {"rows": len(findings), "rehearsed": rehearsal is not None}


def _applied(unit: Unit, plan: Row) -> Applied:
    assigned = journeys.assignments(unit, plan["id"])
    return Applied(plan, assigned, channels.sent(unit, plan["id"]))


def _finding(work: Work, tables: Tables, applied: Applied, rehearsal: Rehearsal | None) -> Finding:
    programme = programme_of(applied, work)
    arms = campaign(applied.assigned)
    people = with_outcomes(arms, _outcomes(work, tables, programme, applied.assigned))
    if rehearsal is None:
        return readout(people, programme, work.day)
    return readout(people, programme, work.day, rehearsal.chosen.estimator)


def programme_of(applied: Applied, work: Work) -> Programme:
    """What the plan fixed before it began: it starts the day after what it knew."""
    totals: Mapping[str, Any] = applied.plan["totals"]
    start = applied.plan["as_of"] + timedelta(days=1)
    return Programme(
        name=applied.plan["id"],
        currency=work.settings.money,
        start=start,
        until=start + timedelta(days=totals["window_days"] - 1),
        share=totals["holdout_share"],
        sent=applied.sent,
        promised=totals["gain"],
    )


def _outcomes(work: Work, tables: Tables, programme: Programme, assigned: pa.Table) -> pa.Table:
    """Profit before and after the start, and what was spent: `person_id, before, after, cost`."""
    length = programme.until - programme.start
    day_before = programme.start - timedelta(days=1)
    before = _profit(work, tables, day_before - length, day_before, "before")
    after = _profit(work, tables, programme.start, programme.until, "after")
    told = before.join(after, "person_id", join_type="full outer")
    spent = _spent(assigned)
    return told.join(spent, "person_id", join_type="full outer")


def _profit(work: Work, tables: Tables, first: date, last: date, name: str) -> pa.Table:
    found = earned(tables, work.moment.as_of, first, last).to_pyarrow()
    return found.rename_columns(["person_id", name])


def _spent(assigned: pa.Table) -> pa.Table:
    """What the plan expected to spend on those it reached; the held out cost nothing."""
    reached = assigned.filter(pc.equal(assigned["outcome"], "applied"))
    return reached.select(["person_id", "cost"])


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
        measured = money_range(finding.effect, low, high, currency)
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
