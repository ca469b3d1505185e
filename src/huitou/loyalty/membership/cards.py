"""Which cards are sold, and by which rules; and the arithmetic of a term. No book, no clock.

A term is a year of one card, from `starts_on` to `ends_on` (the first day that is not paid for).
All amounts are minor units. Rests of pro rata fall to the member; what comes back is rounded down.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from huitou.ground import rules
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.money import LARGEST, to_minor

ROOM = "membership"
SHIPPED = Path(__file__).with_name("membership.toml")
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


def read(home: Path, currency: str) -> Rules:
    """The rules of a shop, or those that huitou ships."""
    return parse(rules.read(home, ROOM, SHIPPED), currency)


def parse(told: Mapping[str, Any], currency: str) -> Rules:
    """Rules out of TOML. Raises `BadInput` for the first thing that cannot be."""
    cards = tuple(_card(each, currency) for each in told.get("card", ()))
    if len({each.name for each in cards}) != len(cards) or not cards:
        raise BadInput("each card has a name of its own, and there is one at least")
    if [each.fee for each in cards] != sorted({each.fee for each in cards}):
        raise BadInput("the plainer card comes first, and no two cost the same")
    made = Rules(
        cards,
        on=_truth(told, "on"),
        notice_days=_days(told, "notice_days"),
        grace_days=_days(told, "grace_days"),
        whole_days=_days(told, "whole_days"),
        back_after=_days(told, "back_after"),
        refund=_one_of(told, "refund", REFUNDS),
        offer_when=_one_of(told, "offer_when", OFFERED_WHEN),
        lift=_share(told, "lift", 5.0),
        sure=_share(told, "sure", 1.0),
    )
    if made.on and made.notice_days < 1:
        raise BadInput("a card is never renewed without notice: notice_days is 1 or more")
    return made


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


def _card(told: Any, currency: str) -> Card:
    name = str(told.get("name", ""))
    if not name.isidentifier() or len(name) > 20:
        raise BadInput(f"{name!r} cannot be the name of a card", to_try="letters, at most 20")
    privileges = tuple(told.get("privileges", ()))
    if strange := [each for each in privileges if each not in PRIVILEGES]:
        raise BadInput(f"there is no privilege {strange[0]!r}", to_try=", ".join(PRIVILEGES))
    fee = _amount(told, "fee", currency)
    if fee <= 0:
        raise BadInput(f"the card {name} costs something", to_try='fee = "60"')
    worth, costs = (_amount(told, each, currency) for each in ("worth", "costs"))
    return Card(name, fee, _share(told, "back", 0.5), privileges, worth, costs)


def _amount(told: Mapping[str, Any], name: str, currency: str) -> int:
    try:
        minor = to_minor(Decimal(str(told.get(name, "0"))), currency)
    except InvalidOperation:
        raise BadInput(f"{name} is no amount: {told.get(name)!r}", to_try='"60"') from None
    if not 0 <= minor <= LARGEST:
        raise BadInput(f"{name} is out of range: {told.get(name)!r}")
    return minor


def _days(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name, getattr(Rules, name))
    if type(value) is not int or not 0 <= value <= 366:
        raise BadInput(f"{name} is a number of days from 0 to 366, not {value!r}")
    return value


def _share(told: Mapping[str, Any], name: str, most: float) -> float:
    value = told.get(name, getattr(Rules, name, 0.0))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadInput(f"{name} lies between 0 and {most}, and is {value!r}")
    return float(value)


def _one_of(told: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = told.get(name, getattr(Rules, name))
    if value not in known:
        raise BadInput(f"{name} is {value!r}", to_try=f"one of: {', '.join(known)}")
    return str(value)


def _truth(told: Mapping[str, Any], name: str) -> bool:
    value = told.get(name, getattr(Rules, name))
    if not isinstance(value, bool):
        raise BadInput(f"{name} is true or false, not {value!r}")
    return value
