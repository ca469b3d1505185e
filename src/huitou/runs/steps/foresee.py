"""Foresee: how likely each customer is to buy again, where they stand, and why they may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from huitou.facts.engine import engine_over
from huitou.facts.stages import stages
from huitou.ground.errors import NotYet
from huitou.models.causes import causes, with_answers
from huitou.models.learned import learn
from huitou.models.moved import facts_of, moved
from huitou.models.otherwise import Otherwise
from huitou.models.score import score
from huitou.runs import people
from huitou.runs.beside import heard, said
from huitou.runs.card import card_view, rhythm_of
from huitou.runs.kept import keep
from huitou.runs.moment import Moment
from huitou.runs.scoring import choice, past
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.lake import Edition

LEAVING = pa.array(["slipping", "lost"])
"""Stages whose people are asked why: of the others there is nothing to explain."""


def forecast(work: Work) -> Result:
    """What is likely: scores now and at each earlier moment, each from its own past alone.

    With too few customers for a forecast there are no scores, and a note says why.
    """
    edition, moment = work.edition, work.moment
    scored = 0
    before = past(work, moment.day)
    for each in (moment.day, *moment.earlier):
        told = edition.table(f"customers_{each}")
        try:
            chosen = choice(work, each)
            scores, card = score(told, before, chosen)
        except NotYet as too_few:
            if each == moment.day:
                edition.note("too_few", keep(too_few.spoken))
            break
        edition.write(f"scores_{each}", scores)
        scored += scores.num_rows
        if each == moment.day:
            found = before.scored[chosen.as_of_day]
            edition.write("moved", moved(Otherwise(found, told), told, facts_of(told, found)))
            edition.note("card", keep(card_view(card)))
            edition.note("rhythm", rhythm_of(card))
    return {"rows": scored}


def judge(work: Work) -> Result:
    """Where each customer stands, now and at each earlier moment; why the lost may have left."""
    edition, moment = work.edition, work.moment
    told = _stages(work)
    edition.write("stages", told)
    now = told.filter(pc.equal(told["at"], pa.scalar(moment.day)))
    leaving = now.filter(pc.is_in(now["stage"], LEAVING))["person_id"].combine_chunks()
    told_why = edition.table("moved")
    edition.write("moved", told_why.filter(pc.is_in(told_why["person_id"], leaving)))
    _suspect(work, leaving)
    edition.write("people", _people(edition, moment, now))
    return {"rows": told.num_rows}


def _suspect(work: Work, leaving: pa.Array) -> None:
    """Why they may leave: learned from who was asked; who told us is believed."""
    edition, moment = work.edition, work.moment
    moved = dict(zip(*(each.to_pylist() for each in edition.table("merged").columns), strict=True))
    seen = edition.table(f"customers_{moment.day}", ["person_id", "last_day"])
    last_days = dict(zip(*(each.to_pylist() for each in seen.columns), strict=True))
    with work.books.reading() as unit:
        zone = ZoneInfo(moment.zone)
        asked = heard(unit, moved, last_days, zone)
        answers = said(unit, moved, last_days, zone)
    clues = edition.table("evidence")
    theirs = clues.filter(pc.is_in(clues["person_id"], leaving))
    learned = learn(clues, asked, theirs)
    told = dict(zip(answers["person_id"].to_pylist(), answers["why"].to_pylist(), strict=True))
    edition.write("causes", with_answers(causes(theirs, learned.weights), told))
    edition.write("named", answers)
    edition.note("learned", keep({"words": learned.words, **learned.figures}))


def _stages(work: Work) -> pa.Table:
    """Stages at every moment that was scored, the earliest first: each knows those before it."""
    edition, moment = work.edition, work.moment
    scored = [day for day in (*moment.earlier, moment.day) if edition.has(f"scores_{day}")]
    told: list[pa.Table] = []
    with work.lake.reading(edition) as connection:
        backend = engine_over(connection)
        for each in sorted(scored):
            standing = stages(
                backend.table(f"customers_{each}"),
                backend.table(f"scores_{each}"),
                work.settings.lost_line,
                ibis.memtable(pa.concat_tables(told)) if told else None,
                at=each,
                horizon_days=moment.horizon_days,
            )
            told.append(standing.to_pyarrow())
    return pa.concat_tables(told)


def _people(edition: Edition, moment: Moment, now: pa.Table) -> pa.Table:
    return people.joined(
        edition.table(f"customers_{moment.day}"),
        edition.table(f"scores_{moment.day}"),
        now,
        edition.table("causes"),
        edition.table("holders"),
    )
