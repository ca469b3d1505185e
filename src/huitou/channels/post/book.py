"""Handing over the outbox `sending`, at most once each, by as many workers as there are.

    turn(unit, way, done, ready, now)    ONE transaction: what was handed over is written down,
                                         what is ready is marked, and the next is claimed
    stop / go / stopped                  nothing more leaves, at once, until somebody says so
    in_doubt / settle                    ends that nobody knows: for people and providers only

    planned -> claimed (lease, fence) -> handing_over -> accepted | refused | in_doubt | planned

The mark `handing_over` is durable before anything leaves the house. Whoever finds an old mark
cannot know what happened, and says so. A claim carries a number that the database counts up: a
worker that slept past its lease holds an old one, and what it writes or marks is not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, func, or_, select, update

from huitou.channels.contract import End, Handed
from huitou.channels.post.pace import Pace
from huitou.channels.post.policy import TRIES, pause, repeats, rest
from huitou.channels.post.rules import Way
from huitou.channels.post.tables import post_pace, post_stop, wechat_grant, wechat_granted
from huitou.ground.errors import BadInput, HuitouError, Refused
from huitou.ground.failpoints import failpoint
from huitou.identity.book import names
from huitou.journeys.permission.book import Verdict, Wanted, judge
from huitou.journeys.permission.laws import is_individual
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

FIRST = ("transactional", "service", "marketing")
"""What somebody waits for goes first, then by value."""

RUNS_OUT = 500
"""So many old messages are looked after in one turn; the rest in the next."""

LIGHT = tuple(
    sending.c[name]
    for name in (
        "id", "person_id", "origin", "origin_id", "channel", "purpose", "template", "value",
        "state", "attempt", "reference", "fence", "not_before", "not_after",
    )
)  # fmt: skip
"""What a message is, without what it says: read twice for each."""

HeldOut = Callable[[Sequence[str]], Set[str]]
"""Of these people, by the ids they go by now, those whom the lot of the year holds out."""

MS = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nobody(_people: Sequence[str]) -> Set[str]:
    """Where no lot was drawn, nobody is held out."""
    return frozenset()


@dataclass(frozen=True)
class Done:
    """One hand-over to be written down."""

    id: str
    fence: int
    handed: Handed


@dataclass(frozen=True)
class Ready:
    """A claimed message whose words are made, or were not to be had."""

    id: str
    fence: int
    rule: str | None = None
    """What keeps it in: `bounced`, `no_address`; it will never go."""
    later: str | None = None
    """Why it cannot be written now, in words: it waits, and counts as no attempt."""
    grant: tuple[str, str] | None = None
    """(openid, template) of which one grant is used up by it."""


@dataclass(frozen=True)
class Turn:
    """What one transaction brought."""

    go: frozenset[str] = frozenset()
    """Of those ready: may be handed over now, marked."""
    claimed: tuple[Row, ...] = ()
    """New ones to write, each with its `fence`, under the ids people go by now."""
    lease_until: datetime = EPOCH
    stopped: bool = False
    wait: float | None = None
    """Seconds until there may be more; None: nothing is due."""


def turn(
    unit: Unit,
    way: Way,
    done: Sequence[Done],
    ready: Sequence[Ready],
    now: datetime,
    worker: str = "",
    *,
    halted: bool = False,
    claims: bool = True,
    tidies: bool = True,
    held_out: HeldOut = nobody,
) -> Turn:
    """Write down `done`, mark `ready`, claim the next; `halted`: a stop that no book knows of.

    `tidies`: whether all that waits is looked through for what is too late. That is a long look,
    and not needed each time: what is claimed too late is not sent either way.
    Nothing that sells goes to somebody `held_out`, whoever asked for it (TRUST I-11).
    """
    _write_down(unit, way, done, now)
    if halted or stopped(unit):
        _put_back(unit, ready, now)
        return Turn(stopped=True)
    go = _mark(unit, way, ready, now, held_out)
    failpoint("post.marked")
    _look_after_leases(unit, way.channel, now)
    if tidies:
        _look_after_late(unit, way.channel, now)
    if not claims:
        return Turn(go, lease_until=now + way.lease)
    return _claimed(unit, way, go, now, worker, held_out)


# -- claiming


def _claimed(
    unit: Unit, way: Way, go: frozenset[str], now: datetime, worker: str, held_out: HeldOut
) -> Turn:
    due = _due(way.channel, now)
    until = now + way.lease
    if unit.first(due.limit(1)) is None:
        return Turn(go, lease_until=until, wait=_next_due(unit, way.channel, now))
    kept = _pace_row(unit, way, now)
    pace = Pace(way.rate, kept["tokens"], kept["filled_at"]).now(_ms(now))
    if kept["rest_until"] is not None and kept["rest_until"] > now:
        return Turn(go, lease_until=until, wait=(kept["rest_until"] - now).total_seconds())
    # After a row of failures one message tries whether the other side is back.
    most = 1 if kept["failures"] else min(way.batch, pace.messages)
    if pace.messages < 1:
        return Turn(go, lease_until=until, wait=pace.seconds_until(max(1, way.batch // 2)))
    rows = _first(unit, way.channel, most, now)
    fence = kept["fence"] + 1
    free = _judged(unit, rows, now, held_out)
    _take_tokens(unit, way, kept, pace.without(len(free)), fence)
    _claim(unit, [row["id"] for row in free], fence, until, worker, now)
    known = names(unit, [row["person_id"] for row in free])
    claimed = tuple(
        {**row, "fence": fence, "person_id": known.now(row["person_id"])} for row in free
    )
    return Turn(go, claimed, until, wait=0.0)


def _due(channel: str, now: datetime) -> Select[str]:
    return select(sending.c.id).where(
        sending.c.state == "planned", sending.c.channel == channel, sending.c.not_before <= now
    )


def _next_due(unit: Unit, channel: str, now: datetime) -> float | None:
    """Seconds until a message is due, or until the lease of one that was begun is over."""
    mine = sending.c.channel == channel
    planned = select(func.min(sending.c.not_before)).where(mine, sending.c.state == "planned")
    begun = sending.c.state.in_(("claimed", "handing_over"))
    leased = select(func.min(sending.c.lease_until)).where(mine, begun)
    moments = [each for each in (unit.value(planned), unit.value(leased)) if each is not None]
    return max(0.05, (min(moments) - now).total_seconds()) if moments else None


def _first(unit: Unit, channel: str, most: int, now: datetime) -> list[Row]:
    """The first that are due; rows another worker holds just now are passed over."""
    rows: list[Row] = []
    for purpose in FIRST:
        if len(rows) < most:
            query = (
                select(*LIGHT, sending.c.told)
                .where(
                    sending.c.state == "planned",
                    sending.c.channel == channel,
                    sending.c.purpose == purpose,
                    sending.c.not_before <= now,
                )
                .order_by(sending.c.value.desc(), sending.c.id)
                .limit(most - len(rows))
                .with_for_update(skip_locked=True)
            )
            rows += unit.rows(query)
    return rows


def _judged(unit: Unit, rows: Sequence[Row], now: datetime, held_out: HeldOut) -> list[Row]:
    """Those that may go now; what never may is ended, what may later waits."""
    free, held = [], _held(unit, rows, held_out)
    wanted = [_wanted(row, held) for row in rows]
    for row, verdict in zip(rows, judge(unit, wanted, now), strict=True):
        if verdict.goes:
            free.append(row)
        else:
            _hold(unit, row, verdict, now)
    return free


def _held(unit: Unit, rows: Sequence[Row], held_out: HeldOut) -> Set[str]:
    """Of those to whom something would be sold, the held out, under the ids in the rows."""
    people = [row["person_id"] for row in rows if row["purpose"] == "marketing"]
    if not people:
        return frozenset()
    known = names(unit, people)
    held = held_out([known.now(person) for person in people])
    return {person for person in people if known.now(person) in held}


def _hold(unit: Unit, row: Row, verdict: Verdict, now: datetime) -> None:
    free = update(sending).where(
        sending.c.id == row["id"], sending.c.state.in_(("planned", "claimed"))
    )
    loose = {"owner": None, "lease_until": None, "at": now}
    if verdict.until is not None:
        waits = {"state": "planned", "not_before": verdict.until, "reason": verdict.rule}
        unit.change(free.values(**waits, **loose))
        return
    late = verdict.rule == "late"
    state, rule = ("expired", None) if late else ("suppressed", verdict.rule)
    if unit.change(free.values(state=state, rule=rule, reason=verdict.rule, **loose)) == 1:
        _tell(unit, [(row, state, verdict.rule)], now)


def _pace_row(unit: Unit, way: Way, now: datetime) -> Row:
    """The channel's row, held until the end of the transaction; a new one is full."""
    query = select(post_pace).where(post_pace.c.channel == way.channel).with_for_update()
    row = unit.first(query)
    if row is None:
        full = Pace(way.rate, 0, 0).most
        fresh = {"channel": way.channel, "tokens": full, "filled_at": _ms(now), "fence": 0}
        unit.add_new(post_pace, {**fresh, "failures": 0, "rest_until": None, "why": None})
        row = unit.first(query)
    if row is None:
        raise HuitouError(f"the pace of {way.channel} cannot be kept")
    return row


