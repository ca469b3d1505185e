"""Plans in the books: kept as drafts, approved, told of, and what came of their decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import func, or_, select, update

from huitou.decisions import fair
from huitou.decisions.acts import KINDS
from huitou.decisions.plan import Plan, Promise
from huitou.decisions.question import lot_mark
from huitou.decisions.receipts import RECEIPTS
from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.ground.failpoints import failpoint
from huitou.ground.words import said
from huitou.identity import book as identity
from huitou.journeys.acts import book as own_acts
from huitou.journeys.messages import (
    decision_id,
)
from huitou.journeys.tables import decision, message, plan
from huitou.loyalty import book as loyalty
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

MOST_BREACHES = 3
"""Breaches of old customers first that a refusal tells."""
WINDOW_DAYS = 91
"""A plan is read out over a quarter, unless its run looked further or less far ahead."""


def began(plan: Row) -> date:
    """The day after the last one known when a plan was applied: nothing before is its doing."""
    day: date = max(plan["as_of"], plan["applied_as_of"])
    return day + timedelta(days=1)


def keep_draft(
    unit: Unit,
    drafted: Plan,
    now: datetime,
    *,
    window_days: int = WINDOW_DAYS,
    by_hand: int = 0,
    made: Mapping[str, Any] | None = None,
    by: str | None = None,
    limit: int | None = None,
) -> str:
    """Keep a plan with its receipts as the draft; its id.

    `window_days`: over how many days it will be read out, fixed here, before anything is done.
    `by_hand`: how many of its letters have no postal address, and are handed over in the shop.
    `made`: by which version, and where what it was drafted from is kept, for replays.
    `by`: who drafted it within limits of their own; None for a run, within those of the shop.
    `limit`: above this worst cost two approve it, and who drafted it is not the last (minor units).
    The same plan again (same digest) is kept once. Earlier drafts are replaced.
    """
    digest = drafted.digest()
    standing = select(plan.c.id).where(plan.c.digest == digest, plan.c.status != "replaced")
    known = unit.value(standing)
    plan_id = str(known) if known is not None else _next_id(unit, digest)
    others = update(plan).where(plan.c.status == "draft", plan.c.id != plan_id)
    unit.change(others.values(status="replaced"))
    told = {**totals(drafted), "window_days": window_days, "by_hand": by_hand, **(made or {})}
    needs_second = _is_above(limit, drafted.worst_cost)
    if known is not None:
        # The same receipts, perhaps by a version that tells more of them: a draft may learn it.
        mine = update(plan).where(plan.c.id == plan_id, plan.c.status == "draft")
        unit.change(mine.values(totals=told))
        _drafted_again(unit, plan_id, by, needs_second=needs_second)
        return plan_id
    row = {"id": plan_id, "as_of": drafted.as_of, "status": "draft", "digest": digest}
    row |= {"drafted_by": by, "needs_second": needs_second}
    unit.add(plan, [{**row, "totals": told, "drafted_at": now}])
    for batch in drafted.receipts.to_batches(max_chunksize=10_000):
        unit.add(decision, [_decision(plan_id, receipt) for receipt in batch.to_pylist()])
    failpoint("plan.kept")
    return plan_id


def _drafted_again(unit: Unit, plan_id: str, by: str | None, *, needs_second: bool) -> None:
    """The same plan once more: who asked for it is its author, if nobody was before."""
    mine = (plan.c.id == plan_id) & (plan.c.status == "draft")
    if by is not None:
        nobody = mine & plan.c.drafted_by.is_(None)
        unit.change(update(plan).where(nobody).values(drafted_by=by))
    if needs_second:
        unit.change(update(plan).where(mine).values(needs_second=True))


def totals(drafted: Plan) -> dict[str, Any]:
    """A plan in one JSON value; amounts are minor units."""
    return {
        "cost": drafted.cost,
        "worst_cost": drafted.worst_cost,
        "gain": drafted.gain,
        "gain_low": drafted.gain_low,
        "gain_high": drafted.gain_high,
        "promise": asdict(drafted.promise),
        "acts": dict(drafted.acts),
        "reasons": _reasons(drafted.receipts),
        "held_out": drafted.held_out,
        "people": drafted.people,
        "staff_minutes": drafted.staff_minutes,
        "money_price": drafted.money_price,
        "time_price": drafted.time_price,
        "gap": drafted.gap,
        "effects": drafted.effects,
        "expected": drafted.expected,
        "trust": min(drafted.trust, 1.0),
        "limits": asdict(drafted.limits),
        "holdout_share": drafted.holdout.share,
        "controls": drafted.controls,
        "explored": drafted.explored,
        "learning_cost": drafted.learning_cost,
        "tested": drafted.tested,
        "control_share": drafted.exploring.control_share,
        "explore_share": drafted.exploring.explore_share,
        "lot": drafted.holdout.programme,
        "lot_mark": lot_mark(drafted.holdout.salt),
        "balance": drafted.balance.written() if drafted.balance is not None else None,
    }


def promise(told: Mapping[str, Any]) -> Promise:
    """What the read-out of a plan is held against, by its totals; plans from before told tests and
    draws not apart, for there were none."""
    kept = told.get("promise")
    if kept is not None:
        return Promise(**kept)
    return Promise(told["gain"], told["gain_low"], told["gain_high"])


def _reasons(receipts: pa.Table) -> dict[str, int]:
    """How many people get nothing, by the reason for it."""
    nothing = receipts.filter(pc.equal(receipts["act"], "nothing"))
    counted = pc.value_counts(nothing["reason"]).to_pylist()
    return {row["values"]: row["counts"] for row in counted}


def the_plan(unit: Unit, plan_id: str | None = None) -> Row:
    """A plan by its id, or the latest that was not replaced; an error in words for none."""
    query = select(plan).where(plan.c.id == plan_id)
    if plan_id is None:
        query = select(plan).where(plan.c.status != "replaced").order_by(plan.c.drafted_at.desc())
    row = unit.first(query.limit(1))
    if row is None and plan_id is not None:
        raise HuitouError(f"there is no plan {plan_id!r}", to_try="huitou plan list")
    if row is None:
        raise NotYet(said("There is no plan yet."), to_try="huitou run")
    return row


def latest(unit: Unit, *statuses: str) -> Row | None:
    """The latest plan of one of these statuses; None where there is none."""
    query = select(plan).where(plan.c.status.in_(statuses)).order_by(plan.c.drafted_at.desc())
    return unit.first(query.limit(1))


def plans(unit: Unit, *, status: str | None = None) -> list[Row]:
    """All plans, the newest first."""
    query = select(plan).order_by(plan.c.drafted_at.desc(), plan.c.id)
    return unit.rows(query if status is None else query.where(plan.c.status == status))


def receipts(
    unit: Unit,
    plan_id: str,
    *,
    act: str | None = None,
    after: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Receipts of a plan, the most gainful first; `after` is (gain, person_id) of the last seen.

    `act` may be a kind of act, or `any` for all but *nothing*.
    """
    query = select(decision).where(decision.c.plan_id == plan_id)
    if act not in (None, "any", *KINDS):
        raise HuitouError(f"there is no act {act!r}", to_try=f"one of: {', '.join(KINDS)}")
    if act == "any":
        query = query.where(decision.c.act != "nothing")
    elif act is not None:
        query = query.where(decision.c.act == act)
    if after is not None:
        gain, last = after
        same = (decision.c.gain == gain) & (decision.c.person_id > last)
        query = query.where(or_(decision.c.gain < gain, same))
    return unit.rows(query.order_by(decision.c.gain.desc(), decision.c.person_id).limit(limit))


