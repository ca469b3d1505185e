"""Links, friends, and their rewards: each friend once, each side once, so many a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint, new_id
from huitou.identity.book import names
from huitou.loyalty import book as loyalty
from huitou.loyalty.counting.book import Counted
from huitou.loyalty.points import book as points
from huitou.loyalty.referrals.rules import ReferralRules, Reward
from huitou.loyalty.referrals.tables import (
    referral,
    referral_contact,
    referral_count,
    referral_friend,
    referral_link,
    referral_reward,
)
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

MONTHLY = Counted(referral_count, "month")
"""Friends of one person that are rewarded in a month."""
MOST_WAITING = 200
"""Friends who may wait on one link: nobody has more, and whoever floods one has enough."""


def link(unit: Unit, person_id: str, by: str, now: datetime) -> Row:
    """A person's own link, made once; the oldest where two turned out to be one person."""
    known = names(unit, [person_id])
    theirs = referral_link.c.person_id.in_(known.every([person_id]))
    query = select(referral_link).where(theirs).order_by(referral_link.c.made_at)
    if (row := unit.first(query)) is None:
        made = {"token": new_id(), "person_id": known.now(person_id), "by": by, "made_at": now}
        unit.add_new(referral_link, made)
        row = unit.first(query)
    if row is None:
        raise Refused("the link could not be made")
    return row


def by_token(unit: Unit, token: str) -> Row | None:
    """The link a token opens; None for one that leads nowhere, or was closed."""
    row = unit.first(select(referral_link).where(referral_link.c.token == token[:40]))
    return row if row is not None and row["closed_at"] is None else None


def close(unit: Unit, token: str, now: datetime) -> bool:
    """The link leads nowhere from now on; friends who came by it stay. Whether it was open."""
    mine = referral_link.c.token == token
    closing = update(referral_link).where(mine, referral_link.c.closed_at.is_(None))
    return unit.change(closing.values(closed_at=now)) == 1


def close_all(unit: Unit, person_id: str, now: datetime) -> int:
    """No link of a person leads anywhere from now on; how many were open."""
    theirs = referral_link.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    closing = update(referral_link).where(theirs, referral_link.c.closed_at.is_(None))
    return unit.change(closing.values(closed_at=now))


def leave(
    unit: Unit,
    link_row: Row,
    name: str,
    phone: str | None,
    email: str | None,
    *,
    consent: str,
    language: str,
    now: datetime,
) -> bool:
    """A friend left a name and how to be reached; whether it was new.

    Who was brought before, by whatever link, is not brought again: nothing says so to them.
    """
    keys = [f"{kind}:{told}" for kind, told in (("phone", phone), ("email", email)) if told]
    taken = unit.rows(select(referral_contact).where(referral_contact.c.key.in_(keys)))
    waits = (referral.c.token == link_row["token"]) & (referral.c.state == "named")
    many = unit.value(select(func.count()).select_from(referral).where(waits))
    if taken or not keys or many >= MOST_WAITING:
        return False
    known = names(unit, [link_row["person_id"]])
    row = {
        "id": fingerprint("referral", link_row["token"], *sorted(keys)),
        "token": link_row["token"],
        "giver_id": known.now(link_row["person_id"]),
        "name": name,
        "phone": phone,
        "email": email,
        "language": language,
        "consent": consent,
        "state": "named",
        "at": now,
        "state_at": now,
    }
    if not unit.add_new(referral, row):
        return False
    for key in keys:
        unit.add_new(referral_contact, {"key": key, "referral_id": row["id"]})
    _tell(unit, row, "named", now)
    return True


def open_ones(unit: Unit) -> list[Row]:
    """Those that wait for an order or for its return window, the oldest first."""
    query = select(referral).where(referral.c.state.in_(("named", "bought")))
    return unit.rows(query.order_by(referral.c.at, referral.c.id))


def ancestors(unit: Unit, person_id: str) -> list[str]:
    """Who brought this person, who brought them, and so on, by today's ids."""
    known = names(unit)
    rows = unit.rows(
        select(referral_friend.c.friend_id, referral.c.giver_id).join(
            referral, referral.c.id == referral_friend.c.referral_id
        )
    )
    brought = {known.now(row["friend_id"]): known.now(row["giver_id"]) for row in rows}
    found: list[str] = []
    at = brought.get(known.now(person_id))
    while at is not None and at not in found:
        found.append(at)
        at = brought.get(at)
    return found


def brought(unit: Unit, people: Sequence[str], *, besides: str) -> bool:
    """Whether one of these people was brought already, by another referral."""
    theirs = names(unit, people).every(people)
    mine = referral_friend.c.friend_id.in_(theirs) & (referral_friend.c.referral_id != besides)
    return unit.value(select(referral_friend.c.friend_id).where(mine).limit(1)) is not None


def catch(unit: Unit, row: Row, why: str, friend_id: str, now: datetime) -> bool:
    """It is no friend: nothing is given, and a person looks at it."""
    return _move(unit, row, "caught", now, why=why, friend_id=friend_id)


def forget(unit: Unit, row: Row, now: datetime) -> bool:
    """They never bought within their time: what they left is let go of."""
    return _move(unit, row, "over", now)


def bought(unit: Unit, row: Row, friend_id: str, order_id: str, day: date, now: datetime) -> bool:
    """The friend's first order, which may still be brought back."""
    if row["state"] == "bought" and row["order_id"] == order_id:
        return False
    return _move(unit, row, "bought", now, friend_id=friend_id, order_id=order_id, order_day=day)


