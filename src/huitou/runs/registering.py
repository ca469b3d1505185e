"""What is written down when a plan is approved: how it will be read, and how the programme will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.holdout import UNIVERSAL
from huitou.facts.contract import Tables
from huitou.facts.earned import earned
from huitou.facts.rhythm import usual_gap
from huitou.ground.settings import Settings
from huitou.journeys import book as journeys
from huitou.journeys.experiments import book as experiments
from huitou.proof.assign import campaign, held_out, programme
from huitou.proof.experiment import Experiment, Kind, programme_window, window_for
from huitou.proof.lift import ESTIMATORS, LEANING, WHALES, FloatArray, line_of
from huitou.proof.needs import foreseen
from huitou.runs.kept import recall
from huitou.runs.moment import Moment
from huitou.runs.steps.prove import in_order
from huitou.runs.work import tables_of

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition


def foretold(house: House, settings: Settings, plan_id: str) -> tuple[Experiment, ...]:
    """The experiments that approving a draft writes down: its own, and the programme's where none
    runs. Nothing for a plan that is no draft any more."""
    edition = house.lake.current()
    with house.books.reading() as unit:
        plan = journeys.the_plan(unit, plan_id)
        if plan["status"] != "draft" or edition is None:
            return ()
        assigned = journeys.assignments(unit, plan_id)
        running = experiments.programmes(unit)
    with house.lake.reading(edition) as connection:
        sight = _Sight(edition, tables_of(connection, settings), plan, settings.money)
        own = sight.experiment("campaign", campaign(assigned))
        if is_running(running, own.lot, plan["as_of"]):
            return (own,)
        return own, _whole(sight, sight.experiment("programme", programme(assigned)), assigned)


def write_down(unit: Unit, fixed: Sequence[Experiment], by: str, now: datetime) -> None:
    """Keep them, in the unit that approves the plan.

    A programme that began since they were foretold goes on: two would be read of one lot.
    """
    for each in fixed:
        if each.kind == "programme" and _began_meanwhile(unit, each):
            continue
        experiments.write_down(unit, each.kind, each.written(), each.digest(), by, now)


def _began_meanwhile(unit: Unit, fixed: Experiment) -> bool:
    day = journeys.the_plan(unit, fixed.plan)["as_of"]
    return is_running(experiments.programmes(unit), fixed.lot, day)


def is_running(written: Sequence[Row], lot: str, day: date) -> bool:
    """Whether the programme of this lot is being read on this day, or is about to be.

    `written` as `experiments.programmes` reads them.
    """
    for row in written:
        # A plan that waits to begin is replaced by the one that is approved now, and its programme
        # never begins.
        if row["lot"] != lot or row["status"] == "approved":
            continue
        if row["applied_as_of"] is None:
            return True
        fixed = Experiment.read(row["written"])
        start = journeys.began(row)
        if fixed.until(start) > day:
            return True
    return False


def _whole(sight: _Sight, fixed: Experiment, assigned: pa.Table) -> Experiment:
    """The programme is read until its promise could be proven, at most a year."""
    window = programme_window(fixed.window_days, fixed.weeks)
    line = sight.whale_line(programme(assigned), window)
    return replace(fixed, window_days=window, whale_line=line)


class _Sight:
    """What the edition knows on the evening a plan was drafted."""

    def __init__(self, edition: Edition, tables: Tables, plan: Row, currency: str) -> None:
        moment = Moment.read(edition.noted("moment"))
        self.day: date = plan["as_of"]
        self.as_of = moment.evening(self.day)
        self.tables, self.plan, self.currency = tables, plan, currency
        self.told: dict[str, Any] = plan["totals"]
        self.gap: float | None = usual_gap(tables, self.as_of).to_pyarrow()["value"][0].as_py()
        rehearsed = recall(edition.noted("rehearsal"))
        chosen = str(rehearsed.estimator) if rehearsed is not None else ""
        self.estimator = chosen if chosen in ESTIMATORS else LEANING.name
        # Plan and programme ask for the same windows.
        self._known: dict[tuple[date, date], pa.Table] = {}

    def experiment(self, kind: Kind, people: pa.Table) -> Experiment:
        """How these people, in their arms, will be read."""
        asked = int(self.told["window_days"])
        window = window_for(asked, self.gap)
        held = int(pc.sum(held_out(people)).as_py() or 0)
        # The programme is read over everybody; a campaign over those it means an act for.
        whole = kind == "programme"
        promised = int(self.told["gain"] if whole else journeys.promise(self.told).gain)
        return Experiment(
            kind=kind,
            plan=self.plan["id"],
            lot=self.told.get("lot", UNIVERSAL),
            share=self.told["holdout_share"],
            currency=self.currency,
            window_days=window,
            asked_days=asked,
            gap_days=round(self.gap, 2) if self.gap is not None else None,
            treated=people.num_rows - held,
            held_out=held,
            promised=promised,
            weeks=self._weeks(people, held, window, promised),
            estimator=self.estimator,
            whale_share=WHALES,
            whale_line=self.whale_line(people, window),
        )

    def whale_line(self, people: pa.Table, window: int) -> int:
        """What the largest of these people brought more than, in a window before the plan."""
        if not people.num_rows:
            return 0
        before = self._brought(people, self.day - timedelta(days=window - 1), self.day)
        return int(np.floor(line_of(before)))

    def _weeks(self, people: pa.Table, held: int, window: int, promised: int) -> int | None:
        """Weeks to prove the promise, from how the last window hung on the one before."""
        treated = people.num_rows - held
        if not treated or not held:
            return None
        middle = self.day - timedelta(days=window)
        before = self._brought(people, middle - timedelta(days=window - 1), middle)
        after = self._brought(people, middle + timedelta(days=1), self.day)
        hoped = promised / treated
        share = held / people.num_rows
        return foreseen(before, after, share, hoped, people.num_rows, window / 7).weeks

    def _brought(self, people: pa.Table, first: date, last: date) -> FloatArray:
        if (told := self._known.get((first, last))) is None:
            told = earned(self.tables, self.as_of, first, last).to_pyarrow()
            self._known[first, last] = told
        return in_order(people["person_id"].combine_chunks(), told, "profit")
