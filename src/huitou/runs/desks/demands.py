"""The desk of demands: what staff may concede, words to refuse with, and exceptions.

page(by)           what a clerk may still concede today, and the words
concede(…)         at once within the limits; above them somebody else decides
refuse(…)          nothing was given
decide(id, …)      an exception, approved or not, with its reason
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty.demands import book
from huitou.loyalty.demands.book import Told
from huitou.loyalty.demands.rules import RULES, DemandRules
from huitou.runs import finding

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

LEAST_WORDS, MOST_WORDS = 5, 1_000
MOST_MINUTES = 1_440

STATES: Mapping[str, Sentence] = {
    "conceded": said("Conceded within the limit"),
    "asked": said("Waits for somebody else to decide"),
    "approved": said("Approved as an exception"),
    "refused": said("Refused"),
}


@dataclass(frozen=True)
class DemandKind:
    """A kind of demand, and what to say when it goes too far, each by language."""

    name: str
    title: Mapping[str, str]
    words: Mapping[str, str]


@dataclass(frozen=True)
class DemandView:
    """One demand, and what became of it."""

    id: str
    kind: str
    person: str | None
    name: str | None
    amount: Money
    minutes: int
    words: str
    state: str
    state_words: Sentence
    by: str
    day: date
    decided_by: str | None
    decided_words: str | None


@dataclass(frozen=True)
class DemandPage:
    """What staff can point to."""

    per_case: Money
    per_day: Money
    left_today: Money
    """What this clerk may still concede alone today."""
    kinds: tuple[DemandKind, ...]
    asked: tuple[DemandView, ...]
    latest: tuple[DemandView, ...]


class Demands:
    """What was demanded of this shop beyond what is anybody's, and what was given."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def page(self, by: str) -> DemandPage:
        """How things stand for one clerk."""
        rules, money = self.rules, self._settings.money
        with self._house.books.reading() as unit:
            left = book.left(unit, by, self.today, rules)
        return DemandPage(
            per_case=Money(rules.per_case, money),
            per_day=Money(rules.per_day, money),
            left_today=Money(left, money),
            kinds=tuple(DemandKind(each.name, each.title, each.words) for each in rules.demands),
            asked=self.listed(("asked",)),
            latest=self.listed(("conceded", "approved", "refused")),
        )

    def concede(
        self,
        kind: str,
        amount: int,
        words: str,
        by: str,
        *,
        customer: str | None = None,
        minutes: int = 0,
        form: str | None = None,
    ) -> DemandView:
        """Give in: at once within the limits, else it is asked for. Minor units."""
        told = self._told(kind, amount, words, by, customer, minutes, form)
        with self._house.books.unit() as unit:
            return self._view(book.concede(unit, told, self.rules, self._now))

    def refuse(
        self,
        kind: str,
        words: str,
        by: str,
        *,
        customer: str | None = None,
        minutes: int = 0,
        form: str | None = None,
    ) -> DemandView:
        """Write down that nothing was given."""
        told = self._told(kind, 0, words, by, customer, minutes, form)
        with self._house.books.unit() as unit:
            return self._view(book.refuse(unit, told, self._now))

    def decide(self, demand_id: str, by: str, words: str, *, granted: bool) -> DemandView:
        """Somebody else decides what is above the limits, and says why."""
        with self._house.books.unit() as unit:
            row = book.decide(unit, demand_id, by, words, self._now, granted=granted)
            return self._view(row)

    def listed(
        self, states: Sequence[str] | None = None, limit: int = 50
    ) -> tuple[DemandView, ...]:
        """The newest, all or those in these states."""
        with self._house.books.reading() as unit:
            return tuple(self._view(row) for row in book.listed(unit, states, limit))

    @property
    def rules(self) -> DemandRules:
        """What the merchant decided."""
        return RULES.read(self._house.home, self._settings.money)

    @property
    def today(self) -> date:
        """The day in the shop."""
        return self._settings.day(self._now)

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _told(
        self,
        kind: str,
        amount: int,
        words: str,
        by: str,
        customer: str | None,
        minutes: int,
        form: str | None,
    ) -> Told:
        if self.rules.named(kind) is None:
            known = ", ".join(each.name for each in self.rules.demands)
            raise BadInput(f"{kind!r} is no kind of demand", to_try=known)
        told = " ".join(words.split())
        if not LEAST_WORDS <= len(told) <= MOST_WORDS:
            raise BadInput(said("Say in a few words what was demanded."))
        if amount < 0 or not 0 <= minutes <= MOST_MINUTES:
            raise BadInput(said("An amount and minutes are not below nothing."))
        person = self._person(customer) if customer and customer.strip() else None
        # The same form sent twice is one demand; without one, the same words on one day are.
        key = form or fingerprint(kind, str(amount), told, by, person or "", str(self.today))
        return Told(fingerprint(key)[:64], kind, amount, minutes, told, by, self.today, person)

    def _person(self, customer: str) -> str:
        edition = self._house.lake.current()
        people = finding.everyone(self._house, self._settings, edition, customer)
        if len(people) != 1:
            raise BadInput(said("That is not one customer."), to_try="a member number")
        return next(iter(people))

    def _view(self, row: Row) -> DemandView:
        person, shelf = row["person_id"], self._house.shelf
        known = shelf.find(person) if person and shelf.file.exists() else None
        return DemandView(
            id=row["id"],
            kind=row["kind"],
            person=person,
            name=(known["name"] or known["key"]) if known else person,
            amount=Money(row["amount"], self._settings.money),
            minutes=row["minutes"],
            words=row["words"],
            state=row["state"],
            state_words=STATES[row["state"]],
            by=row["by"],
            day=row["day"],
            decided_by=row["decided_by"],
            decided_words=row["decided_words"],
        )
