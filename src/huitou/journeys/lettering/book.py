"""Carrying plans out: promises made and letters written, a chunk at a time.

One chunk is one transaction: the promises, the messages, the outbox rows and the decisions'
outcomes are all in the books or none of them is. Ids are computed from plan and person, so a run
that is killed and started again does nothing twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update

from huitou.care import book as care
from huitou.care.chase import book as chase
from huitou.care.complaints import book as complaints
from huitou.care.fixes import book as fixes
from huitou.care.interviews import book as interviews
from huitou.decisions.acts import TAKEN_KINDS, Act
from huitou.decisions.out import TO_COME_BACK
from huitou.ground.errors import Refused
from huitou.ground.failpoints import failpoint
from huitou.journeys.acts import book as own_acts
from huitou.journeys.book import outcomes, the_plan
from huitou.journeys.messages import (
    Mended,
    Message,
    Offered,
    Recipient,
    Sender,
    compose,
)
from huitou.journeys.policy import Standing, stopped_by
from huitou.journeys.tables import decision, message, plan
from huitou.loyalty import book as loyalty
from huitou.loyalty.letting_go import book as letting_go
from huitou.loyalty.offers import USUAL, Returns
from huitou.store.books import Books, Row, Unit
from huitou.store.outbox import Event, tell

CHUNK = 500
PAUSE_SECONDS = 0.11
"""Between chunks: longer than SQLite's busy poll, or other writers starve (p99 17 s)."""

OFFER_DAYS = 30
"""How long an offer is good for."""
NO_CODE = "XXXXXXXXXX"
"""Stands in a letter that is only looked at where its code will: as long as one."""


@dataclass(frozen=True)
class Desk:
    """What writing letters needs from outside the books."""

    sender: Sender
    zone: ZoneInfo
    recipients: Callable[[Sequence[str]], Mapping[str, Recipient]]
    """Person ids -> who they are; those it does not know get no letter."""
    known: date
    """The last day whose orders are known here: what comes later comes after the letters."""
    by_hand: bool = True
    """Whether a letter without a postal address may be handed over in the shop."""
    offer_days: int = OFFER_DAYS
    returns: Returns = USUAL
    """How soon, and for how much, somebody may be offered to come back again."""


def write_letters(
    books: Books,
    plan_id: str,
    desk: Desk,
    now: datetime,
    *,
    chunk: int = CHUNK,
    progress: Callable[[float], None] | None = None,
) -> dict[str, int]:
    """Carry out an approved plan in the books: promises made, messages written.

    Counts decisions by outcome afterwards. May be killed anywhere and called again; on a plan
    that is applied it does nothing. Handing messages over is the channels' work.

    Raises `Refused` for a plan that was not approved.
    """
    with books.unit() as unit:
        _begin(unit, plan_id)
    while True:
        with books.unit() as unit:
            tried = _write_chunk(unit, plan_id, desk, now, chunk)
            done = outcomes(unit, plan_id)
        if progress is not None:
            progress(_share_done(done))
        if tried < chunk:
            break
        time.sleep(PAUSE_SECONDS)
    with books.unit() as unit:
        _finish(unit, plan_id, desk.known, now)
    return done


def rehearse(
    books: Books, plan_id: str, desk: Desk, now: datetime, *, chunk: int = CHUNK
) -> list[Row]:
    """What carrying a plan out would write now: it is done, looked at, and undone.

    One row a decision that still waits, in the order of `write_letters`: the decision with its
    `outcome` and `refused_because`, and the letter's `subject`, None where none would be written.
    Also a draft may be rehearsed. Chunks know nothing of each other, as people hold alone what
    they hold; a chunk keeps other writers waiting as long as a real one does.
    """
    found: list[Row] = []
    with books.reading() as unit:
        the_plan(unit, plan_id)
    while True:
        with books.rehearsing() as unit:
            after = _waiting(plan_id)
            if found:
                after = after.where(decision.c.person_id > found[-1]["person_id"])
            rows = unit.rows(after.limit(chunk))
            _write_all(unit, plan_id, rows, desk, now)
            found += _as_written(unit, [row["id"] for row in rows])
        if len(rows) < chunk:
            return found
        time.sleep(PAUSE_SECONDS)


