"""Referral: who came by a link and bought, who only seems to be a friend, and what both get."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from huitou.care.consents import book as consents
from huitou.care.consents import kinds
from huitou.decisions.holdout import Holdout
from huitou.identity.book import names
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.loyalty import book as loyalty
from huitou.loyalty.referrals import book
from huitou.loyalty.referrals.rules import (
    RULES,
    ReferralRules,
    Seen,
    no_friend,
    one_address,
)
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

COLUMNS = ["person_id", "order_id", "day", "amount", "is_return", "address"]


@dataclass(frozen=True)
class Order:
    """One order of a friend, with all its lines."""

    id: str
    day: date
    amount: int
    is_purchase: bool


def settle(work: Work, unit: Unit) -> Result:
    """Look at everybody who came by a link: caught, still waiting, bought, or rewarded."""
    rules = RULES.read(work.home)
    rows = book.open_ones(unit)
    if not rules.on or not rows:
        return {"rows": 0}
    found: Counter[str] = Counter()
    for row in rows:
        found[_one(work, unit, row, rules)] += 1
    return {"rows": found["rewarded"], **found}


def _one(work: Work, unit: Unit, row: Row, rules: ReferralRules) -> str:
    people = _people(work, unit, row)
    if not people:
        over = row["at"] + timedelta(days=rules.wait_days) <= work.now
        return "over" if over and book.forget(unit, row, work.now) else "waits"
    lines = _lines(work, people)
    friend = _friend(people, lines)
    if (why := _caught(work, unit, row, people, lines)) is not None:
        book.catch(unit, row, why, friend, work.now)
        return "caught"
    mine = [line for line in lines if line["person_id"] == friend]
    order = _kept(_orders(mine), sum(line["amount"] for line in mine), rules.least)
    if order is None:
        return "returned" if book.brought_back(unit, row, work.now) else "waits"
    if book.bought(unit, row, friend, order.id, order.day, work.now):
        _agreed(unit, row, friend, work)
    if order.day + timedelta(days=rules.kept_days) > work.day:
        return "bought"
    row = book.the_referral(unit, row["id"])
    told = book.reward(unit, row, rules, f"{work.day:%Y-%m}", work.now)
    if told == "rewarded":
        _thank(work, unit, row)
    return told


def _agreed(unit: Unit, row: Row, friend: str, work: Work) -> None:
    """What they agreed to on the page, now that it is known who they are: word of their reward.

    It is no yes to being sold anything, and goes into no other purpose.
    """
    wording = kinds.Wording("friend", row["language"], row["consent"])
    proof = kinds.Proof(language=row["language"], told={"referral": row["id"]})
    for kind, channel in (("email", "email"), ("phone", "sms")):
        if row[kind]:
            consents.give(
                unit, friend, channel, "service", source="friend", wording=wording,
                now=work.now, at=row["at"], proof=proof,
            )  # fmt: skip


def _people(work: Work, unit: Unit, row: Row) -> set[str]:
    """Everybody who is known by what the friend left."""
    keys = [f"{kind}:{row[kind]}" for kind in ("phone", "email") if row[kind]]
    found = work.edition.table("keys", only=("key", keys))["person_id"].to_pylist()
    known = names(unit, found)
    return {known.now(person) for person in found}


def _lines(work: Work, people: set[str]) -> list[dict[str, Any]]:
    lines = work.edition.table("lines", COLUMNS, only=("person_id", sorted(people)))
    found: list[dict[str, Any]] = lines.to_pylist()
    return [line for line in found if line["day"] <= work.day]


def _friend(people: set[str], lines: list[dict[str, Any]]) -> str:
    """Of a household with one phone whoever bought last for the first time is the newcomer."""
    first: dict[str, date] = {}
    for line in lines:
        who = line["person_id"]
        first[who] = min(first.get(who, line["day"]), line["day"])
    return max(sorted(people), key=lambda person: first.get(person, date.max))


def _caught(
    work: Work, unit: Unit, row: Row, people: set[str], lines: list[dict[str, Any]]
) -> str | None:
    """Why it is no friend; None where it is one, or where a person looked and said so."""
    giver = names(unit, [row["giver_id"]]).now(row["giver_id"])
    came = row["at"].astimezone(work.settings.zone).date()
    seen = Seen(
        people=people,
        known_before=any(line["day"] < came for line in lines),
        brought_before=book.brought(unit, sorted(people), besides=row["id"]),
        addresses=_addresses(lines),
    )
    theirs = _addresses(_lines(work, {giver}))
    why = no_friend(giver, theirs, book.ancestors(unit, giver), seen)
    return None if row["settled_by"] is not None and why != "self" else why


def _addresses(lines: list[dict[str, Any]]) -> set[str]:
    return {one_address(line["address"]) for line in lines if line["address"]} - {""}


def _orders(lines: list[dict[str, Any]]) -> list[Order]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault(line["order_id"], []).append(line)
    orders = [
        Order(
            order_id,
            min(line["day"] for line in theirs),
            sum(line["amount"] for line in theirs),
            not any(line["is_return"] for line in theirs),
        )
        for order_id, theirs in found.items()
    ]
    return sorted(orders, key=lambda each: (each.day, each.id))


def _kept(orders: list[Order], net: int, least: int) -> Order | None:
    """The first order that was not brought back, also not under a number of its own."""
    enough = max(1, least)
    kept = [each for each in orders if each.is_purchase and each.amount >= enough]
    return kept[0] if kept and net >= enough else None


def _thank(work: Work, unit: Unit, row: Row) -> None:
    """Tell both; who is held out by lot is told nothing, and has their reward all the same."""
    held = Holdout.of_the_year(work.settings.salt, work.settings.holdout_share, work.day)
    wishes = []
    for given in book.rewards(unit, row["id"]):
        wish = _wish(work, unit, row, given, held)
        wishes += [wish] if wish is not None else []
    sendings.ask(unit, wishes, work.now)


def _wish(work: Work, unit: Unit, row: Row, given: Row, held: Holdout) -> Wish | None:
    person = given["person_id"]
    keys = work.edition.table("holders", only=("person_id", [person])).to_pylist()
    channel = _channel(work, person)
    if not keys or held.holds(keys[0]["hold_key"]) or channel is None:
        return None
    offer = loyalty.offered(unit, given["reference"])
    told = {"points" if given["kind"] == "points" else "worth": given["amount"]}
    if offer is not None:
        last = offer["ends_at"].astimezone(work.settings.zone).date()
        told |= {"code": offer["code"], "ends_on": last.isoformat()}
    return Wish(
        "referral",
        f"{row['id'][:40]}:{given['side']}",
        person,
        channel,
        "service",
        f"referral_{given['side']}",
        told,
        not_after=offer["ends_at"] if offer is not None else None,
    )


def _channel(work: Work, person: str) -> str | None:
    """How they may be reached: by e-mail, else by text, else on paper."""
    table = work.edition.table(
        f"customers_{work.day}",
        ["person_id", "has_email", "has_phone"],
        only=("person_id", [person]),
    )
    for each in table.to_pylist():
        if each["has_email"]:
            return "email"
        if each["has_phone"]:
            return "sms"
    return None