def receipt(unit: Unit, plan_id: str, person_id: str) -> Row | None:
    """Why this act, or none, for one person in one plan."""
    ids = identity.names(unit, [person_id]).every([person_id])
    mine = (decision.c.plan_id == plan_id) & decision.c.person_id.in_(ids)
    own = (decision.c.person_id == person_id).desc()
    return unit.first(select(decision).where(mine).order_by(own, decision.c.person_id))


def decisions_of(unit: Unit, person_id: str) -> list[Row]:
    """Every decision about one person, under any of their ids, each with its plan: `as_of`,
    `status`, `digest`, `totals`, `drafted_at`, `approved_at`; the newest first.

    One a plan: of two ids that turned out to be one, that of the id used now.
    """
    ids = identity.names(unit, [person_id]).every([person_id])
    of_plan = ("as_of", "status", "digest", "totals", "drafted_at", "approved_at")
    query = (
        select(decision, *(plan.c[name] for name in of_plan))
        .join(plan, plan.c.id == decision.c.plan_id)
        .where(decision.c.person_id.in_(ids))
        .order_by(plan.c.as_of.desc(), plan.c.drafted_at.desc(), plan.c.id)
        .order_by((decision.c.person_id == person_id).desc(), decision.c.person_id)
    )
    first: dict[str, Row] = {}
    for row in unit.rows(query):
        first.setdefault(row["plan_id"], row)
    return list(first.values())