def _take_tokens(unit: Unit, way: Way, kept: Row, pace: Pace, fence: int) -> None:
    """Conditional on the number nobody else has counted up since: tokens are taken once."""
    mine = update(post_pace).where(
        post_pace.c.channel == way.channel, post_pace.c.fence == kept["fence"]
    )
    if unit.change(mine.values(tokens=pace.tokens, filled_at=pace.at, fence=fence)) != 1:
        raise Refused("another worker claimed at the same moment", to_try="the same again")


def _claim(
    unit: Unit, ids: Sequence[str], fence: int, until: datetime, worker: str, now: datetime
) -> None:
    if not ids:
        return
    free = update(sending).where(sending.c.id.in_(ids), sending.c.state == "planned")
    held = {"state": "claimed", "fence": fence, "lease_until": until, "owner": worker, "at": now}
    if unit.change(free.values(**held)) != len(ids):
        raise Refused("another worker claimed the same", to_try="the same again")


# -- marking


def _mark(
    unit: Unit, way: Way, ready: Sequence[Ready], now: datetime, held_out: HeldOut
) -> frozenset[str]:
    """Mark what may still go, as durable as the transaction; ids of what was marked."""
    if not ready:
        return frozenset()
    by_id = {each.id: each for each in ready}
    claimed = (sending.c.id.in_(list(by_id)), sending.c.state == "claimed")
    query = select(*LIGHT, sending.c.told).where(*claimed)
    mine = [
        row for row in unit.rows(query.with_for_update()) if row["fence"] == by_id[row["id"]].fence
    ]
    _set_aside(unit, [row for row in mine if by_id[row["id"]].later], by_id, now)
    kept_in = [row for row in mine if by_id[row["id"]].rule]
    for row in kept_in:
        _hold(unit, row, Verdict(by_id[row["id"]].rule), now)
    whole = [row for row in mine if not by_id[row["id"]].rule and not by_id[row["id"]].later]
    free = [
        row for row in _judged(unit, whole, now, held_out) if _grant_used(unit, row, by_id, now)
    ]
    begun = {
        "state": "handing_over",
        "attempt": sending.c.attempt + 1,
        "lease_until": now + way.lease,
        "reason": None,
        "at": now,
    }
    for fence in {row["fence"] for row in free}:
        ids = [row["id"] for row in free if row["fence"] == fence]
        held = sending.c.id.in_(ids), sending.c.state == "claimed", sending.c.fence == fence
        if unit.change(update(sending).where(*held).values(**begun)) != len(ids):
            raise Refused("another worker marked the same", to_try="the same again")
    return frozenset(row["id"] for row in free)


