"""The desk of paid cards: sold, renewed, changed, given back; and whom the dearer one pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.identity.book import names
from huitou.loyalty.membership import book, cards
from huitou.loyalty.membership.book import Done
from huitou.loyalty.membership.cards import Card, Rules
from huitou.runs import owners, yearly
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.loyalty.membership.advice import Advice
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

NEW_KEY = "the till"
VERDICTS: Mapping[str, Sentence] = {
    "offer": said("Offer it: it pays for them"),
    "leave": said("Do not offer it: it would cost them more than it brings"),
    "near": said("Too near the line to say: name both cards, and let them choose"),
}
STATES: Mapping[str, Sentence] = {
    "running": said("Running"),
    "grace": said("In grace"),
    "ended": said("Ended"),
    "cancelled": said("Given back"),
}
BINS = 24
"""Columns of the drawing of what members spend."""
LISTED = 50
"""Members of whom the advice is listed at once."""


@dataclass(frozen=True)
class CardView:
    """One card that is sold, and how many hold it."""

    name: str
    fee: Money
    back: float
    privileges: tuple[str, ...]
    holders: int


@dataclass(frozen=True)
class TermView:
    """One term of a card."""

    id: str
    person: str
    name: str
    card: str
    starts_on: date
    ends_on: date
    paid: Money
    standing_order: bool
    state: str
    """running, grace, ended or cancelled."""
    state_words: Sentence
    to_tell: bool
    """Whether it ends soon and the member could be told by no way: staff tell them."""


@dataclass(frozen=True)
class MovementView:
    """One movement of money: bought, renewed, upgraded, cancelled, ended, noticed, cashback."""

    kind: str
    day: date
    paid: Money
    back: Money
    by: str


@dataclass(frozen=True)
class AdviceView:
    """What is advised for one member, and why."""

    person: str
    name: str
    verdict: str
    words: Sentence
    spend: Range
    """What they will buy for in the next year; the interval holds 8 of 10."""
    chance: float
    """That the dearer card pays for them in that year."""
    member_gain: Money
    shop_gain: Money
    needed_lift: float | None
    """How much more they would have to buy because of it for the shop to break even."""


@dataclass(frozen=True)
class Column:
    """So many are expected to spend between two amounts in the next year."""

    low: Money
    high: Money
    people: int


@dataclass(frozen=True)
class AdviceSheet:
    """The advice for all who hold the plainer card, or as if all customers held it."""

    old: str
    new: str
    line: Money | None
    """Yearly spend from which the dearer card pays for the member; None: never."""
    shop_below: Money | None
    """Up to it the shop gains, at the lift that the rules believe; None: at any spend."""
    everybody: bool
    people: int
    offered: int
    near: int
    columns: tuple[Column, ...]
    rows: tuple[AdviceView, ...]
    margin: float
    lift: float


@dataclass(frozen=True)
class HoldingView:
    """The card of one person: terms, movements, and the advice."""

    person: str
    term: TermView | None
    terms: tuple[TermView, ...]
    movements: tuple[MovementView, ...]
    advice: AdviceView | None


@dataclass(frozen=True)
class MembershipView:
    """The page of cards."""

    on: bool
    cards: tuple[CardView, ...]
    members: tuple[TermView, ...]
    paid: Money
    unearned: Money
    """Paid for and not served yet: the shop owes it."""
    earned: Money
    back: Money
    wrong: tuple[str, ...]


class Desk:
    """Paid cards of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    @property
    def rules(self) -> Rules:
        """What the merchant decided."""
        return cards.RULES.read(self._house.home, self._settings.money)

    def seen(self) -> MembershipView:
        """All cards, who holds one, and the money of it."""
        rules, today = self.rules, self._today()
        with self._house.books.reading() as unit:
            known = names(unit)
            held = {known.now(who): row for who, row in book.held(unit, today).items()}
            unsaid = {row["id"] for row in book.to_notice(unit, rules, today)}
            totals, wrong = book.totals(unit), book.check(unit)
        members = sorted(held.values(), key=lambda row: (row["ends_on"], row["id"]))
        return MembershipView(
            on=rules.on,
            cards=tuple(self._card(each, held) for each in rules.cards),
            members=tuple(self._term(row, rules, unsaid) for row in members),
            wrong=tuple(wrong),
            **{name: self._money(totals[name]) for name in ("paid", "unearned", "earned", "back")},
        )

    def of(self, who: str) -> HoldingView:
        """The card of one person, by id or by what the merchant knows them by."""
        person, rules = self._person(who), self.rules
        with self._house.books.reading() as unit:
            held = book.held(unit, self._today(), [person]).get(person)
            terms, moved = book.terms(unit, person), book.events(unit, person)
        return HoldingView(
            person=person,
            term=self._term(held, rules) if held else None,
            terms=tuple(self._term(row, rules) for row in terms),
            movements=tuple(self._movement(row) for row in moved),
            advice=self._advice_for(person, held, rules),
        )

    def buy(
        self, who: str, card: str, by: str, key: str = "", *, standing: bool = False
    ) -> TermView:
        """Somebody paid for a card. The same key again is the same sale."""
        person, rules, done = self._person(who), self.rules, self._done(by)
        told = key or f"{NEW_KEY}:{person}:{done.on}"
        with self._house.books.unit() as unit:
            row = book.buy(
                unit, person, rules.card(card), rules, done, key=told, standing_order=standing
            )
        return self._term(row, rules)

    def renew(self, who: str, by: str, card: str | None = None) -> TermView:
        """They paid for another year, of the same card or another; once for each term."""
        person, rules = self._person(who), self.rules
        chosen = rules.card(card) if card else None
        with self._house.books.unit() as unit:
            row = book.renew(unit, person, rules, self._done(by), card=chosen)
        return self._term(row, rules)

    def upgrade_price(self, who: str, card: str) -> Money:
        """What the dearer card would cost them today; nothing is changed."""
        person, rules, today = self._person(who), self.rules, self._today()
        with self._house.books.reading() as unit:
            row = book.held(unit, today, [person]).get(person)
        if row is None:
            raise HuitouError("they hold no card", to_try="huitou membership buy")
        old = rules.card(row["card"])
        return self._money(cards.upgrade_price(book.term_of(row), old, rules.card(card), today))

    def upgrade(self, who: str, card: str, by: str) -> TermView:
        """They paid the difference for the rest of the year."""
        person, rules = self._person(who), self.rules
        with self._house.books.unit() as unit:
            row = book.upgrade(unit, person, rules.card(card), rules, self._done(by))
        return self._term(row, rules)

    def cancel(self, who: str, by: str) -> MovementView:
        """They give the card back; what is paid back to them is `paid`, below zero."""
        person = self._person(who)
        with self._house.books.unit() as unit:
            row = book.cancel(unit, person, self.rules, self._done(by))
        return self._movement(row)

    def advice(self, card: str | None = None, *, everybody: bool = False) -> AdviceSheet:
        """Whom the next dearer card pays, of those who hold `card` (the plainest).

        `everybody`: as if all customers held it, to see the lines before any card is sold.
        """
        rules = self.rules
        old = rules.card(card) if card else rules.cards[0]
        new = rules.above(old.name)
        if new is None:
            raise HuitouError(f"there is no card above {old.name}")
        with self._house.books.reading() as unit:
            holders = self._holding(unit, old.name)
        people, told = self._advised(old, new, rules, None if everybody else holders)
        return self._sheet(people, told, (old, new), everybody=everybody)

    # -- inside

    def _holding(self, unit: Unit, card: str) -> set[str]:
        known = names(unit)
        held = book.held(unit, self._today())
        return {known.now(who) for who, row in held.items() if row["card"] == card}

    def _advised(
        self, old: Card, new: Card, rules: Rules, among: set[str] | None
    ) -> tuple[list[str], Advice]:
        import numpy as np

        from huitou.loyalty.membership import advice

        people, all_past, alike = self._past(among)
        chosen = np.array([among is None or each in among for each in people], dtype=bool)
        mine = advice.Past(*(column[chosen] for column in _columns(all_past)))
        group = advice.Past(*(column[alike] for column in _columns(all_past)))
        told = advice.advise(
            advice.believe(mine, group), old, new, margin=self._margin, rules=rules
        )
        return [each for each, taken in zip(people, chosen, strict=True) if taken], told

    def _past(self, members: set[str] | None) -> tuple[list[str], Any, Any]:
        """Everybody's past, and who is alike: members where they are enough, else all who buy."""
        import numpy as np

        from huitou.loyalty.membership.advice import FEWEST

        edition = owners.current(self._house)
        if edition is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        until = date.fromisoformat(edition.noted("moment")["day"])
        with self._house.lake.reading(edition) as connection:
            people, told = yearly.past(connection, until)
        alike = np.asarray(told.orders > 0)
        if members is not None and len(members) >= FEWEST:
            alike = np.array([each in members for each in people], dtype=bool)
        return people, told, alike

    def _advice_for(self, person: str, held: Row | None, rules: Rules) -> AdviceView | None:
        old = rules.card(held["card"]) if held else rules.cards[0]
        new = rules.above(old.name)
        if new is None or owners.current(self._house) is None:
            return None
        people, told = self._advised(old, new, rules, {person})
        return self._advice(people, told, 0) if people else None

    def _sheet(
        self, people: list[str], told: Advice, pair: tuple[Card, Card], *, everybody: bool
    ) -> AdviceSheet:
        import numpy as np

        rank = {"offer": 0, "near": 1, "leave": 2}
        order = sorted(
            range(len(people)),
            key=lambda at: (rank[told.verdict[at]], -told.chance[at], people[at]),
        )
        at = told.lines
        return AdviceSheet(
            old=pair[0].name,
            new=pair[1].name,
            line=self._money(at.member) if np.isfinite(at.member) else None,
            shop_below=self._money(at.shop_below) if np.isfinite(at.shop_below) else None,
            everybody=everybody,
            people=len(people),
            offered=told.verdict.count("offer"),
            near=told.verdict.count("near"),
            columns=self._columns_drawn(told),
            rows=tuple(self._advice(people, told, place) for place in order[:LISTED]),
            margin=self._margin,
            lift=self.rules.lift,
        )

    def _columns_drawn(self, told: Advice) -> tuple[Column, ...]:
        import numpy as np

        spend = told.beliefs.mean
        if not len(spend):
            return ()
        line = told.lines.member if np.isfinite(told.lines.member) else 0.0
        most = 3 * line if line > 0 else max(float(np.quantile(spend, 0.9)), 1.0)
        counts, edges = np.histogram(np.minimum(spend, most), bins=BINS, range=(0, most))
        return tuple(
            Column(self._money(low), self._money(high), int(count))
            for count, low, high in zip(counts, edges, edges[1:], strict=False)
        )

    def _advice(self, people: list[str], told: Advice, at: int) -> AdviceView:
        import math

        from huitou.loyalty.membership.advice import HIGH, LOW

        one = replace(
            told.beliefs,
            mean=told.beliefs.mean[at : at + 1],
            variance=told.beliefs.variance[at : at + 1],
            error=told.beliefs.error[at : at + 1],
        )
        low, high = (self._money(one.quantile(each)[0]) for each in (LOW, HIGH))
        needed = float(told.needed_lift[at])
        return AdviceView(
            person=people[at],
            name=self._name(people[at]),
            verdict=told.verdict[at],
            words=VERDICTS[told.verdict[at]],
            spend=Range(self._money(one.mean[0]), low, high, HIGH - LOW),
            chance=float(told.chance[at]),
            member_gain=self._money(told.member_gain[at]),
            shop_gain=self._money(told.shop_gain[at]),
            needed_lift=needed if math.isfinite(needed) else None,
        )

    @property
    def _margin(self) -> float:
        """Profit on a unit of revenue; a third where the merchant never said."""
        return self._settings.margin if self._settings.margin is not None else 1 / 3

    def _card(self, card: Card, held: Mapping[str, Row]) -> CardView:
        holders = sum(row["card"] == card.name for row in held.values())
        return CardView(card.name, self._money(card.fee), card.back, card.privileges, holders)

    def _term(self, row: Row, rules: Rules, unsaid: set[str] | None = None) -> TermView:
        state = row["state"]
        if state == "running":
            state = cards.standing(row["ends_on"], state, rules, self._today())
        return TermView(
            id=row["id"],
            person=row["person_id"],
            name=self._name(row["person_id"]),
            card=row["card"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            paid=self._money(row["paid"]),
            standing_order=bool(row["standing_order"]),
            state=state,
            state_words=STATES[state],
            to_tell=row["id"] in (unsaid or ()),
        )

    def _movement(self, row: Row) -> MovementView:
        return MovementView(
            row["kind"], row["day"], self._money(row["paid"]), self._money(row["back"]), row["by"]
        )

    def _name(self, person: str) -> str:
        standing = self._house.shelf.find(person) if self._house.shelf.file.exists() else None
        return str(standing["name"] or standing["key"] or person) if standing else person

    def _person(self, who: str) -> str:
        return owners.person(self._house, self._settings, who)

    def _done(self, by: str) -> Done:
        return Done(self._today(), by, self._house.clock.now())

    def _today(self) -> date:
        return self._house.clock.now().astimezone(self._settings.zone).date()

    def _money(self, minor: float) -> Money:
        return Money(round(float(minor)), self._settings.money)


def _columns(past: Any) -> tuple[Any, ...]:
    return past.orders, past.years, past.total, past.squares