def assignments(unit: Unit, plan_id: str) -> pa.Table:
    """Who was meant which act and who was held out, for the proof: one row a person, by today's id.

    Columns: person_id, hold_key, arm, held_by (the lot that held them out: universal, programme;
    null in plans from before, where there was one lot), test, stage, intended, act, outcome, and
    in minor units worst_cost, cap and served. What an offer takes off shows in what is paid for the
    order: `worst_cost - cap`, the stamp and the staff, is spent beside it, and `served`, which is
    what a better service cost that somebody took: no order shows that.
    """
    drawn = ("person_id", "hold_key", "arm", "held_by", "test")
    names = (*drawn, "stage", "intended", "act", "outcome")
    amounts = ("worst_cost", "cap", "served")
    columns = [decision.c[name] for name in (*names, *amounts[:2])]
    query = (
        select(*columns, loyalty.served(decision.c.id).label("served"))
        .where(decision.c.plan_id == plan_id)
        .order_by(decision.c.person_id)
    )
    kinds = {name: pa.string() for name in names} | {name: pa.int64() for name in amounts}
    rows = _one_each(unit.rows(query), identity.names(unit))
    return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))


def tried(unit: Unit, plan_id: str) -> pa.Table:
    """Whom a lot decided about in one plan, with all that was known then; one row a person.

    Those an act was meant for, and those for whom an act was drawn: nobody else can be compared.
    `kind`, `name` and `depth` are of the act that was given, or meant for who was held out; `given`
    is the kind that was given.
    """
    mine = (decision.c.plan_id == plan_id) & (
        (decision.c.intended != "nothing") | decision.c.chances.is_not(None)
    )
    rows = [_tried(row) for row in unit.rows(select(decision).where(mine))]
    figures = ("p_buy", "depth", "suspicion", "propensity")
    kinds = dict.fromkeys(figures, pa.float64())
    names = (
        "person_id",
        "chances",
        "drawn",
        "arm",
        "stage",
        "cause",
        "given",
        "meant",
        "kind",
        "name",
        *kinds,
    )
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    told = _one_each(rows, identity.names(unit))
    return pa.Table.from_pylist(sorted(told, key=lambda row: row["person_id"]), schema=schema)


def _tried(row: Row) -> Row:
    given = row["act"] != "nothing"
    kind, name, depth = ("act", "act_name", "depth") if given else _INTENDED
    return {
        **row,
        "given": row["act"],
        "meant": row["intended"],
        "drawn": row["act_name"] or row["act"],
        "kind": row[kind],
        "name": row[name] or row[kind],
        "depth": row[depth],
    }


_INTENDED = ("intended", "intended_name", "intended_depth")


