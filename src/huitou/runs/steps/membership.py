"""Paid cards, each day: ends what is over, tells who must be told, gives back the year's part."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from huitou.identity.book import names
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.loyalty.membership import book, cards
from huitou.loyalty.membership.book import Done
from huitou.loyalty.membership.cards import Rules
from huitou.loyalty.points import book as points
from huitou.runs import yearly
from huitou.runs.reached import reaches
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

BY = "huitou"


def look_after(work: Work, unit: Unit) -> Result:
    """What is due of all cards. Their members are told though held out: it is their own card."""
    rules = cards.RULES.read(work.home, work.settings.money)
    done = Done(work.now.astimezone(work.settings.zone).date(), BY, work.now)
    ended = book.close_due(unit, rules, done)
    told = _tell(work, unit, rules, done)
    return {"rows": ended + told, "noticed": told, "back": _give_back(work, unit, rules, done)}


def _tell(work: Work, unit: Unit, rules: Rules, done: Done) -> int:
    """Notice before a card ends; who can be reached by no way is on the page of cards."""
    due = book.to_notice(unit, rules, done.on)
    known = names(unit, [row["person_id"] for row in due])
    reached = reaches(work.edition, work.day, [known.now(row["person_id"]) for row in due])
    told = 0
    for row in due:
        person = known.now(row["person_id"])
        reach = reached.get(person)
        if reach is None or reach.way is None:
            continue
        sendings.ask(unit, [_notice(row, person, reach.way, rules, work.now)], work.now)
        told += book.noticed(unit, row, done)
    return told


def _notice(row: Row, person: str, way: str, rules: Rules, now: datetime) -> Wish:
    told = {
        "card": row["card"],
        "ends_on": row["ends_on"].isoformat(),
        "fee": rules.card(row["card"]).fee,
        "standing_order": row["standing_order"],
    }
    return Wish(
        origin="membership",
        origin_id=f"ends:{row['id'][:40]}",
        person_id=person,
        channel=way,
        purpose="service",
        template="membership_ends",
        told=told,
        not_after=now + timedelta(days=max((row["ends_on"] - now.date()).days, 1)),
    )


def _give_back(work: Work, unit: Unit, rules: Rules, done: Done) -> int:
    """What comes back of the years that are over and whose orders are all known."""
    known_until = min(done.on, work.day)
    due = book.to_pay_back(unit, rules, known_until)
    if not due:
        return 0
    given = 0
    with work.lake.reading(work.edition) as connection:
        for row in due:
            people = names(unit, [row["person_id"]]).every([row["person_id"]])
            until = row["closed_on"] or row["ends_on"]
            late = None if book.followed(unit, row) else until + timedelta(days=rules.back_after)
            net = yearly.bought(connection, people, row["card_since"], until, late)
            amount = cards.comes_back(rules.card(row["card"]), net)
            if book.pay_back(unit, row, amount, done) and amount:
                _as_cashback(unit, row, amount, work.now)
                given += 1
    return given


def _as_cashback(unit: Unit, row: Row, amount: int, now: datetime) -> None:
    """Into the ledger where customers keep what they may spend."""
    holder = names(unit, [row["person_id"]]).now(row["person_id"])
    key = f"membership:{row['id']}"
    points.earn(unit, holder, "cashback", amount, key, now, why="membership")
