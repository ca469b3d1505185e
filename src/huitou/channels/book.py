"""Handing messages over, at most once each, and keeping what became of them.

The marker `handing_over` is durable before anything leaves the house. Whoever finds an old marker
afterwards cannot know what happened, and says so: `in_doubt`. Only for channels that are safe to
repeat (files) it goes back to `planned`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, literal, select, update

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.complaints import book as complaints
from huitou.channels.contract import Channel, End, Outcome
from huitou.channels.tables import delivery
from huitou.decisions.acts import by_traits
from huitou.ground.clock import Clock
from huitou.ground.errors import Refused
from huitou.ground.failpoints import failpoint
from huitou.identity.book import names
from huitou.journeys.guard import book as guard
from huitou.journeys.lettering.book import message_of
from huitou.journeys.messages import Message
from huitou.journeys.permission import book as permission
from huitou.journeys.sendings.tables import sending
from huitou.journeys.tables import decision, message, plan
from huitou.loyalty import book as loyalty
from huitou.store.books import Books, Row, Unit
from huitou.store.outbox import Event, tell

LEASE = timedelta(minutes=10)
"""A marker older than this belongs to a process that is gone: no hand-over takes so long."""

TRIES = 5
"""After so many safe failures, in as many runs, a message is given up."""

STATES = {End.ACCEPTED: "accepted", End.REFUSED: "refused", End.IN_DOUBT: "in_doubt"}


def deliver(
    books: Books,
    channel: Channel,
    plan_id: str,
    clock: Clock,
    *,
    progress: Callable[[float], None] | None = None,
) -> dict[str, int]:
    """Hand over what a plan wrote for this channel; deliveries by state afterwards.

    May be killed anywhere and called again. Each message is tried at most once in a call: what
    failed safely waits for the next.
    """
    with books.unit() as unit:
        _enlist(unit, channel, plan_id, clock.now())
        _settle_old_markers(unit, channel, plan_id, clock.now())
        waiting = _planned(unit, channel, plan_id)
    for start in range(0, len(waiting), channel.batch):
        _hand_over(books, channel, waiting[start : start + channel.batch], clock)
        if progress is not None:
            progress(min(1.0, (start + channel.batch) / len(waiting)))
    with books.reading() as unit:
        accepted = _accepted(unit, channel, plan_id)
        counted = states(unit, plan_id).get(channel.name, {})
    channel.gather(plan_id, accepted)
    return counted


def states(unit: Unit, plan_id: str) -> dict[str, dict[str, int]]:
    """Deliveries of a plan: channel -> state -> how many. `unsent` were written, not yet begun."""
    state = func.coalesce(delivery.c.state, "unsent").label("state")
    query = (
        select(message.c.channel, state, func.count().label("n"))
        .outerjoin(delivery, delivery.c.decision_id == message.c.decision_id)
        .where(message.c.plan_id == plan_id)
        .group_by(message.c.channel, state)
    )
    found: dict[str, dict[str, int]] = {}
    for row in unit.rows(query):
        found.setdefault(row["channel"], {})[row["state"]] = row["n"]
    return found


def sent(unit: Unit, plan_id: str) -> int:
    """Messages of a plan that are known to have left the house.

    E-mail has left when a server took it; a call when its outcome was written; paper, and calls
    from a printed list, when somebody said so (`plan.posted`).
    """
    left = delivery.c.state == "accepted"
    rung = (delivery.c.channel == "call") & delivery.c.decision_id.in_(calls.rung())
    by_mail = left & ((delivery.c.channel == "email") | rung)
    by_hand = left & plan.c.posted_at.is_not(None)
    query = (
        select(func.count())
        .select_from(delivery)
        .join(message, message.c.decision_id == delivery.c.decision_id)
        .join(plan, plan.c.id == message.c.plan_id)
        .where(plan.c.id == plan_id, by_mail | by_hand)
    )
    return int(unit.value(query) or 0)


def calls_made(unit: Unit, plan_id: str) -> int:
    """Calls of a plan of which an outcome was written."""
    query = (
        select(func.count())
        .select_from(message)
        .where(message.c.plan_id == plan_id, message.c.decision_id.in_(calls.rung()))
    )
    return int(unit.value(query) or 0)


def handed_calls(unit: Unit, since: datetime) -> list[Row]:
    """Calls that plans put on paper since then: the decision's id, plan, person, gain with its
    interval, bound, and minutes, the most gainful first."""
    names_of = ("id", "plan_id", "person_id", "gain", "gain_low", "gain_high", "staff_minutes")
    query = (
        select(*(decision.c[name] for name in names_of), decision.c.bound)
        .join(delivery, delivery.c.decision_id == decision.c.id)
        .where(delivery.c.channel == "call", delivery.c.state == "accepted")
        .where(delivery.c.at >= since)
    )
    return unit.rows(query.order_by(decision.c.gain.desc(), decision.c.id))


def without_halted(unit: Unit, rows: Sequence[Row]) -> list[Row]:
    """Open calls (rows of `care.calls.book`) but those that only a stopped plan means: they wait
    until somebody lifts the stop.
    """
    halted = list(guard.stopped(unit))
    query = select(message.c.decision_id).where(message.c.plan_id.in_(halted))
    theirs = {row["decision_id"] for row in unit.rows(query)} if halted else set()
    return [
        row for row in rows if row["decision_id"] not in theirs or row["case_id"] or row["asked_by"]
    ]


def unfinished(unit: Unit) -> list[tuple[str, str]]:
    """(plan, channel) pairs with messages that may still go: `deliver` is due for them."""
    moving = delivery.c.state.in_(("planned", "handing_over")) | delivery.c.state.is_(None)
    query = (
        select(message.c.plan_id, message.c.channel)
        .outerjoin(delivery, delivery.c.decision_id == message.c.decision_id)
        .where(moving)
        .distinct()
        .order_by(message.c.plan_id, message.c.channel)
    )
    return [(row["plan_id"], row["channel"]) for row in unit.rows(query)]


def deferred(unit: Unit) -> list[str]:
    """Plans that were carried out but for messages that wait and were never tried: for the hour,
    the end of a pause, or room under a cap."""
    untried = (delivery.c.state == "planned") & (delivery.c.attempt == 0)
    query = (
        select(plan.c.id)
        .join(message, message.c.plan_id == plan.c.id)
        .join(delivery, delivery.c.decision_id == message.c.decision_id)
        .where(untried, plan.c.status == "applied")
        .distinct()
    )
    halted = guard.stopped(unit)
    found = [row["id"] for row in unit.rows(query.order_by(plan.c.id))]
    return [plan_id for plan_id in found if plan_id not in halted]


def in_doubt(unit: Unit) -> list[Row]:
    """Every delivery whose end nobody knows, the oldest first, with person and plan."""
    query = (
        select(delivery, message.c.person_id, message.c.plan_id, message.c.subject)
        .join(message, message.c.decision_id == delivery.c.decision_id)
        .where(delivery.c.state == "in_doubt")
        .order_by(delivery.c.at, delivery.c.decision_id)
    )
    return unit.rows(query)


def settle_doubt(
    unit: Unit, decision_id: str, channel: str, *, accepted: bool, by: str, now: datetime
) -> None:
    """Somebody found out what became of a message. It is never sent again either way.

    Raises `Refused` when nothing was in doubt.
    """
    state = "accepted" if accepted else "refused"
    doubted = update(delivery).where(_mine(decision_id, channel), delivery.c.state == "in_doubt")
    if unit.change(doubted.values(state=state, settled_by=by, at=now)) != 1:
        raise Refused(f"the delivery {decision_id} by {channel} is not in doubt")
    if not accepted:
        loyalty.release(unit, decision_id, now)
        permission.release(unit, decision_id)
    body = {"decision_id": decision_id, "channel": channel, "state": state, "by": by}
    tell(unit, [Event("delivery.settled", f"settled:{decision_id}:{channel}", now, body)])


def handed_over(unit: Unit) -> list[Row]:
    """Every message that reached, or may have reached, somebody: person_id, day.

    Days of the shop, not of the clock: a past year that is replayed keeps its own days.
    """
    reached = delivery.c.state.in_(("accepted", "in_doubt", "handing_over"))
    query = (
        select(message.c.person_id, plan.c.as_of.label("day"))
        .join(delivery, delivery.c.decision_id == message.c.decision_id)
        .join(plan, plan.c.id == message.c.plan_id)
        .where(reached)
        .order_by(plan.c.as_of, message.c.decision_id)
    )
    known = names(unit)
    return [{**row, "person_id": known.now(row["person_id"])} for row in unit.rows(query)]


SOON = timedelta(days=60)
"""Who asks for silence within this time after a letter is taken to have had enough of letters."""


def answered_by_silence(unit: Unit) -> tuple[int, int]:
    """How many messages left the house, and how many people asked for silence soon after one."""
    query = (
        select(message.c.person_id, delivery.c.at)
        .join(message, message.c.decision_id == delivery.c.decision_id)
        .where(delivery.c.state == "accepted")
    )
    known = names(unit)
    reached = [(known.now(row["person_id"]), row["at"]) for row in unit.rows(query)]
    if not reached:
        return 0, 0
    asked = care.silences(unit)
    soon = {
        who for who, at in reached if any(at <= each <= at + SOON for each in asked.get(who, ()))
    }
    return len(reached), len(soon)


def silence_by_channel(unit: Unit) -> dict[str, tuple[int, int]]:
    """channel -> (messages that left the house, people who asked for silence soon after one)."""
    planned = (
        select(message.c.person_id, delivery.c.channel, delivery.c.at)
        .join(message, message.c.decision_id == delivery.c.decision_id)
        .where(delivery.c.state == "accepted")
    )
    asked_for = select(sending.c.person_id, sending.c.channel, sending.c.at).where(
        sending.c.state == "accepted", sending.c.purpose == "marketing"
    )
    known, told = names(unit), care.silences(unit)
    sent: dict[str, int] = {}
    soon: dict[str, set[str]] = {}
    for row in (*unit.rows(planned), *unit.rows(asked_for)):
        who, way, at = known.now(row["person_id"]), row["channel"], row["at"]
        sent[way] = sent.get(way, 0) + 1
        if any(at <= each <= at + SOON for each in told.get(who, ())):
            soon.setdefault(way, set()).add(who)
    return {way: (n, len(soon.get(way, ()))) for way, n in sorted(sent.items())}


def answered_by_complaint(unit: Unit) -> int:
    """How many people complained about our mail itself soon after it reached them."""
    query = (
        select(message.c.person_id, delivery.c.at)
        .join(message, message.c.decision_id == delivery.c.decision_id)
        .where(delivery.c.state == "accepted")
    )
    known, told = names(unit), complaints.about(unit, "our_mail")
    reached = ((known.now(row["person_id"]), row["at"]) for row in unit.rows(query))
    return len(
        {who for who, at in reached if any(at <= each <= at + SOON for each in told.get(who, ()))}
    )


def letters_to(unit: Unit, person_id: str) -> list[Row]:
    """What was written to one person and what became of it, the newest first."""
    query = (
        select(message, delivery.c.state, delivery.c.at, delivery.c.reason)
        .outerjoin(delivery, delivery.c.decision_id == message.c.decision_id)
        .where(message.c.person_id.in_(names(unit, [person_id]).every([person_id])))
        .order_by(message.c.written_at.desc())
    )
    return unit.rows(query)


def check(unit: Unit) -> list[str]:
    """What is wrong with the deliveries, in words; nothing where all is well (I-9, I-11)."""
    held = (
        select(delivery.c.decision_id)
        .join(decision, decision.c.id == delivery.c.decision_id)
        .where(decision.c.arm != "treated")
    )
    return [f"{row['decision_id']} went to somebody held out" for row in unit.rows(held)]


def _enlist(unit: Unit, channel: Channel, plan_id: str, now: datetime) -> None:
    known = exists().where(
        delivery.c.decision_id == message.c.decision_id, delivery.c.channel == channel.name
    )
    fresh = select(
        message.c.decision_id,
        message.c.channel,
        literal("planned"),
        literal(0),
        literal(now, delivery.c.at.type),
    ).where(message.c.plan_id == plan_id, message.c.channel == channel.name, ~known)
    names = ["decision_id", "channel", "state", "attempt", "at"]
    unit.execute(insert(delivery).from_select(names, fresh))


def _settle_old_markers(unit: Unit, channel: Channel, plan_id: str, now: datetime) -> None:
    marked = and_(
        delivery.c.state == "handing_over",
        delivery.c.channel == channel.name,
        delivery.c.decision_id.in_(_of_plan(plan_id)),
    )
    if channel.repeatable:
        unit.change(update(delivery).where(marked).values(state="planned", at=now))
        return
    old = update(delivery).where(marked, delivery.c.at <= now - LEASE)
    reason = "the process that was handing it over ended before it wrote down how"
    unit.change(old.values(state="in_doubt", reason=reason, at=now))


def _planned(unit: Unit, channel: Channel, plan_id: str) -> list[str]:
    query = select(delivery.c.decision_id).where(
        delivery.c.state == "planned",
        delivery.c.channel == channel.name,
        delivery.c.decision_id.in_(_of_plan(plan_id)),
    )
    return [row["decision_id"] for row in unit.rows(query.order_by(delivery.c.decision_id))]


def _hand_over(books: Books, channel: Channel, ids: Sequence[str], clock: Clock) -> None:
    with books.unit() as unit:
        claimed = _claim(unit, channel, ids, clock.now())
    failpoint("deliver.marked")
    ends = []
    for one in claimed:
        ends.append((one, channel.hand_over(one, clock.now())))
        failpoint("deliver.handed")
    with books.unit() as unit:
        for one, outcome in ends:
            _record(unit, channel, one, outcome, clock.now())
    failpoint("deliver.recorded")


def _claim(unit: Unit, channel: Channel, ids: Sequence[str], now: datetime) -> list[Message]:
    """Mark what may go now; stop what may not, in the same unit as the marker."""
    halted = guard.stopped(unit)
    rows = [
        row
        for row in _written(unit, message.c.decision_id.in_(ids))
        if row["plan_id"] not in halted  # it waits: whoever lifts the stop lets it go on
    ]
    verdicts = permission.judge(unit, [_wanted(row, channel) for row in rows], now)
    claimed = []
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.goes:
            if _mark(unit, row, channel, now):
                claimed.append(message_of(row))
        elif verdict.rule is not None and verdict.until is None:
            _stop(unit, row, channel, verdict.rule, now)
        # Else it waits as planned: the next call looks again.
    return claimed


def _wanted(row: Row, channel: Channel) -> permission.Wanted:
    return permission.Wanted(
        id=row["decision_id"],
        person_id=row["person_id"],
        channel=channel.name,
        purpose="marketing",
        value=round(row["worth"] or 0),
        not_after=row["not_after"],
        held_out=row["decided_arm"] != "treated",
        by_traits=by_traits(row["act"]),
        since=row["written_at"],
    )


def _mark(unit: Unit, row: Row, channel: Channel, now: datetime) -> bool:
    mine = _mine(row["decision_id"], channel.name)
    free = update(delivery).where(mine, delivery.c.state == "planned")
    begun = free.values(state="handing_over", attempt=delivery.c.attempt + 1, at=now)
    return unit.change(begun) == 1


def _stop(unit: Unit, row: Row, channel: Channel, rule: str, now: datetime) -> None:
    state = "expired" if rule == "late" else "suppressed"
    mine = _mine(row["decision_id"], channel.name)
    free = update(delivery).where(mine, delivery.c.state == "planned")
    if unit.change(free.values(state=state, reason=rule, at=now)) == 1:
        loyalty.release(unit, row["decision_id"], now)
        _tell(unit, message_of(row), channel, state, rule, now)


def _record(unit: Unit, channel: Channel, one: Message, outcome: Outcome, now: datetime) -> None:
    mine = _mine(one.decision_id, channel.name)
    row = unit.first(select(delivery).where(mine))
    if row is None or row["state"] not in ("handing_over", "in_doubt"):
        return
    given_up = outcome.end is End.RETRY_SAFE and row["attempt"] >= TRIES
    state = "refused" if given_up else STATES.get(outcome.end, "planned")
    if row["state"] == "in_doubt" and state not in ("accepted", "refused"):
        return  # another process took us for dead and wrote down its doubt: it stays
    written = {"state": state, "stage": outcome.stage, "reason": outcome.reason, "at": now}
    late = {"settled_by": f"{channel.name} itself"} if row["state"] == "in_doubt" else {}
    unit.change(update(delivery).where(mine).values(**written, **late))
    if state == "refused":
        loyalty.release(unit, one.decision_id, now)
    if state in ("refused", "planned"):
        permission.release(unit, one.decision_id)
    if state != "planned":
        _tell(unit, one, channel, state, outcome.reason, now)


def _tell(
    unit: Unit, one: Message, channel: Channel, state: str, reason: str | None, now: datetime
) -> None:
    body = {"person_id": one.recipient.person_id, "plan_id": one.plan_id, "act": one.act}
    body |= {"decision_id": one.decision_id, "channel": channel.name, "reason": reason or ""}
    key = f"delivery:{one.decision_id}:{channel.name}:{state}"
    tell(unit, [Event(f"delivery.{state}", key, now, body)])


def _accepted(unit: Unit, channel: Channel, plan_id: str) -> list[Message]:
    taken = exists().where(_mine(message.c.decision_id, channel.name), _taken())
    return [message_of(row) for row in _written(unit, (message.c.plan_id == plan_id) & taken)]


def _written(unit: Unit, which: ColumnElement[bool]) -> list[Row]:
    """Messages with their decision's arm, the most gainful first."""
    query = (
        select(message, decision.c.arm.label("decided_arm"), decision.c.gain.label("worth"))
        .join(decision, decision.c.id == message.c.decision_id)
        .where(which)
        .order_by(decision.c.gain.desc(), message.c.decision_id)
    )
    return unit.rows(query)


def _of_plan(plan_id: str) -> Select[str]:
    return select(message.c.decision_id).where(message.c.plan_id == plan_id)


def _taken() -> ColumnElement[bool]:
    return delivery.c.state == "accepted"


def _mine(decision_id: object, channel: str) -> ColumnElement[bool]:
    return and_(delivery.c.decision_id == decision_id, delivery.c.channel == channel)