def _one_each(rows: list[Row], known: identity.Names) -> list[Row]:
    """Two who turned out to be one stay in the arm of the id used now, for it draws the lot.

    What was spent on the other in the same arm was spent on them.
    """
    if not known.survivor:
        return rows
    kept: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["person_id"] in known.survivor):
        person = known.now(row["person_id"])
        mine = kept.get(person)
        if mine is None:
            kept[person] = {**row, "person_id": person}
        elif row["outcome"] == "applied" and row["arm"] == mine["arm"]:
            names = [name for name in ("worst_cost", "cap", "served") if name in row]
            spent = mine if mine["outcome"] == "applied" else dict.fromkeys(names, 0)
            mine |= {name: spent[name] + row[name] for name in names}
            mine["outcome"] = "applied"
    return list(kept.values())


def approve(unit: Unit, plan_id: str, by: str, now: datetime, *, limit: int | None = None) -> None:
    """Approve a draft. Another plan that was approved and not begun is replaced.

    Above `limit` (worst cost, minor units), now or when it was drafted, the first yes is only kept:
    a second person, who did not draft it, lets it out (TRUST I-19).

    Raises `Refused` for a plan that is no draft any more, for one in which old customers do not
    come first, and for a second yes of the same person; approving twice changes nothing.
    """
    row = the_plan(unit, plan_id)
    if row["status"] in ("approved", "applying", "applied"):
        return
    if row["status"] == "draft":
        _check_fair(unit, plan_id)
        needs_second = row["needs_second"] or _is_above(limit, row["totals"]["worst_cost"])
        if needs_second and not _is_second(unit, row, by, now):
            return
    waiting = update(plan).where(plan.c.status == "approved", plan.c.id != plan_id)
    unit.change(waiting.values(status="replaced"))
    drafted = update(plan).where(plan.c.id == plan_id, plan.c.status == "draft")
    if unit.change(drafted.values(status="approved", approved_by=by, approved_at=now)) != 1:
        raise Refused(f"the plan {plan_id} was replaced by a newer one", to_try="huitou plan show")
    body = {"plan_id": plan_id, "by": by}
    tell(unit, [Event("plan.approved", f"plan.approved:{plan_id}", now, body)])


def _is_above(limit: int | None, worst_cost: int) -> bool:
    return limit is not None and worst_cost > limit


def _is_second(unit: Unit, row: Row, by: str, now: datetime) -> bool:
    """Whether this yes is the second, of another person; the first is kept and no more."""
    first = update(plan).where(
        plan.c.id == row["id"], plan.c.status == "draft", plan.c.first_by.is_(None)
    )
    if unit.change(first.values(first_by=by, first_at=now, needs_second=True)):
        body = {"plan_id": row["id"], "by": by}
        tell(unit, [Event("plan.seconded", f"plan.seconded:{row['id']}", now, body)])
        return False
    if by in (the_plan(unit, row["id"])["first_by"], row["drafted_by"]):
        raise Refused(
            f"{by} has spoken for this plan already, and it may cost more than one person may let"
            " out: somebody else must approve it",
            to_try="invite a user under Settings, draft a smaller plan, raise approval_limit",
        )
    return True


def _check_fair(unit: Unit, plan_id: str) -> None:
    """Refuse a plan in which a regular would pay more than a newcomer, whoever wrote its rows."""
    known, mine = own_acts.every(unit), decision.c.plan_id == plan_id
    about = ("act", "act_name", "depth", "cap", "stage", "person_id", "rule", "arm")
    # What a lot gave stands apart: newcomers and regulars draw it alike.
    columns = [decision.c[name] for name in (*about, "explored", "test")]
    given = select(*columns[:4]).where(mine, decision.c.act != "nothing", decision.c.cap > 0)
    if not any(fair.is_open_receipt(row, known) for row in unit.rows(given.distinct())):
        return
    broken = fair.breaches(unit.rows(select(*columns).where(mine)), known)
    if broken:
        raise Refused(
            " ".join(str(each.words) for each in broken[:MOST_BREACHES]),
            to_try="draft it anew (huitou plan draft), or take the act away (huitou act remove)",
        )