def _set_aside(unit: Unit, rows: Sequence[Row], by_id: Mapping[str, Ready], now: datetime) -> None:
    """What cannot be written yet waits an hour, without an attempt."""
    for row in rows:
        held = update(sending).where(sending.c.id == row["id"], sending.c.state == "claimed")
        free = {"state": "planned", "stage": "template", "owner": None, "lease_until": None}
        again = now + timedelta(hours=1)
        unit.change(held.values(**free, not_before=again, reason=by_id[row["id"]].later, at=now))


def _put_back(unit: Unit, ready: Sequence[Ready], now: datetime) -> None:
    """A stop: what was claimed and not begun is free again."""
    for each in ready:
        held = update(sending).where(
            sending.c.id == each.id, sending.c.state == "claimed", sending.c.fence == each.fence
        )
        unit.change(held.values(state="planned", owner=None, lease_until=None, at=now))


# -- what came of it


def _write_down(unit: Unit, way: Way, done: Sequence[Done], now: datetime) -> None:
    if not done:
        return
    by_id = {each.id: each for each in done}
    query = select(*LIGHT).where(sending.c.id.in_(list(by_id))).with_for_update()
    changed: list[Row] = []
    told: list[tuple[Row, str, str | None]] = []
    for row in unit.rows(query):
        each = by_id[row["id"]]
        if row["fence"] != each.fence or row["state"] not in ("handing_over", "in_doubt"):
            continue
        new = _after(row, each.handed, now)
        if new is None:
            continue
        changed.append({"b_id": row["id"], "b_fence": each.fence, **new})
        if new["state"] != "planned":
            told.append((row, new["state"], each.handed.outcome.reason))
        elif row["channel"] == "wechat":
            _grant_back(unit, row)
    if changed:
        mine = (
            update(sending)
            .where(
                sending.c.id == bindparam("b_id"),
                sending.c.fence == bindparam("b_fence"),
                or_(sending.c.state == "handing_over", sending.c.state == "in_doubt"),
            )
            .values({name: bindparam(f"n_{name}") for name in WRITTEN})
        )
        rows = [
            {"b_id": row["b_id"], "b_fence": row["b_fence"]}
            | {f"n_{name}": row[name] for name in WRITTEN}
            for row in changed
        ]
        unit.execute(mine, rows)
    _tell(unit, told, now)
    _rest_or_wake(unit, way, [each.handed for each in done], now)


