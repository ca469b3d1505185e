"""Which cards are sold, and by which rules; and the arithmetic of a term. No book, no clock.

A term is a year of one card, from `starts_on` to `ends_on` (the first day that is not paid for).
All amounts are minor units. Rests of pro rata fall to the member; what comes back is rounded down.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from huitou.ground.errors import HuitouError
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

DAYS = ("notice_days", "grace_days", "whole_days", "back_after")
REFUNDS = ("unused", "none")
OFFERED_WHEN = ("member", "both")
PRIVILEGES = ("free_delivery", "member_price", "extra_menu", "early_access")


@dataclass(frozen=True)
class Card:
    """One card that is sold."""

    name: str
    fee: int
    back: float
    privileges: tuple[str, ...] = ()
    worth: int = 0
    """What its privileges are worth to a member in a year."""
    costs: int = 0
    """What its privileges cost the shop in a year."""


@dataclass(frozen=True)
class Rules:
    """What the merchant decided about paid cards; the plainer card first."""

    cards: tuple[Card, ...]
    on: bool = False
    notice_days: int = 30
    grace_days: int = 14
    whole_days: int = 14
    refund: str = "unused"
    back_after: int = 30
    offer_when: str = "member"
    lift: float = 0.0
    sure: float = 0.6

    def card(self, name: str) -> Card:
        """One card by its name; an error in words for another."""
        for each in self.cards:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.cards)
        raise HuitouError(f"there is no card {name!r}", to_try=f"one of: {known}")

    def above(self, name: str) -> Card | None:
        """The next dearer card, or None."""
        fee = self.card(name).fee
        dearer = [each for each in self.cards if each.fee > fee]
        return min(dearer, key=lambda each: each.fee) if dearer else None


def year_after(day: date) -> date:
    """The same day a year later; 28 February follows a 29th."""
    last = calendar.monthrange(day.year + 1, day.month)[1]
    return day.replace(year=day.year + 1, day=min(day.day, last))


@dataclass(frozen=True)
class Term:
    """A year of a card, and what was paid for it in all."""

    card: str
    starts_on: date
    ends_on: date
    paid: int

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.ends_on - self.starts_on).days

    def left(self, on: date) -> int:
        """Days that are not used yet, this one among them."""
        return min(max((self.ends_on - on).days, 0), self.days)

    def unearned(self, on: date) -> int:
        """Of what was paid, the part of the days that are left; rounded up."""
        return -(-self.paid * self.left(on) // self.days)


def upgrade_price(term: Term, old: Card, new: Card, on: date) -> int:
    """What a dearer card costs for the rest of the term; rounded down."""
    if new.fee <= old.fee:
        raise HuitouError(f"{new.name} is not above {old.name}", to_try="choose it at renewal")
    return (new.fee - old.fee) * term.left(on) // term.days


def refund(term: Term, rules: Rules, on: date) -> int:
    """What is paid back to somebody who gives the card back on this day."""
    if on < term.starts_on + timedelta(days=rules.whole_days):
        return term.paid
    return term.unearned(on) if rules.refund == "unused" else 0


def comes_back(card: Card, bought: int) -> int:
    """Of what they bought, less returns, the part that comes back; never below zero."""
    return max(int(Decimal(bought) * Decimal(str(card.back))), 0)


def standing(ends_on: date, state: str, rules: Rules, on: date) -> str:
    """running, grace or ended: privileges hold in the first two."""
    if state != "running":
        return "ended"
    if on < ends_on:
        return "running"
    return "grace" if on < ends_on + timedelta(days=rules.grace_days) else "ended"


def parse(values: Mapping[str, Any], currency: str) -> Rules:
    """Rules out of TOML. Raises `BadRule` for the first thing that cannot be."""
    told = Told(values)
    told.only("card", "on", "refund", "offer_when", "lift", "sure", *DAYS)
    days = {name: told.whole(name, getattr(Rules, name), 0, 366) for name in DAYS}
    made = Rules(
        _cards(told, currency),
        on=told.truth("on", Rules.on),
        refund=told.one_of("refund", REFUNDS, Rules.refund),
        offer_when=told.one_of("offer_when", OFFERED_WHEN, Rules.offer_when),
        lift=told.number("lift", Rules.lift, 0, 5),
        sure=told.number("sure", Rules.sure, 0, 1),
        **days,
    )
    if made.on and made.notice_days < 1:
        words = said("a card is never renewed without notice: notice_days is 1 or more")
        raise told.wrong("notice_days", words, "notice_days = 30")
    return made


def _cards(told: Told, currency: str) -> tuple[Card, ...]:
    tables = told.tables("card", 20)
    if not tables:
        raise told.wrong("on", said("there is one card at least"), "[[card]]")
    cards = tuple(_card(each, currency) for each in tables)
    for at in range(1, len(cards)):
        if cards[at].name in {each.name for each in cards[:at]}:
            raise tables[at].wrong("name", said("two are called {name}", name=cards[at].name))
        if cards[at].fee <= cards[at - 1].fee:
            words = said("the plainer card comes first, and no two cost the same")
            raise tables[at].wrong("fee", words)
    return cards


def _card(told: Told, currency: str) -> Card:
    told.only(*Card.__dataclass_fields__)
    name = told.text("name", None, 20)
    if not name.isidentifier():
        raise told.must("name", said("letters without a blank, at most 20"), 'name = "plain"')
    privileges = told.texts("privileges")
    if strange := set(privileges) - set(PRIVILEGES):
        words = said("there is no privilege {name}", name=min(strange))
        raise told.wrong("privileges", words, f"some of: {', '.join(PRIVILEGES)}")
    fee = told.amount("fee", currency)
    if fee <= 0:
        raise told.wrong("fee", said("the card {name} costs something", name=name), 'fee = "60"')
    worth, costs = (told.amount(each, currency) for each in ("worth", "costs"))
    return Card(name, fee, told.number("back", 0.0, 0, 0.5), privileges, worth, costs)


RULES = RuleFile("membership", Path(__file__).with_name("membership.toml"), parse)
"""By which rules the shop sells cards."""