def sample(
    row: Row,
    recipient: Recipient,
    desk: Desk,
    now: datetime,
    fix: Row | None = None,
    own: Act | None = None,
) -> Message:
    """The letter a receipt would become, to read before it is approved; nobody can use its code.

    `fix` is what word of a fix would name (`care.fixes.book.due`).
    """
    offered = _offered(row, NO_CODE, _ends_at(desk, now), desk) if row["cap"] else None
    return compose(row, recipient, desk.sender, offered, mended(fix), own)


def mended(fix: Row | None) -> Mended | None:
    """What a letter says of a fix (a row of `care.fixes.book.due`)."""
    return Mended(fix["words"], fix["said"]) if fix is not None else None


def message_of(row: Row) -> Message:
    """A row of `message` as the value that channels carry."""
    written = row["recipient"]
    to, sender = dict(written["to"]), dict(written["sender"])
    for name in ("address", "usual"):
        to[name] = tuple(to[name])
    sender["address"] = tuple(sender["address"])
    return Message(
        recipient=Recipient(**to),
        sender=Sender(**sender),
        **{name: row[name] for name in _MESSAGE_COLUMNS},
    )


_MESSAGE_COLUMNS = (
    "decision_id",
    "plan_id",
    "channel",
    "act",
    "language",
    "subject",
    "body",
    "code",
    "staff_minutes",
)


def _as_written(unit: Unit, ids: Sequence[str]) -> list[Row]:
    query = (
        select(decision, message.c.subject)
        .outerjoin(message, message.c.decision_id == decision.c.id)
        .where(decision.c.id.in_(ids))
    )
    return unit.rows(query.order_by(decision.c.person_id))


def _begin(unit: Unit, plan_id: str) -> None:
    row = the_plan(unit, plan_id)
    if row["status"] in ("draft", "replaced"):
        raise Refused(
            f"the plan {plan_id} is not approved", to_try=f"huitou plan approve {plan_id}"
        )
    approved = update(plan).where(plan.c.id == plan_id, plan.c.status == "approved")
    unit.change(approved.values(status="applying"))


def _write_chunk(unit: Unit, plan_id: str, desk: Desk, now: datetime, chunk: int) -> int:
    # One chunk of a plan at a time, whoever else carries it out: SQLite has one writer anyway.
    unit.first(select(plan.c.id).where(plan.c.id == plan_id).with_for_update())
    rows = unit.rows(_waiting(plan_id).limit(chunk))
    _write_all(unit, plan_id, rows, desk, now)
    return len(rows)


def _waiting(plan_id: str) -> Select[Any]:
    waits = (decision.c.plan_id == plan_id) & (decision.c.outcome == "waiting")
    return select(decision).where(waits).order_by(decision.c.person_id)


def _write_all(unit: Unit, plan_id: str, rows: list[Row], desk: Desk, now: datetime) -> None:
    people = [row["person_id"] for row in rows]
    known = desk.recipients(people) if people else {}
    standing = _standing(unit, people, desk, the_plan(unit, plan_id)["drafted_at"], now)
    known_acts = own_acts.every(unit) if people else {}
    for row in rows:
        recipient = known.get(row["person_id"])
        rule = stopped_by(row, recipient, standing)
        if rule is None and recipient is not None:
            own = known_acts.get(row["act_name"] or "")
            rule = _write_one(unit, row, recipient, desk, now, standing, own)
        _conclude(unit, row, rule, now)
        failpoint("apply.decided")


def _standing(
    unit: Unit, people: list[str], desk: Desk, drafted_at: datetime, now: datetime
) -> Standing:
    rested = interviews.rested_at(unit, people)
    return Standing(
        silent=care.silent(unit, people),
        open_cases=care.people_with_open_cases(unit, people),
        complaints=complaints.people_waiting(unit, people),
        holds=loyalty.held(unit, people),
        mended=fixes.due(unit, people),
        by_hand=desk.by_hand,
        never=frozenset(chase.marked(unit, people)),
        let_go=frozenset(letting_go.barred(unit, now.astimezone(desk.zone).date(), people)),
        resting={person for person, at in rested.items() if at > drafted_at},
    )