WRITTEN = (
    "state", "stage", "reason", "reference", "attempt", "not_before", "settled_by", "at",
    "owner", "lease_until",
)  # fmt: skip


def _after(row: Row, handed: Handed, now: datetime) -> Row | None:
    """What stands in the row afterwards; None: it stays as it is."""
    outcome, tried = handed.outcome, row["attempt"] - handed.ours
    state, again = _state(row, handed, tried), row["not_before"]
    if row["state"] == "in_doubt" and state not in ("accepted", "refused"):
        return None  # somebody took us for dead and wrote down the doubt: it stays
    if state == "planned":
        wait = timedelta(seconds=handed.wait) if handed.wait else pause(row["id"], tried)
        again = now if outcome.stage == "waiting" else now + wait
    return {
        "state": state,
        "stage": outcome.stage,
        "reason": outcome.reason,
        "reference": handed.reference or row["reference"],
        "attempt": tried,
        "not_before": again,
        "settled_by": f"{row['channel']} itself" if row["state"] == "in_doubt" else None,
        "at": now,
        "owner": None,
        "lease_until": None,
    }


def _state(row: Row, handed: Handed, tried: int) -> str:
    end = handed.outcome.end
    if end is End.ACCEPTED:
        return "accepted"
    if end is End.REFUSED:
        return "refused"
    if end is End.IN_DOUBT and not (repeats(row["channel"], row["purpose"]) and tried < TRIES):
        return "in_doubt"
    return "refused" if tried >= TRIES and not handed.ours else "planned"


