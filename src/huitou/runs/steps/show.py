"""Show: lay the people out for the console, answer, and let readers see the edition."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from huitou.journeys import book as journeys
from huitou.runs import answers as five
from huitou.runs.kept import keep, recall
from huitou.runs.people import shelved, with_missed
from huitou.runs.views import Answers
from huitou.runs.work import Result, Work


def shelve(work: Work) -> Result:
    """Rebuild the shelf from the table of people and the acts planned, and keep the answers.

    What happens in the books afterwards (the plan, what the lost say) is added when they are read.
    """
    people = work.edition.table("people")
    with work.books.reading() as unit:
        planned = journeys.assignments(unit, journeys.the_plan(unit)["id"])
    acts = planned.select(["person_id", "act"])
    work.edition.note("answers", keep(_answers(work, people)))
    work.edition.note("before", keep(_before(work)))
    work.shelf.rebuild(shelved(people, acts, work.day))
    return {"rows": people.num_rows}


def publish(work: Work) -> Result:
    """Point readers at this edition."""
    work.lake.publish(work.edition)
    return {"rows": 0}


def _answers(work: Work, people: pa.Table) -> Answers:
    """The five questions, as of the evening of this run."""
    edition, moment = work.edition, work.moment
    before = moment.one_horizon_ago
    bought = f"bought_{before}"
    return five.answers(
        moment=moment,
        currency=work.settings.money,
        line=work.settings.lost_line,
        figures=edition.noted("figures"),
        people=people,
        stages=edition.table("stages"),
        causes=edition.table("causes"),
        bought=edition.table(bought) if before and edition.has(bought) else None,
        trust=recall(edition.noted("card")).words,
        learned=recall(edition.noted("learned"))["words"],
    )


def _before(work: Work) -> Answers | None:
    """The figures as they stood one horizon earlier, from what was known then; None if unknown."""
    edition = work.edition
    then = work.moment.one_horizon_ago
    if then is None or not edition.has(f"scores_{then}"):
        return None
    stages = edition.table("stages")
    standing = stages.filter(pc.equal(stages["at"], pa.scalar(then)))
    scores = edition.table(f"scores_{then}").drop_columns(["p_buy", "value"])
    return five.answers(
        moment=replace(work.moment, day=then),
        currency=work.settings.money,
        line=work.settings.lost_line,
        figures=edition.noted("figures_before"),
        people=with_missed(standing.join(scores, "person_id")),
        stages=stages,
        causes=None,
        bought=None,
        trust=(),
    )
