"""Learn: what earlier plans did to buying, from everybody a lot decided about.

Only plans whose window is over by this run's evening teach: a run that looks at a past day learns
what was known then, and nothing later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.acts import Act
from huitou.decisions.audience import TRAITS_FROM, traits_of, usual_basket
from huitou.decisions.effects.contract import Effects
from huitou.decisions.effects.design import TRIED
from huitou.decisions.effects.learned import Learned, learn
from huitou.decisions.effects.promise import Proof, Trust, trust
from huitou.decisions.plan import shrunk
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.receipts import TREATED
from huitou.facts.bought import bought
from huitou.facts.customers import customers
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.promises import book as promises
from huitou.runs import contested
from huitou.runs.contested import Over
from huitou.runs.kept import recall
from huitou.runs.steps.prove import Applied
from huitou.runs.verdicts import ProofView
from huitou.runs.work import Result, Work
from huitou.stats.intervals import z

if TYPE_CHECKING:
    from huitou.facts.contract import Tables
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

CAMPAIGNS = 24
"""The latest campaigns that teach: two years of a letter a month."""
NOTE = "effects"


def learned(work: Work) -> Result:
    """Learn from every plan whose window is over; what is believed is kept in the edition."""
    with work.books.reading() as unit:
        over = [each for each in _applied(unit) if each.until <= work.day][:CAMPAIGNS]
        rows = [(each, journeys.tried(unit, each.plan["id"])) for each in over]
        acts = own_acts.every(unit)
    spend = work.edition.table("people")["spend"].to_numpy()
    basket = usual_basket(spend.astype(np.float64))
    with work.facts() as tables:
        parts = [
            Over(each, told, _outcomes(work, tables, each, told, sizes(told, acts, basket)))
            for each, told in rows
            if told.num_rows
        ]
    tried = pa.concat_tables([each.tried for each in parts]) if parts else TRIED.empty_table()
    found = learn(tried)
    work.edition.note(NOTE, found.written() if found is not None else None)
    outcome, challenger = contested.hold(work.lake, parts, acts, basket, work.settings.salt, found)
    contested.note(work.edition, outcome, challenger)
    return {"rows": tried.num_rows, "plans": len(parts), "challenger": outcome.reason}


def effects_of(edition: Edition) -> Effects:
    """What this edition believes of every act: the first guesses where nothing was learned, and
    the challenger's belief where it took over."""
    standing = standing_of(edition)
    if standing is None:
        return PLAYBOOK
    return contested.admitted(edition, standing) or standing


def standing_of(edition: Edition) -> Learned | None:
    """What the standing learner believes; None where nothing was learned."""
    kept = edition.noted(NOTE)
    return Learned.read(kept) if kept else None


def trust_of(unit: Unit, day: date) -> Trust:
    """How far a promise of this shop may be trusted on a day, by what was proven until then."""
    return trust(
        Proof(promise["value"], proof["value"], _sd(proof))
        for promise, proof in promises.ledger(unit, day)
        if proof is not None
    )


def keep_promises(work: Work) -> Result:
    """Write down what each applied plan promised, and what was proven once its window was over."""
    proofs: tuple[ProofView, ...] = recall(work.edition.noted("proofs")) or ()
    by_plan = {proof.programme: proof for proof in proofs}
    added = 0
    with work.books.unit() as unit:
        for each in _applied(unit):
            if each.start > work.day + timedelta(days=1):
                continue
            added += _promised(work, unit, each)
            proof = by_plan.get(each.plan["id"])
            if proof is not None and proof.effect is not None and each.until <= work.day:
                added += _proven(work, unit, each, proof)
    return {"rows": added}


def _applied(unit: Unit) -> list[Applied]:
    """Applied plans, the latest first; who was in them is read apart."""
    rows = journeys.plans(unit, status="applied")
    return [Applied(row, pa.table({}), 0) for row in rows]


def sizes(told: pa.Table, acts: Mapping[str, Act], basket: float) -> pa.Array:
    """What each act gave, as a share of a usual basket: what a guess is scaled by (`playbook`).

    A percentage says it itself; an amount is measured by the basket of today, as a plan does it.
    """
    given = {name: act.generosity(basket) for name, act in acts.items()}
    pairs = zip(told["name"].to_pylist(), told["depth"].to_pylist(), strict=True)
    return pa.array([depth or given.get(name, 0.0) for name, depth in pairs], pa.float64())


def _outcomes(
    work: Work, tables: Tables, each: Applied, told: pa.Table, given: pa.Array
) -> pa.Table:
    """Who was tried on, with who bought within the window: intention to treat."""
    moment, days = work.moment, int(each.totals["window_days"])
    evening = moment.evening(each.start - timedelta(days=1))
    found = bought(tables, evening, days, known=moment.as_of).to_pyarrow()
    facts = customers(tables, evening, known=moment.as_of)
    known = facts.select("person_id", *TRAITS_FROM).to_pyarrow()
    came = pc.is_in(told["person_id"], found["person_id"].combine_chunks())
    treated = pc.and_(
        pc.equal(told["arm"], TREATED), pc.not_equal(told["given"], pa.scalar("nothing"))
    )
    size = told.num_rows
    return (
        pa.table(
            {
                "plan": pa.array([each.plan["id"]] * size, pa.string()),
                "age_days": pa.array([(work.day - each.until).days] * size, pa.int64()),
                "name": told["name"],
                "kind": told["kind"],
                "depth": given,
                "meant": told["meant"],
                "treated": treated,
                "stage": told["stage"],
                "cause": told["cause"],
                "posterior": pc.fill_null(told["suspicion"], 0.0),
                "p_buy": told["p_buy"],
                "bought": came,
                "traits": _traits(told["person_id"].combine_chunks(), known),
            }
        )
        .select(TRIED.names)
        .cast(TRIED)
    )


def _traits(people: pa.Array, known: pa.Table) -> pa.Array:
    """What was known of these people on the evening before the plan; null where nothing was."""
    place = pc.index_in(people, value_set=known["person_id"].combine_chunks())
    found = traits_of(known.take(place)).tolist()
    return pa.array(found, pa.list_(pa.float64()))


def _promised(work: Work, unit: Unit, each: Applied) -> bool:
    told = each.totals
    promise = journeys.promise(told)
    gain = promises.Amounts(promise.gain, promise.low, promise.high)
    # A plan from before promises were shrunk is kept with what it promised.
    left = shrunk(promise.gain, told.get("trust", 1.0))
    day = each.start - timedelta(days=1)
    return promises.promised(unit, each.plan["id"], day, gain, left, work.now)


def _proven(work: Work, unit: Unit, each: Applied, proof: ProofView) -> bool:
    assert proof.effect is not None
    found = proof.effect
    effect = promises.Amounts(found.value.minor, found.low.minor, found.high.minor)
    told = {"verdict": proof.verdict, "level": found.level}
    return promises.proven(unit, each.plan["id"], work.day, effect, told, work.now)


def _sd(proof: Row) -> float:
    return float(proof["high"] - proof["low"]) / (2 * z(proof["level"]))