def _rest_or_wake(unit: Unit, way: Way, handed: Sequence[Handed], now: datetime) -> None:
    """A channel whose other side cannot be reached rests, longer each time; a success wakes it."""
    begun = [each for each in handed if each.outcome.stage != "waiting"]
    ours = next((each for each in begun if each.ours or each.wait), None)
    mine = post_pace.c.channel == way.channel
    if ours is not None:
        failures = int(unit.value(select(post_pace.c.failures).where(mine)) or 0) + 1
        wait = timedelta(seconds=min(ours.wait, 3600)) if ours.wait else rest(failures)
        told = {"failures": failures, "rest_until": now + wait, "why": ours.outcome.reason}
        unit.change(update(post_pace).where(mine).values(**told))
    elif begun:
        woken = update(post_pace).where(mine, post_pace.c.failures > 0)
        unit.change(woken.values(failures=0, rest_until=None, why=None))


# -- what is old


def _look_after_leases(unit: Unit, channel: str, now: datetime) -> None:
    """What was begun under a lease that ran out."""
    mine = sending.c.channel == channel
    over = select(*LIGHT).where(
        mine,
        sending.c.state.in_(("claimed", "handing_over")),
        sending.c.lease_until < now,
    )
    old = unit.rows(over.limit(RUNS_OUT).with_for_update(skip_locked=True))
    free = [row["id"] for row in old if row["state"] == "claimed"]
    repeated = [row["id"] for row in old if row["state"] == "handing_over" and _again(row)]
    begun = [row for row in old if row["state"] == "handing_over" and not _again(row)]
    loose = {"owner": None, "lease_until": None, "at": now}
    if free + repeated:
        back = update(sending).where(sending.c.id.in_(free + repeated))
        unit.change(back.values(state="planned", **loose))
    if begun:
        doubted = update(sending).where(sending.c.id.in_([row["id"] for row in begun]))
        unit.change(doubted.values(state="in_doubt", reason=CUT_OFF, **loose))
        _tell(unit, [(row, "in_doubt", CUT_OFF) for row in begun], now)


def _look_after_late(unit: Unit, channel: str, now: datetime) -> None:
    """Messages whose last day has passed."""
    late = select(*LIGHT).where(
        sending.c.channel == channel, sending.c.state == "planned", sending.c.not_after <= now
    )
    rows = unit.rows(late.limit(RUNS_OUT).with_for_update(skip_locked=True))
    if rows:
        ended = update(sending).where(sending.c.id.in_([row["id"] for row in rows]))
        unit.change(ended.values(state="expired", reason="late", at=now))
        _tell(unit, [(row, "expired", "late") for row in rows], now)


CUT_OFF = "whoever handed it over was cut off"


def _again(row: Row) -> bool:
    return repeats(row["channel"], row["purpose"]) and row["attempt"] < TRIES


def _tell(unit: Unit, ends: Sequence[tuple[Row, str, str | None]], now: datetime) -> None:
    tell(
        unit,
        [
            Event(
                f"sending.{state}",
                f"sending:{row['id']}:{state}",
                now,
                {
                    "sending_id": row["id"],
                    "person_id": row["person_id"],
                    "origin": row["origin"],
                    "origin_id": row["origin_id"],
                    "channel": row["channel"],
                    "purpose": row["purpose"],
                    "template": row["template"],
                    "reason": reason or "",
                },
            )
            for row, state, reason in ends
        ],
    )


# -- grants: one grant, one message


