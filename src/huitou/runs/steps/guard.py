"""Guard: what each campaign did to those it was meant for; one that drives people away stops.

Two steps: `measure` works everything out and holds nobody up; `act` writes down the look and, where
a boundary was crossed, the stop, in one short transaction with its mark.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care import book as care
from huitou.care.complaints import book as complaints
from huitou.decisions.holdout import PROGRAMME
from huitou.decisions.receipts import HELD_OUT
from huitou.facts.bought import bought
from huitou.facts.earned import earned
from huitou.ground.words import Sentence, said
from huitou.identity import book as identity
from huitou.journeys import book as journeys
from huitou.journeys.guard import book as guard
from huitou.proof import harm
from huitou.proof.assign import campaign, with_outcomes
from huitou.proof.harm import Arm, Look
from huitou.proof.pressure import MOST, curve
from huitou.runs.kept import keep
from huitou.runs.steps import guard_tests
from huitou.runs.steps.prove import Applied, spent
from huitou.runs.told import HarmLine, HarmView, OurHarm, PressureStep
from huitou.runs.work import Result, Work
from huitou.stats.intervals import Interval
from huitou.stats.sums import Moments

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

CAMPAIGNS = 8
"""The latest campaigns that are watched."""
PRESSURE_DAYS = 90


def measure(work: Work) -> Result:
    """Look at every recent campaign; what was seen is kept in the edition."""
    with work.books.reading() as unit:
        plans = journeys.plans(unit, status="applied")[:CAMPAIGNS]
        applied = [Applied(row, journeys.assignments(unit, row["id"]), 0) for row in plans]
        past = {row["id"]: guard.history(unit, row["id"]) for row in plans}
        asked, told = care.silences(unit), _complained(unit)
    seen = [_campaign(work, each, past[each.plan["id"]], asked, told) for each in applied]
    nothing = () if applied else (said("Nothing was sent yet, so nothing can have done harm."),)
    found = OurHarm(
        campaigns=tuple(view for view, _ in seen),
        pressure=_pressure(work, applied, asked),
        words=(*guard_tests.measure(work, asked, told), *nothing),
    )
    work.edition.note("harm", keep(found))
    work.edition.note("looks", {view.plan: look for view, look in seen if look is not None})
    return {"rows": len(seen)}


def act(work: Work, unit: Unit) -> Result:
    """Write down this run's looks; stop what crossed its boundary."""
    stopped = 0
    for plan_id, look in (work.edition.noted("looks") or {}).items():
        if any(row["reason"]["day"] == look["day"] for row in guard.looks(unit, plan_id)):
            continue
        guard.looked(unit, plan_id, look, work.now)
        if look["harmed"] is not None:
            stopped += guard.stop(unit, plan_id, look["harmed"], look, guard.MACHINE, work.now)
    return {"rows": stopped, "tests": guard_tests.act(work, unit)}


def _campaign(
    work: Work,
    each: Applied,
    past: list[Row],
    asked: dict[str, list[datetime]],
    told: dict[str, list[datetime]],
) -> tuple[HarmView, dict[str, Any] | None]:
    """What the doors show of one campaign, and the look to keep; None before its first day."""
    people = campaign(each.assigned)
    held = pc.equal(people["arm"], HELD_OUT).to_numpy(zero_copy_only=False)
    window = int(each.totals["window_days"])
    last = min(work.day, each.until)
    days = (last - each.start).days + 1
    view = HarmView(
        plan=each.plan["id"],
        as_of=work.day,
        people=int((~held).sum()),
        held_out=int(held.sum()),
        looks=sum(row["kind"] == "look" for row in past),
        verdict="too_early",
        is_stopped=_is_stopped(past),
        lines=(),
        words=(said("It is too early to say: too few days, or too few people left alone."),),
        lifted_by=_lifted_by(past),
    )
    few = view.people < harm.LEAST_TREATED or view.held_out < harm.LEAST_HELD_OUT
    if days < 1 or few:
        return view, None
    looks = _looks(work, each, people, held, last, asked, told)
    kept = {"day": work.day.isoformat(), "share": days / window,
            "looks": [_written(look) for look in looks]}  # fmt: skip
    earlier = [row["reason"] for row in past if row["kind"] == "look"]
    rows = [look for look in earlier if look["day"] < kept["day"]] + [kept]
    harmed = harm.guard(
        [[_read(each) for each in row["looks"]] for row in rows], [row["share"] for row in rows]
    )
    currency = work.settings.money
    lines = tuple(_line(look, view.people, view.held_out, currency) for look in looks)
    seen = replace(
        view,
        looks=len(rows),
        verdict="harmful" if harmed or view.is_stopped else "nothing_seen",
        is_stopped=view.is_stopped or (harmed is not None and view.lifted_by is None),
        lines=lines,
        words=_words(harmed, view),
    )
    return seen, {**kept, "harmed": harmed}


