"""How the shop stood on earlier evenings: as it was published then, or made again from its facts.

A figure that was published is not changed afterwards: last week's report and this week's *before*
are the same number. Where nobody ran on that evening it is worked out anew from what was known
then, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from huitou.facts.customers import customers
from huitou.facts.stages import stages
from huitou.ground.errors import NotYet
from huitou.models.score import score
from huitou.runs import answers as five
from huitou.runs.kept import keep, recall
from huitou.runs.people import with_missed
from huitou.runs.scoring import choice, past
from huitou.runs.views import Answers, Range

if TYPE_CHECKING:
    from huitou.runs.work import Work
    from huitou.store.lake import Lake

NOTE = "history"
KEPT_DAYS = 800
"""Two years of evenings: a few hundred bytes each."""


@dataclass(frozen=True)
class Stood:
    """How the shop stood on one evening."""

    day: date
    stages: Mapping[str, int]
    at_risk: Range
    taken: Range
    rule: str
    """How lost was judged: horizon and line. Counts by two rules cannot be compared."""
    published: bool = True
    """Whether a run said so on that day; otherwise it was worked out later."""


def rule_of(work: Work) -> str:
    """How lost is judged by this run."""
    return f"{work.moment.horizon_days} days, {work.settings.lost_line}"


def now(work: Work) -> Stood:
    """How the shop stands on the evening of this run."""
    told: Answers = recall(work.edition.noted("answers"))
    return Stood(work.day, told.stages, told.value_at_risk, told.value_lost, rule_of(work))


def remember(work: Work) -> None:
    """Keep how the shop stands, for the reports to come; the same evening again replaces it."""
    standing = work.lake.standing
    known: dict[str, Any] = standing.noted(NOTE) or {}
    stood = now(work)
    known[work.day.isoformat()] = {
        "stages": dict(stood.stages),
        "at_risk": keep(stood.at_risk),
        "taken": keep(stood.taken),
        "rule": stood.rule,
        "run": work.run_id,
    }
    oldest = (max(map(date.fromisoformat, known)) - timedelta(days=KEPT_DAYS)).isoformat()
    standing.note(NOTE, {day: told for day, told in known.items() if day >= oldest})


def published(lake: Lake, day: date, rule: str, currency: str) -> Stood | None:
    """What a run on that evening published; None where none did, or judged by another rule."""
    told = (lake.standing.noted(NOTE) or {}).get(day.isoformat())
    if told is None or told["rule"] != rule:
        return None
    at_risk, taken = recall(told["at_risk"]), recall(told["taken"])
    if at_risk.value.currency != currency:
        return None
    return Stood(day, told["stages"], at_risk, taken, rule)


def made_again(work: Work, day: date) -> tuple[Stood, pa.Table] | None:
    """The same from the facts as of that evening, with `person_id, stage` of everybody then.

    None where there were too few customers for a forecast.
    """
    with work.facts() as tables:
        told = customers(tables, work.moment.evening(day)).to_pyarrow()
    told = told.sort_by("key")
    try:
        scores, _card = score(told, past(work, day), choice(work, day))
    except NotYet:
        return None
    judged = _stages(work, told, scores, day)
    people = with_missed(judged.join(scores.drop_columns(["p_buy", "value"]), "person_id"))
    currency = work.settings.money
    counted = pc.value_counts(judged["stage"].combine_chunks()).to_pylist()
    stood = Stood(
        day=day,
        stages={row["values"]: row["counts"] for row in counted},
        at_risk=five.at_stake(people, "slipping", currency),
        taken=five.missed(people, "lost", currency),
        rule=rule_of(work),
        published=False,
    )
    return stood, judged.select(["person_id", "stage"])


def _stages(work: Work, told: pa.Table, scores: pa.Table, day: date) -> pa.Table:
    known = work.edition.table("stages")
    earlier = known.filter(pc.less(known["at"], pa.scalar(day)))
    judged: pa.Table = (
        stages(
            ibis.memtable(told),
            ibis.memtable(scores),
            work.settings.lost_line,
            ibis.memtable(earlier) if earlier.num_rows else None,
            at=day,
            horizon_days=work.moment.horizon_days,
        )
    ).to_pyarrow()
    return judged
