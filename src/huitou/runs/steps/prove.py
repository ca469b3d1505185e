"""Prove: treated against held out for every applied plan, and the rehearsal of the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.channels import book as channels
from huitou.facts.contract import Tables
from huitou.facts.earned import earned, earned_by_look
from huitou.ground.errors import NotYet
from huitou.journeys import book as journeys
from huitou.journeys.experiments import book as experiments
from huitou.journeys.guard import book as guard
from huitou.proof.aa import Rehearsal, Window, rehearse
from huitou.proof.assign import (
    campaign,
    held_out,
    programme,
    share_alone,
    universally,
    with_outcomes,
)
from huitou.proof.cohort import Brought, Cohort
from huitou.proof.experiment import Experiment
from huitou.proof.finding import Finding
from huitou.proof.lift import BoolArray, FloatArray, IntArray
from huitou.proof.readout import Programme, readout
from huitou.proof.registered import Carried, read
from huitou.runs.judged import proof_view, reading_view, rehearsal_view
from huitou.runs.kept import keep
from huitou.runs.verdicts import WHOLE, ProofView
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

REHEARSALS = 800
"""Lots drawn over past windows: enough to tell which way of counting comes nearest to 5 %."""


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
        return journeys.began(self.plan)

    @property
    def until(self) -> date:
        """The last day of the window that the plan fixed."""
        return self.start + timedelta(days=int(self.totals["window_days"]) - 1)

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
        written = _written(unit)
    with work.facts() as tables:
        rehearsal = _rehearsal(work, tables)
        findings = [
            _as_written(work, tables, each, written)
            if each.plan["id"] in written.plans
            else proof_view(_campaign(work, tables, each, rehearsal), work.settings.money)
            for each in applied
        ]
        if applied:
            findings = [*_whole(work, tables, applied, written, rehearsal), *findings]
        on_calls = [_calls(work, tables, each, rehearsal) for each in applied if _has_calls(each)]
    edition.note("proofs", keep(findings))
    edition.note("call_proofs", keep([proof_view(each, work.settings.money) for each in on_calls]))
    if rehearsal is not None:
        edition.note("rehearsal", keep(rehearsal_view(rehearsal, work.settings.money)))
    return {"rows": len(findings), "rehearsed": rehearsal is not None}


@dataclass(frozen=True)
class Written:
    """What was written down beforehand, and what the guardrail stopped."""

    plans: Mapping[str, Row]
    programmes: Sequence[Row]
    stopped: Mapping[str, Row]


def _written(unit: Unit) -> Written:
    return Written(experiments.of_plans(unit), experiments.programmes(unit), guard.stopped(unit))


def _as_written(work: Work, tables: Tables, each: Applied, written: Written) -> ProofView:
    """One plan, read by what was written down for it."""
    row = written.plans[each.plan["id"]]
    fixed = Experiment.read(row["written"])
    stop = written.stopped.get(each.plan["id"])
    carried = Carried(
        start=each.start,
        known=work.day,
        sent=each.sent,
        struck=str(stop["outcome"]) if stop is not None else None,
        intact=fixed.digest() == row["digest"],
        own_share=each.totals.get("control_share"),
    )
    arms = campaign(each.assigned)
    cohort = gathered(work, tables, fixed, each.start, _people(each.assigned, arms), [each])
    return reading_view(read(each.plan["id"], fixed, cohort, carried), row)


def _whole(
    work: Work,
    tables: Tables,
    applied: Sequence[Applied],
    written: Written,
    rehearsal: Rehearsal | None,
) -> list[ProofView]:
    """The programme, the latest first; before anything was written down for it, as it was read."""
    by_plan = {each.plan["id"]: each for each in applied}
    begun = [row for row in written.programmes if row["plan_id"] in by_plan]
    if not begun:
        return [proof_view(_programme(work, tables, applied, rehearsal), work.settings.money)]
    latest, *earlier = reversed(begun)
    found = [_one_programme(work, tables, applied, by_plan[latest["plan_id"]], latest, WHOLE)]
    for row in earlier:
        first = by_plan[row["plan_id"]]
        found.append(_one_programme(work, tables, applied, first, row, row["id"]))
    return found


def _one_programme(
    work: Work, tables: Tables, applied: Sequence[Applied], first: Applied, row: Row, name: str
) -> ProofView:
    """Everybody whom its first plan knew, by the lot it drew, whatever the later ones meant."""
    fixed = Experiment.read(row["written"])
    within = [each for each in applied if first.start <= each.start <= fixed.until(first.start)]
    carried = Carried(
        start=first.start,
        known=work.day,
        sent=sum(each.sent for each in within),
        intact=fixed.digest() == row["digest"],
    )
    people = _people(first.assigned, programme(first.assigned))
    cohort = gathered(work, tables, fixed, first.start, people, within)
    return reading_view(read(name, fixed, cohort, carried), row)


def _people(assigned: pa.Table, arms: pa.Table) -> pa.Table:
    """Those of a comparison with arm, stage, and whether the universal lot drew them."""
    beside = assigned.select(["person_id", "stage"]).append_column("drawn", universally(assigned))
    return arms.join(beside, "person_id", join_type="left outer").sort_by("person_id")


def gathered(
    work: Work,
    tables: Tables,
    fixed: Experiment,
    start: date,
    people: pa.Table,
    applied: Sequence[Applied],
) -> Cohort:
    """Everything that is known of these people (`person_id, arm, stage, drawn`) at every look."""
    ids = people["person_id"].combine_chunks()
    before = _profit(
        work, tables, start - timedelta(days=fixed.window_days), start - timedelta(days=1), "before"
    )
    spent_by_look, reached = _carried_out(ids, fixed, start, applied)
    return Cohort(
        person_id=tuple(ids.to_pylist()),
        held=_true(held_out(people)),
        drawn=_true(people["drawn"]),
        stage=np.asarray(people["stage"].to_pylist(), dtype=np.str_),
        before=in_order(ids, before, "before"),
        brought=_brought(work, tables, fixed, start, ids),
        spent=spent_by_look,
        reached=reached,
    )


def _true(flags: pa.Array | pa.ChunkedArray) -> BoolArray:
    whole = flags.combine_chunks() if isinstance(flags, pa.ChunkedArray) else flags
    found: BoolArray = whole.to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def in_order(ids: pa.Array, table: pa.Table, name: str) -> FloatArray:
    """A column of `table` in the order of `ids`; 0 for whom it does not know."""
    place = pc.index_in(ids, table["person_id"].combine_chunks())
    values = pc.fill_null(pc.take(table[name].combine_chunks(), place), 0)
    found: FloatArray = values.to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def _brought(work: Work, tables: Tables, fixed: Experiment, start: date, ids: pa.Array) -> Brought:
    """What came in by look, and in one more, if it is over, up to one cycle after the window."""
    as_of, until = work.moment.as_of, fixed.until(start)
    told = earned_by_look(tables, as_of, start, until, fixed.look_days).to_pyarrow()
    after = until + timedelta(days=1)
    cycle = until + timedelta(days=fixed.cycle_days)
    if cycle <= work.day:
        more = earned_by_look(tables, as_of, after, cycle, fixed.cycle_days).to_pyarrow()
        last = pa.array(np.full(more.num_rows, fixed.looks, dtype=np.int64))
        told = pa.concat_tables([told, more.set_column(1, "look", last)])
    who = pc.index_in(told["person_id"].combine_chunks(), ids)
    ours = told.append_column("who", who.cast(pa.int64()))
    ours = ours.filter(pc.is_valid(ours["who"])).sort_by(
        [("who", "ascending"), ("look", "ascending")]
    )
    rate = float(told["rate"][0].as_py()) if told.num_rows else 0.0
    return Brought(
        who=_numbers(ours["who"]).astype(np.int64),
        look=_numbers(ours["look"]).astype(np.int64),
        earned=_numbers(ours["earned"]),
        uncosted=_numbers(ours["uncosted"]),
        rate=rate,
    )


def _numbers(column: pa.ChunkedArray) -> FloatArray:
    found: FloatArray = pc.fill_null(column, 0).to_numpy().astype(np.float64)
    return found


def _carried_out(
    ids: pa.Array, fixed: Experiment, start: date, applied: Sequence[Applied]
) -> tuple[Brought, IntArray]:
    """What was spent on each by look, and from which look on they had been written to."""
    reached = np.full(len(ids), -1, dtype=np.int64)
    rows: list[tuple[IntArray, int, FloatArray]] = []
    for each in sorted(applied, key=lambda one: one.start, reverse=True):
        look = min((each.start - start).days // fixed.look_days, fixed.looks - 1)
        costs = spent([each])
        place = pc.index_in(costs["person_id"].combine_chunks(), ids)
        known = _true(pc.is_valid(place))
        who = pc.fill_null(place, -1).to_numpy(zero_copy_only=False).astype(np.int64)[known]
        rows.append((who, look, _numbers(costs["cost"])[known]))
        reached[who] = look
    if not rows:
        empty = np.zeros(0)
        return Brought(empty.astype(np.int64), empty.astype(np.int64), empty, empty, 0.0), reached
    everybody = np.concatenate([who for who, _, _ in rows])
    order = np.argsort(everybody, kind="stable")
    looks = np.concatenate([np.full(len(who), look, dtype=np.int64) for who, look, _ in rows])
    costs_all = np.concatenate([cost for _, _, cost in rows])
    nothing = np.zeros(len(order))
    return Brought(everybody[order], looks[order], -costs_all[order], nothing, 0.0), reached


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
        until=each.until,
        share=share_alone(each.totals),
        sent=each.sent,
        promised=journeys.promise(each.totals).gain,
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

    What an offer took off is no cost beside: it was never paid, so the orders show it already. A
    better service that was taken shows in no order, and is.
    """
    table = pa.concat_tables([each.assigned for each in applied])
    reached = table.filter(pc.equal(table["outcome"], "applied"))
    cost = pc.add(pc.subtract(reached["worst_cost"], reached["cap"]), reached["served"])
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
