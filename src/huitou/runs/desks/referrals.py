"""The desk of referrals: a regular's link, the page it opens, who came by it, what was caught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.ground.languages import speaker
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty.referrals import book
from huitou.loyalty.referrals.rules import RULES, WHY, ReferralRules, Reward
from huitou.runs import finding
from huitou.runs.moment import Moment
from huitou.sources import contacts

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

CONSENT = said(
    "I agree that {shop} keeps my name and this address to reward my friend and me, "
    "and writes to me about it."
)
NO_NAME = said("Please tell us your name.")
NO_CONTACT = said("Please leave a phone number or an e-mail address that can be read.")
NO_CONSENT = said("Please tick that you agree; without it we may keep nothing.")
NAME_LETTERS = 120


@dataclass(frozen=True)
class LinkView:
    """A regular's own link."""

    token: str
    address: str
    """Where it leads; begins with the shop's public address, where that is set."""
    person: str
    is_open: bool


@dataclass(frozen=True)
class FriendPage:
    """What the page behind a link shows."""

    token: str
    state: str
    """asked or thanked."""
    gets: Sentence
    consent: Sentence
    wrong: Sentence | None = None
    name: str = ""
    reach: str = ""


@dataclass(frozen=True)
class ReferralView:
    """One friend who was brought, as staff see it."""

    id: str
    giver: str
    giver_name: str | None
    friend: str
    """As they wrote it; what they left to be reached by is not shown here."""
    friend_id: str | None
    state: str
    """named, bought, rewarded, caught, refused or over."""
    why: str | None
    why_words: Sentence | None
    day: date
    order_day: date | None
    settled_by: str | None
    by_hand: bool
    """Whether a person may decide it."""


class Referrals:
    """What regulars, their friends and staff do with referrals."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    # -- for the regular

    def link(self, customer: str, by: str) -> LinkView:
        """A customer's own link, made once. Raises `Refused` for who is no regular yet."""
        told, edition = self.rules, self._house.lake.current()
        if not told.on:
            raise Refused("referrals are switched off", to_try="huitou referral rules --on")
        if edition is None:
            raise NotYet("no run has finished yet: nobody is known", to_try="huitou run")
        people = finding.everyone(self._house, self._settings, edition, customer)
        if len(people) != 1:
            raise HuitouError(f"{customer!r} is not one customer", to_try="a member number")
        person = next(iter(people))
        if _days_bought(edition, person) < told.least_orders:
            raise Refused(f"{customer} has not bought on {told.least_orders} days yet")
        with self._house.books.unit() as unit:
            row = book.link(unit, person, by, self._house.clock.now())
        return self._link(row)

    def close(self, token: str) -> bool:
        """A link leads nowhere from now on; whether it was open."""
        with self._house.books.unit() as unit:
            return book.close(unit, token, self._house.clock.now())

    # -- for the friend

    def page(self, token: str) -> FriendPage | None:
        """The page behind a link; None for one that leads nowhere. Changes nothing."""
        told = self.rules
        with self._house.books.reading() as unit:
            row = book.by_token(unit, token)
        if row is None or not told.on:
            return None
        shop = self._settings.name
        consent = said(CONSENT.text, shop=shop)
        return FriendPage(token, "asked", self._gets(told.friend, told), consent)

    def leave(
        self, token: str, name: str, reach: str, language: str, *, agreed: bool
    ) -> FriendPage | None:
        """A friend leaves a name and a phone or an e-mail; the page to show.

        It says the same whether they were known, brought before, or new: a page on the web tells
        nobody who is a customer.
        """
        page = self.page(token)
        if page is None:
            return None
        tidy, phone, email = " ".join(name.split())[:NAME_LETTERS], *self._reached(reach)
        wrong = NO_NAME if not tidy else NO_CONTACT if not (phone or email) else None
        wrong = wrong or (None if agreed else NO_CONSENT)
        if wrong is not None:
            kept = {"name": tidy, "reach": reach[:254], "wrong": wrong}
            return FriendPage(**{**vars(page), **kept})
        consent = speaker(language).say(page.consent)
        with self._house.books.unit() as unit:
            row = book.by_token(unit, token)
            if row is None:
                return None
            now = self._house.clock.now()
            book.leave(unit, row, tidy, phone, email, consent=consent, language=language, now=now)
        return FriendPage(**{**vars(page), "state": "thanked"})

    # -- for staff

    def listed(self, state: str | None = None, limit: int = 100) -> tuple[ReferralView, ...]:
        """The newest, all or those in a state."""
        with self._house.books.reading() as unit:
            return tuple(self._view(row) for row in book.latest(unit, state, limit))

    def counted(self) -> Mapping[str, int]:
        """How many there are in each state, and how many links."""
        with self._house.books.reading() as unit:
            return book.counted(unit)

    def decide(self, referral_id: str, by: str, *, is_friend: bool) -> ReferralView:
        """A person looked at what was caught: a friend after all, or none."""
        with self._house.books.unit() as unit:
            now = self._house.clock.now()
            return self._view(book.decide(unit, referral_id, by, now, is_friend=is_friend))

    @property
    def rules(self) -> ReferralRules:
        """What the merchant decided."""
        return RULES.read(self._house.home)

    # -- inside

    def _link(self, row: Row) -> LinkView:
        root = (self._settings.public_url or "").rstrip("/")
        address = f"{root}/p/r/{row['token']}"
        return LinkView(row["token"], address, row["person_id"], row["closed_at"] is None)

    def _gets(self, reward: Reward, told: ReferralRules) -> Sentence:
        if reward.kind == "points":
            return said(
                "You both get {n} points, {days} days after your first order.",
                n=reward.amount,
                days=told.kept_days,
            )
        money = self._settings.money
        return said(
            "You get {amount} off your next order, {days} days after your first one.",
            amount=Money(reward.amount, money),
            days=told.kept_days,
        )

    def _reached(self, typed: str) -> tuple[str | None, str | None]:
        """The phone or the e-mail that was meant, as keys are kept."""
        cell, settings = pa.array([typed.strip()[:254]]), self._settings
        country = contacts.region(settings.currency or "", settings.timezone or "")
        email = contacts.emails(cell)[0].as_py() if "@" in typed else None
        phone = None if "@" in typed else contacts.phones(cell, country)[0].as_py()
        return phone, email

    def _view(self, row: Row) -> ReferralView:
        zone, shelf = self._settings.zone, self._house.shelf
        known = shelf.find(row["giver_id"]) if shelf.file.exists() else None
        return ReferralView(
            id=row["id"],
            giver=row["giver_id"],
            giver_name=(known["name"] or known["key"]) if known else None,
            friend=row["name"],
            friend_id=row["friend_id"],
            state=row["state"],
            why=row["why"],
            why_words=WHY.get(row["why"]) if row["why"] else None,
            day=row["at"].astimezone(zone).date(),
            order_day=row["order_day"],
            settled_by=row["settled_by"],
            by_hand=row["state"] == "caught" and row["why"] != "self",
        )


def _days_bought(edition: Edition, person: str) -> int:
    day = Moment.read(edition.noted("moment")).day
    known = edition.table(f"customers_{day}", ["person_id", "x"], only=("person_id", [person]))
    return sum(round(again) + 1 for again in known["x"].to_pylist())