def _write_one(
    unit: Unit,
    row: Row,
    recipient: Recipient,
    desk: Desk,
    now: datetime,
    standing: Standing,
    own: Act | None,
) -> str | None:
    """Promise and write; the rule that refused it, if one did."""
    try:
        offered = _promise(unit, row, desk, now) if row["cap"] else None
    except loyalty.Resting:
        return "rests"
    except Refused:
        return "bound"
    failpoint("apply.promised")
    fix = standing.mended[row["person_id"]] if row["act"] == "mended" else None
    if fix is not None and not fixes.told(unit, fix["id"], row["person_id"], now):
        return "told"
    written = compose(row, recipient, desk.sender, offered, mended(fix), own)
    unit.add(message, [_message_row(written, row, desk, now)])
    failpoint("apply.written")
    return None


def _promise(unit: Unit, row: Row, desk: Desk, now: datetime) -> Offered:
    terms = loyalty.Terms(
        row["depth"] or loyalty.WHOLE,
        row["cap"],
        _ends_at(desk, now),
        least=row["least_order"] or 0,
        served=TAKEN_KINDS[row["act"]] == "service",
        kind=desk.returns.kind(row["stage"]) if row["act"] in TO_COME_BACK else None,
        stage=row["stage"],
        returns=desk.returns,
    )
    # Paper and stamp are spent, not owed: what is left of the bound is for the offer.
    bound = row["bound"] - (row["worst_cost"] - row["cap"])
    made = loyalty.make_offer(unit, row["id"], row["person_id"], terms, bound, now)
    return _offered(row, made["code"], made["ends_at"], desk, made["amount"])


def _offered(
    row: Row, code: str, ends_at: datetime, desk: Desk, most: int | None = None
) -> Offered:
    last_day = (ends_at - timedelta(microseconds=1)).astimezone(desk.zone).date()
    return Offered(
        code=code,
        last_day=last_day,
        depth=row["depth"],
        most=row["cap"] if most is None else most,
        least=row["least_order"] or 0,
    )


def _ends_at(desk: Desk, now: datetime) -> datetime:
    """The midnight, in the shop's zone, that ends the last day of an offer made now."""
    day = now.astimezone(desk.zone).date() + timedelta(days=desk.offer_days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=desk.zone)


def _message_row(written: Message, row: Row, desk: Desk, now: datetime) -> Row:
    return {
        **{name: getattr(written, name) for name in _MESSAGE_COLUMNS},
        "arm": row["arm"],
        "person_id": row["person_id"],
        "recipient": {"to": asdict(written.recipient), "sender": asdict(written.sender)},
        "written_at": now,
        "not_after": _ends_at(desk, now) if row["cap"] else None,
    }


def _conclude(unit: Unit, row: Row, rule: str | None, now: datetime) -> None:
    outcome = "applied" if rule is None else "refused"
    mine = (decision.c.id == row["id"]) & (decision.c.outcome == "waiting")
    unit.change(update(decision).where(mine).values(outcome=outcome, refused_because=rule))
    body = {"person_id": row["person_id"], "plan_id": row["plan_id"], "act": row["act"]}
    event = Event(f"decision.{outcome}", f"decision:{row['id']}", now, {**body, "rule": rule})
    tell(unit, [event])


def _finish(unit: Unit, plan_id: str, known: date, now: datetime) -> None:
    ending = update(plan).where(plan.c.id == plan_id, plan.c.status == "applying")
    if unit.change(ending.values(status="applied", applied_at=now, applied_as_of=known)):
        body = {"plan_id": plan_id}
        tell(unit, [Event("plan.applied", f"plan.applied:{plan_id}", now, body)])


def _share_done(done: Mapping[str, int]) -> float:
    acts = Counter(done)
    settled = acts["applied"] + acts["refused"]
    return settled / max(1, settled + acts["waiting"])