def posted(unit: Unit, plan_id: str, by: str, now: datetime) -> None:
    """Somebody says that the printed letters of a plan have left the house.

    Raises `Refused` for a plan that was not applied; saying it twice changes nothing.
    """
    if the_plan(unit, plan_id)["status"] != "applied":
        raise Refused(f"the plan {plan_id} was not applied", to_try=f"huitou plan apply {plan_id}")
    silent = (plan.c.id == plan_id) & plan.c.posted_at.is_(None)
    if unit.change(update(plan).where(silent).values(posted_by=by, posted_at=now)):
        body = {"plan_id": plan_id, "by": by}
        tell(unit, [Event("plan.posted", f"plan.posted:{plan_id}", now, body)])


def last_spoken(unit: Unit) -> dict[str, date]:
    """person -> the day of the latest plan that wrote to them.

    Days of the shop, not of the clock: a past year that is replayed keeps its own quiet days.
    """
    query = (
        select(message.c.person_id, func.max(plan.c.as_of).label("day"))
        .join(plan, plan.c.id == message.c.plan_id)
        .group_by(message.c.person_id)
    )
    known = identity.names(unit)
    rows = unit.rows(query.order_by(func.max(plan.c.as_of)))
    return known.spread({known.now(row["person_id"]): row["day"] for row in rows})


def spoken_since(unit: Unit, since: date) -> dict[str, int]:
    """person -> how many plans of that day or later wrote to them, under each of their ids."""
    times = func.count(func.distinct(message.c.plan_id)).label("n")
    query = (
        select(message.c.person_id, times)
        .join(plan, plan.c.id == message.c.plan_id)
        .where(plan.c.as_of >= since)
        .group_by(message.c.person_id)
    )
    known = identity.names(unit)
    found: Counter[str] = Counter()
    for row in unit.rows(query):
        found[known.now(row["person_id"])] += row["n"]
    return known.spread(found)


def decided(unit: Unit, plan_id: str) -> list[Row]:
    """What was decided to do in a plan and became of it, in the shape of `lettering.rehearse`."""
    done = (decision.c.plan_id == plan_id) & (decision.c.act != "nothing")
    query = select(decision, message.c.subject).outerjoin(
        message, message.c.decision_id == decision.c.id
    )
    return unit.rows(query.where(done).order_by(decision.c.person_id))


def given_times(unit: Unit) -> dict[str, int]:
    """Act by its name -> how many people got it in plans that were carried out."""
    query = select(decision.c.act_name, func.count().label("n"))
    done = (decision.c.outcome == "applied") & decision.c.act_name.is_not(None)
    rows = unit.rows(query.where(done).group_by(decision.c.act_name))
    return {row["act_name"]: row["n"] for row in rows}


def outcomes(unit: Unit, plan_id: str) -> dict[str, int]:
    """How many decisions of a plan are waiting, applied, refused, or ask for nothing."""
    query = select(decision.c.outcome, func.count().label("n"))
    rows = unit.rows(query.where(decision.c.plan_id == plan_id).group_by(decision.c.outcome))
    return {row["outcome"]: row["n"] for row in rows}


def refusals(unit: Unit, plan_id: str) -> dict[str, int]:
    """How many decisions each rule stopped between the plan and the post."""
    stopped = decision.c.refused_because
    query = select(stopped, func.count().label("n")).where(decision.c.plan_id == plan_id)
    rows = unit.rows(query.where(stopped.is_not(None)).group_by(stopped))
    return {row["refused_because"]: row["n"] for row in rows}


def _next_id(unit: Unit, digest: str) -> str:
    used = select(func.count()).select_from(plan).where(plan.c.digest == digest)
    times = int(unit.value(used) or 0)
    return digest[:12] if not times else f"{digest[:12]}-{times + 1}"


def _decision(plan_id: str, receipt: Mapping[str, Any]) -> Row:
    waits = receipt["act"] != "nothing"
    return {
        "plan_id": plan_id,
        "id": decision_id(plan_id, receipt["person_id"]),
        "outcome": "waiting" if waits else "none",
        **{name: receipt[name] for name in RECEIPTS.names},
    }