def grant(
    unit: Unit, given_id: str, openid: str, template_id: str, times: int, now: datetime
) -> bool:
    """A person allowed `times` more messages; whether it was news: the same id counts once."""
    if not 1 <= times <= 100 or not openid or not template_id:
        raise BadInput("a grant needs an openid, a template and 1 to 100 times")
    row = {"id": given_id, "openid": openid, "template_id": template_id, "times": times, "at": now}
    if not unit.add_new(wechat_granted, row):
        return False
    theirs = {"openid": openid, "template_id": template_id}
    unit.add_new(wechat_grant, {**theirs, "granted": 0})
    more = update(wechat_grant).where(_grant(openid, template_id))
    unit.change(more.values(granted=wechat_grant.c.granted + times))
    return True


def granted(unit: Unit, openid: str, template_id: str) -> int:
    """How many messages are still allowed."""
    return int(unit.value(select(wechat_grant.c.granted).where(_grant(openid, template_id))) or 0)


def forget_grants(unit: Unit, people: Sequence[str]) -> int:
    """Take away what these people allowed on WeChat: an openid says who they are; how many."""
    rows = unit.rows(
        select(sending.c.told, sending.c.reference).where(
            sending.c.person_id.in_(people), sending.c.channel == "wechat"
        )
    )
    told = {(row["told"].get("to") or {}).get("openid") for row in rows}
    used = {(row["reference"] or "").partition("\n")[0] for row in rows}
    theirs = sorted(each for each in told | used if each)
    unit.change(delete(wechat_grant).where(wechat_grant.c.openid.in_(theirs)))
    return unit.change(delete(wechat_granted).where(wechat_granted.c.openid.in_(theirs)))


def _grant(openid: str, template_id: str) -> ColumnElement[bool]:
    return (wechat_grant.c.openid == openid) & (wechat_grant.c.template_id == template_id)


def _grant_used(unit: Unit, row: Row, by_id: Mapping[str, Ready], now: datetime) -> bool:
    """Use up the grant the message needs, in the transaction of its mark."""
    wanted = by_id[row["id"]].grant
    if wanted is None:
        return True
    left = update(wechat_grant).where(_grant(*wanted), wechat_grant.c.granted >= 1)
    if unit.change(left.values(granted=wechat_grant.c.granted - 1)) == 1:
        unit.change(
            update(sending).where(sending.c.id == row["id"]).values(reference="\n".join(wanted))
        )
        return True
    _hold(unit, row, Verdict("no_grant"), now)
    return False


def _grant_back(unit: Unit, row: Row) -> None:
    """It surely did not arrive: the grant is still there."""
    openid, _, template_id = (row["reference"] or "").partition("\n")
    if template_id:
        back = update(wechat_grant).where(_grant(openid, template_id))
        unit.change(back.values(granted=wechat_grant.c.granted + 1))


# -- stopping


def stop(unit: Unit, by: str, why: str, now: datetime) -> None:
    """Nothing more is claimed or begun by anybody."""
    unit.add(post_stop, [{"stopped": True, "by": by, "why": why, "at": now}])
    tell(unit, [Event("post.stopped", f"post.stopped:{now.isoformat()}", now, {"by": by})])


def go(unit: Unit, by: str, now: datetime) -> None:
    """Sending goes on. Raises `Refused` where nothing was stopped."""
    if not stopped(unit):
        raise Refused("nothing is stopped", to_try="huitou send")
    unit.add(post_stop, [{"stopped": False, "by": by, "why": "", "at": now}])
    tell(unit, [Event("post.went_on", f"post.went_on:{now.isoformat()}", now, {"by": by})])


def stopped(unit: Unit) -> Row | None:
    """Who stopped everything, when and why; None while it goes."""
    latest = unit.first(select(post_stop).order_by(post_stop.c.id.desc()).limit(1))
    return latest if latest is not None and latest["stopped"] else None


# -- looking


def counted(unit: Unit) -> dict[str, dict[str, int]]:
    """channel -> state -> how many."""
    query = select(sending.c.channel, sending.c.state, func.count().label("n"))
    found: dict[str, dict[str, int]] = {}
    for row in unit.rows(query.group_by(sending.c.channel, sending.c.state)):
        found.setdefault(row["channel"], {})[row["state"]] = row["n"]
    return found