def brought_back(unit: Unit, row: Row, now: datetime) -> bool:
    """The order was returned: they wait for another."""
    back = {"order_id": None, "order_day": None}
    return row["state"] == "bought" and _move(unit, row, "named", now, **back)


def reward(unit: Unit, row: Row, rules: ReferralRules, month: str, now: datetime) -> str:
    """Give both sides theirs, once: `rewarded`; `limit` or `held` where it waits for later.

    Whatever is given already stays given: the same again goes on where it was.
    """
    giver = names(unit, [row["giver_id"]]).now(row["giver_id"])
    friend = names(unit, [row["friend_id"]]).now(row["friend_id"])
    if giver == friend:
        raise Refused("nobody is rewarded for bringing themselves")
    if not unit.add_new(referral_friend, {"friend_id": friend, "referral_id": row["id"]}):
        other = select(referral_friend.c.referral_id).where(referral_friend.c.friend_id == friend)
        if unit.value(other) != row["id"]:
            catch(unit, row, "known", friend, now)
            return "caught"
    if not _has(unit, row["id"], "giver") and not MONTHLY.one_more(
        unit, giver, month, rules.most_a_month
    ):
        return "limit"
    waits = False
    for side, person in (("giver", giver), ("friend", friend)):
        try:
            _give(unit, row, side, person, rules, now)
        except Refused:
            # What keeps one of them from theirs keeps it not from the other.
            waits = True
            if side == "giver":
                MONTHLY.one_back(unit, giver, month)
    if waits:
        return "held"
    _move(unit, row, "rewarded", now)
    return "rewarded"


def _give(
    unit: Unit, row: Row, side: str, person: str, rules: ReferralRules, now: datetime
) -> None:
    if _has(unit, row["id"], side):
        return
    wanted = rules.of(side)
    reference = f"referral:{row['id'][:40]}:{side}"
    kind = _points(unit, person, wanted, reference, now) or _offer(
        unit, person, wanted, reference, rules.most_held, now
    )
    given = {
        "referral_id": row["id"],
        "side": side,
        "person_id": person,
        "kind": kind,
        "amount": wanted.amount,
        "reference": reference,
        "at": now,
    }
    unit.add(referral_reward, [given])


def _points(unit: Unit, person: str, wanted: Reward, key: str, now: datetime) -> str | None:
    """Points; None where the shop gives an offer."""
    if wanted.kind != "points":
        return None
    points.gift(unit, person, "points", wanted.amount, key, now, why="a friend was brought")
    return "points"


def _offer(unit: Unit, person: str, wanted: Reward, key: str, most_held: int, now: datetime) -> str:
    terms = loyalty.Terms(
        loyalty.WHOLE, wanted.amount, now + timedelta(days=wanted.good_days), least=wanted.least
    )
    loyalty.make_offer(unit, key, person, terms, most_held, now)
    return "offer"


def _has(unit: Unit, referral_id: str, side: str) -> bool:
    mine = (referral_reward.c.referral_id == referral_id) & (referral_reward.c.side == side)
    return unit.value(select(referral_reward.c.side).where(mine)) is not None


def decide(unit: Unit, referral_id: str, by: str, now: datetime, *, is_friend: bool) -> Row:
    """A person looked at what was caught: it goes on as a friend, or ends.

    Raises `Refused` for one that was not caught, and for who brought themselves.
    """
    row = the_referral(unit, referral_id)
    if row["state"] != "caught":
        raise Refused("only what was caught is decided by hand")
    if is_friend and row["why"] == "self":
        raise Refused("nobody is rewarded for bringing themselves")
    if not _move(unit, row, "bought" if is_friend else "refused", now, settled_by=by):
        raise Refused("somebody else decided this a moment ago")
    return the_referral(unit, referral_id)


def the_referral(unit: Unit, referral_id: str) -> Row:
    """One referral. Raises `Refused` for none."""
    row = unit.first(select(referral).where(referral.c.id == referral_id))
    if row is None:
        raise Refused("there is no such referral", to_try="huitou referral list")
    return row


def rewards(unit: Unit, referral_id: str) -> list[Row]:
    """What was given for a referral, a row a side."""
    query = select(referral_reward).where(referral_reward.c.referral_id == referral_id)
    return unit.rows(query.order_by(referral_reward.c.side))


def latest(unit: Unit, state: str | None = None, limit: int = 100) -> list[Row]:
    """The newest referrals, all or those in a state."""
    query = select(referral).order_by(referral.c.at.desc(), referral.c.id).limit(limit)
    return unit.rows(query if state is None else query.where(referral.c.state == state))


def counted(unit: Unit) -> dict[str, int]:
    """How many referrals there are in each state, and how many links."""
    query = select(referral.c.state, func.count().label("n")).group_by(referral.c.state)
    states = ("named", "bought", "rewarded", "caught", "refused", "over")
    found = dict.fromkeys(states, 0) | {row["state"]: row["n"] for row in unit.rows(query)}
    links = unit.value(select(func.count()).select_from(referral_link))
    return {**found, "links": int(links or 0)}


def _move(unit: Unit, row: Row, state: str, now: datetime, **more: str | date | None) -> bool:
    mine = update(referral).where(referral.c.id == row["id"], referral.c.state == row["state"])
    if unit.change(mine.values(state=state, state_at=now, **more)) != 1:
        return False
    _tell(unit, {**row, **more}, state, now)
    return True


def _tell(unit: Unit, row: Row, state: str, now: datetime) -> None:
    body = {"person_id": row["giver_id"], "referral_id": row["id"], "why": row.get("why")}
    tell(unit, [Event(f"referral.{state}", f"referral.{state}:{row['id']}", now, body)])
