"""The desk of surprises: what waits for who stands at the till, and what surprises moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty.letting_go import book as letting_go
from huitou.loyalty.surprises import book
from huitou.loyalty.surprises.rules import RULES, SurpriseRules
from huitou.runs import finding
from huitou.runs.moment import Moment

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row


@dataclass(frozen=True)
class SurpriseView:
    """One gift, or that somebody was drawn to get none."""

    id: str
    person: str
    name: str | None
    gift: str
    what: str
    cost: Money
    arm: str
    """given or control."""
    state: str
    """waiting, delivered, expired or control."""
    day: date
    ends: date
    delivered_by: str | None
    because: Sentence
    """What brought their turn."""
    by_language: Mapping[str, str]
    """`what` in each language it was written in."""
    receipt: Mapping[str, Any]
    """Why: the occasion, the lot, the chance, how many turns there were, the run."""


@dataclass(frozen=True)
class GiftView:
    """One gift to hand over, as the clerk reads it."""

    id: str
    what: str
    ends: date
    by_language: Mapping[str, str] = field(default_factory=dict)
    """`what` in each language it was written in."""


@dataclass(frozen=True)
class MovedView:
    """What surprises moved: profit a person in the window after their turn."""

    given: int
    control: int
    more: Money | None
    low: Money | None
    high: Money | None
    cost: Money
    verdict: str
    """too_early, not_proven, pays or harms."""
    window_days: int


@dataclass(frozen=True)
class SurprisePage:
    """This month's budget, how many there are in each state, and what they moved."""

    on: bool
    month: str
    budget: Money
    spent: Money
    counted: Mapping[str, int]
    moved: MovedView | None


class Surprises:
    """What staff and tills do with surprises. Customers have no page of them."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def page(self) -> SurprisePage:
        """How things stand."""
        told, money = self.rules, self._settings.money
        month = f"{self._last_day():%Y-%m}"
        with self._house.books.reading() as unit:
            counted, spent = book.counted(unit), book.spent(unit, month)
        budget = Money(told.budget, money)
        return SurprisePage(told.on, month, budget, Money(spent, money), counted, self._moved())

    def listed(self, state: str | None = None, limit: int = 50) -> tuple[SurpriseView, ...]:
        """The newest, all or those in a state."""
        with self._house.books.reading() as unit:
            return tuple(self._view(row) for row in book.latest(unit, state, limit))

    def receipt(self, surprise_id: str) -> SurpriseView:
        """One surprise with why it was drawn."""
        with self._house.books.reading() as unit:
            return self._view(book.found(unit, surprise_id))

    def waiting(self, customer: str) -> tuple[GiftView, ...]:
        """What is to be handed over to who stands there; nothing is changed.

        Raises `HuitouError` where several are known by `customer`: a gift is for one.
        """
        edition = self._house.lake.current()
        people = finding.everyone(self._house, self._settings, edition, customer)
        if len(people) > 1:
            raise HuitouError("several customers are known by that", to_try="a member number")
        return self._waiting(people)

    def waiting_for(self, person_id: str) -> tuple[GiftView, ...]:
        """The same for an id."""
        return self._waiting({person_id})

    def _waiting(self, people: set[str]) -> tuple[GiftView, ...]:
        zone = self._settings.zone
        today = self._settings.day(self._house.clock.now())
        with self._house.books.reading() as unit:
            given = people - letting_go.barred(unit, today, people).keys()
            rows = book.waiting(unit, given, self._house.clock.now())
        return tuple(
            GiftView(
                row["id"], row["what"], row["ends_at"].astimezone(zone).date(),
                row["receipt"].get("what", {}),
            )
            for row in rows
        )  # fmt: skip

    def deliver(self, surprise_id: str, by: str) -> SurpriseView:
        """It was handed over, once. Raises `Refused` where it was already."""
        with self._house.books.unit() as unit:
            return self._view(book.deliver(unit, surprise_id, by, self._house.clock.now()))

    def tell_birthday(self, customer: str, month: int, by: str) -> None:
        """A customer told the month of their birthday: 1 to 12."""
        if not 1 <= month <= 12:
            raise HuitouError(f"{month} is no month", to_try="1 to 12")
        edition = self._house.lake.current()
        people = finding.everyone(self._house, self._settings, edition, customer)
        if len(people) != 1:
            raise HuitouError(f"{customer!r} is not one customer", to_try="a member number")
        with self._house.books.unit() as unit:
            book.tell_birthday(unit, next(iter(people)), month, by, self._house.clock.now())

    @property
    def rules(self) -> SurpriseRules:
        """What the merchant decided."""
        return RULES.read(self._house.home)

    def _moved(self) -> MovedView | None:
        edition = self._house.lake.current()
        noted: Any = edition.noted("surprises") if edition is not None else None
        if not noted:
            return None
        money = self._settings.money

        def shown(name: str) -> Money | None:
            return None if noted[name] is None else Money(round(noted[name]), money)

        return MovedView(
            given=noted["given"],
            control=noted["control"],
            more=shown("more"),
            low=shown("low"),
            high=shown("high"),
            cost=Money(round(noted["cost"]), money),
            verdict=noted["verdict"],
            window_days=noted["window_days"],
        )

    def _last_day(self) -> date:
        """The day of the last run, whose month pays for what it drew; today before a first one."""
        edition = self._house.lake.current()
        noted = edition.noted("moment") if edition is not None else None
        if noted is not None:
            return Moment.read(noted).day
        return self._house.clock.now().astimezone(self._settings.zone).date()

    def _view(self, row: Row) -> SurpriseView:
        zone, shelf = self._settings.zone, self._house.shelf
        known = shelf.find(row["person_id"]) if shelf.file.exists() else None
        return SurpriseView(
            id=row["id"],
            person=row["person_id"],
            name=(known["name"] or known["key"]) if known else None,
            gift=row["gift"],
            what=row["what"],
            cost=Money(row["cost"], self._settings.money),
            arm=row["arm"],
            state=row["state"],
            day=row["day"],
            ends=row["ends_at"].astimezone(zone).date(),
            delivered_by=row["delivered_by"],
            because=occasion_words(row["occasion"]),
            by_language=row["receipt"].get("what", {}),
            receipt=row["receipt"],
        )


def occasion_words(occasion: str) -> Sentence:
    """`orders:10`, `years:2`, `birthday:2026` or `drawn:2026-03-01` as a reader is told it."""
    kind, _, at = occasion.partition(":")
    if kind == "orders":
        return said("Order number {n}", n=int(at))
    if kind == "years":
        return said("Years a customer: {n}", n=int(at))
    if kind == "drawn":
        return said("Came on {day}", day=date.fromisoformat(at))
    if kind == "journey":
        return said("A journey gave it")
    return said("The month of their birthday")