def _words(harmed: str | None, view: HarmView) -> tuple[Sentence, ...]:
    if view.lifted_by is not None:
        return (said("{who} lets it go on although a boundary was crossed.", who=view.lifted_by),)
    if harmed is None and not view.is_stopped:
        return ()
    return (
        said(
            "The guardrail has stopped it: what is not handed over yet stays here until somebody "
            "lifts that."
        ),
    )


def _looks(
    work: Work,
    each: Applied,
    people: pa.Table,
    held: np.ndarray,
    last: date,
    asked: dict[str, list[datetime]],
    told: dict[str, list[datetime]],
) -> list[Look]:
    ids = people["person_id"].to_pylist()
    since = each.plan["applied_at"]
    until = since + timedelta(days=int(each.totals["window_days"]))
    with work.facts() as tables:
        evening = work.moment.evening(each.start - timedelta(days=1))
        days = (last - each.start).days + 1
        back = set(bought(tables, evening, days).to_pyarrow()["person_id"].to_pylist())
        profit = earned(tables, work.moment.as_of, each.start, last).to_pyarrow()
    outcomes = profit.rename_columns(["person_id", "after"]).join(
        spent([each]), "person_id", join_type="full outer"
    )
    brought = with_outcomes(people, outcomes)
    # `with_outcomes` sorts by person; so does this, or arms and profits would not meet.
    net = pc.subtract(brought["after"], brought["cost"]).to_numpy().astype(np.float64)
    arms = pc.equal(brought["arm"], HELD_OUT).to_numpy(zero_copy_only=False)

    def struck(events: dict[str, list[datetime]]) -> np.ndarray:
        return np.array([any(since <= at < until for at in events.get(i, ())) for i in ids])

    gone = np.array([person not in back for person in ids])
    return [
        *(
            harm.look(name, _arm(hit, ~held), _arm(hit, held))
            for name, hit in (
                ("silence", struck(asked)),
                ("complaint", struck(told)),
                ("churn", gone),
            )
        ),
        harm.look_at_profit(Moments.of(net[~arms]), Moments.of(net[arms])),
    ]


def _arm(hit: np.ndarray, there: np.ndarray) -> Arm:
    return Arm(int(there.sum()), int((hit & there).sum()))


def _line(look: Look, people: int, held_out: int, currency: str) -> HarmLine:
    low, high = look.interval.low, look.interval.high
    if not np.isfinite(low):
        low = high = look.difference
    return HarmLine(
        outcome=look.outcome,
        treated=look.treated,
        held_out=look.held_out,
        difference=look.difference,
        low=float(low),
        high=float(high),
        level=look.interval.level,
        words=harm.words_of(look, people, held_out, currency),
    )


def _written(look: Look) -> dict[str, Any]:
    return {name: value for name, value in asdict(look).items() if name != "interval"}


def _read(kept: dict[str, Any]) -> Look:
    return Look(**kept, interval=Interval(0.0, 0.0))


def _is_stopped(past: list[Row]) -> bool:
    told = [row["kind"] for row in past if row["kind"] != "look"]
    return bool(told) and told[-1] == "stopped"


def _lifted_by(past: list[Row]) -> str | None:
    told = [row for row in past if row["kind"] != "look"]
    return str(told[-1]["by"]) if told and told[-1]["kind"] == "lifted" else None


def _complained(unit: Unit) -> dict[str, list[datetime]]:
    """person -> when they complained."""
    known = identity.names(unit)
    found: dict[str, list[datetime]] = {}
    for row in complaints.told(unit):
        if row["person_id"]:
            found.setdefault(known.now(row["person_id"]), []).append(row["received_at"])
    return found


def _pressure(
    work: Work, applied: list[Applied], asked: dict[str, list[datetime]]
) -> tuple[PressureStep, ...]:
    """Shares that asked for silence, by how many letters were meant in the last 90 days."""
    recent = [each for each in applied if (work.day - each.start).days < PRESSURE_DAYS]
    meant: dict[str, int] = {}
    stage: dict[str, str] = {}
    held: dict[str, bool] = {}
    for each in reversed(recent):
        for row in each.assigned.to_pylist():
            if row["intended"] != "nothing":
                person = row["person_id"]
                meant[person] = meant.get(person, 0) + 1
                stage.setdefault(person, row["stage"])
                held[person] = row["arm"] == HELD_OUT and row["held_by"] != PROGRAMME
    if not meant:
        return ()
    since = min(each.plan["applied_at"] for each in recent)
    people = sorted(meant)
    hit = np.array([any(at >= since for at in asked.get(each, ())) for each in people])
    found = curve(
        np.array([meant[each] for each in people]),
        np.array([held[each] for each in people]),
        [stage[each] for each in people],
        hit,
    )
    return tuple(
        PressureStep(
            messages=f"{each.letters}+" if each.letters == MOST else str(each.letters),
            people=each.people,
            control=each.control,
            share=each.share,
            share_control=each.share_control,
            low=each.interval.low,
            high=each.interval.high,
        )
        for each in found
    )