def finished(unit: Unit, origin: str, origin_id: str) -> bool:
    """Whether every message of one occasion has its one end; what was only fetched has none."""
    query = (
        select(func.count())
        .select_from(sending)
        .where(
            sending.c.origin == origin,
            sending.c.origin_id == origin_id,
            sending.c.state.in_(("planned", "claimed", "handing_over")),
        )
    )
    return not unit.value(query)


def paces(unit: Unit) -> dict[str, Row]:
    """channel -> its pace, as it was kept last."""
    return {row["channel"]: row for row in unit.rows(select(post_pace))}


def listed(
    unit: Unit,
    *,
    state: str | None = None,
    channel: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Messages, the latest change first; `after` is the last one seen."""
    query = select(sending)
    if state is not None:
        query = query.where(sending.c.state == state)
    if channel is not None:
        query = query.where(sending.c.channel == channel)
    if after is not None:
        at, last = after
        query = query.where(or_(sending.c.at < at, (sending.c.at == at) & (sending.c.id < last)))
    return unit.rows(query.order_by(sending.c.at.desc(), sending.c.id.desc()).limit(limit))


def in_doubt(unit: Unit, limit: int = 1000) -> list[Row]:
    """Every message whose end nobody knows, the oldest first."""
    query = select(sending).where(sending.c.state == "in_doubt")
    return unit.rows(query.order_by(sending.c.at, sending.c.id).limit(limit))


def find(unit: Unit, sending_id: str) -> Row:
    """One message, by its id or the beginning of it that nobody shares."""
    query = select(sending).where(sending.c.id.startswith(sending_id, autoescape=True)).limit(2)
    rows = unit.rows(query)
    if len(rows) != 1 or len(sending_id) < 6:
        raise HuitouError(f"there is no one message {sending_id!r}", to_try="huitou sending list")
    return rows[0]


def settle(unit: Unit, sending_id: str, *, arrived: bool, by: str, now: datetime) -> Row:
    """Somebody found out what became of a message in doubt. It is never sent again either way.

    Raises `Refused` where nothing was in doubt.
    """
    row = find(unit, sending_id)
    state = "accepted" if arrived else "refused"
    doubted = update(sending).where(sending.c.id == row["id"], sending.c.state == "in_doubt")
    if unit.change(doubted.values(state=state, settled_by=by, at=now)) != 1:
        raise Refused(f"the message {sending_id} is not in doubt", to_try="huitou sending doubt")
    _tell(unit, [(row, state, f"settled by {by}")], now)
    return {**row, "state": state, "settled_by": by, "at": now}


def check(unit: Unit) -> list[str]:
    """What is wrong with the outbox, in words; nothing where all is well (I-9)."""
    query = select(sending.c.id).where(
        sending.c.state == "handing_over", sending.c.lease_until.is_(None)
    )
    return [f"{row['id']} is being handed over without a lease" for row in unit.rows(query)]


def due_people(unit: Unit, channel: str, now: datetime, limit: int = 20_000) -> list[str]:
    """The people the next messages go to, those first whose turn comes first."""
    rank = case({purpose: place for place, purpose in enumerate(FIRST)}, value=sending.c.purpose)
    query = (
        select(sending.c.person_id)
        .where(
            sending.c.state == "planned",
            sending.c.channel == channel,
            sending.c.not_before <= now,
        )
        .order_by(rank, sending.c.value.desc(), sending.c.id)
        .limit(limit)
    )
    found = [row["person_id"] for row in unit.rows(query)]
    known = names(unit, found)
    return list(dict.fromkeys(known.now(person) for person in found))


def _wanted(row: Row, held_out: Set[str]) -> Wanted:
    return Wanted(
        row["id"],
        row["person_id"],
        row["channel"],
        row["purpose"],
        row["value"],
        row["not_after"],
        held_out=row["purpose"] == "marketing" and row["person_id"] in held_out,
        by_traits=is_individual(row["told"]),
    )


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // MS
