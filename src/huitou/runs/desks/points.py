"""The desk of points: what people have, earn, spend and are given; the rules; what is owed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from huitou.ground.errors import BadInput, NotYet, Refused
from huitou.ground.ids import new_id
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty.points import book
from huitou.loyalty.points.book import Order
from huitou.loyalty.points.breakage import Breakage, estimate
from huitou.loyalty.points.due import book as due
from huitou.loyalty.points.orders import book as orders
from huitou.loyalty.points.rules import RULES, Kind, Rules
from huitou.loyalty.points.standing import book as standing
from huitou.runs import finding
from huitou.runs.steps.reward import until_none

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

MONTHS = 12
"""Months of flows that are drawn."""
KINDS: Mapping[str, Sentence] = {
    "points": said("Reward points"),
    "stamps": said("Stamps"),
    "cashback": said("Cashback"),
    "stored": said("Stored value"),
    "pack": said("Sessions of packs"),
}
VERBS: Mapping[str, Sentence] = {
    "earn": said("Earned by buying"),
    "gift": said("Given"),
    "sell": said("Paid in"),
    "clear": said("Theirs now"),
    "burn": said("Spent here"),
    "take_back": said("Taken back with a return"),
    "give_back": said("Given back with a return"),
    "expire": said("Ended unspent"),
    "pay_out": said("Paid out"),
}
IN_MONEY = ("cashback", "stored")
"""Kinds that are counted in minor units of money."""


@dataclass(frozen=True)
class BalanceView:
    """What a person has of one kind."""

    kind: str
    name: Sentence
    available: int
    """Counted in ones; cashback and stored value in minor units of money."""
    pending: int
    debt: int
    spendable: int
    worth: Money
    """What can be spent now is worth so much."""
    ending: int
    last_day: date | None
    """The last day on which those that end next can be spent."""
    card: int
    """Stamps that fill a card; 0 for other kinds."""
    in_money: bool
    """Whether it is counted in minor units of money."""


@dataclass(frozen=True)
class PostingView:
    """One movement of a person's points."""

    key: str
    verb: str
    words: Sentence
    kind: str
    kind_name: Sentence
    amount: int
    """What it changed of what they have."""
    day: date
    order: str | None
    why: str
    by: str
    in_money: bool


@dataclass(frozen=True)
class PurseView:
    """Everything one person earned."""

    person: str
    balances: tuple[BalanceView, ...]
    postings: tuple[PostingView, ...]


@dataclass(frozen=True)
class DoneView:
    """What came of earning, spending or giving."""

    person: str
    kind: str
    amount: int
    new: bool
    """False where the same was told before."""
    worth: Money
    balance: BalanceView


@dataclass(frozen=True)
class RefundView:
    """What a return took back and gave back, by kind."""

    order: str
    new: bool
    taken: Mapping[str, int]
    given: Mapping[str, int]


@dataclass(frozen=True)
class MonthView:
    """What came and went in one month."""

    month: str
    earned: int
    burnt: int
    expired: int
    taken: int


@dataclass(frozen=True)
class LiabilityView:
    """What the shop owes of one kind, and how much of it will never be asked for."""

    kind: str
    name: Sentence
    people: int
    available: int
    pending: int
    debt: int
    worth: Money
    """Of all that is outstanding, whether it can be spent yet or not."""
    breakage: Breakage | None
    """Share of what is earned that ends unspent; None while it is not known."""
    likely: Money | None
    """Worth of what will likely be asked for; None while that is not known."""
    words: Sentence
    in_money: bool
    months: tuple[MonthView, ...]


class Desk:
    """What customers earned."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    @property
    def rules(self) -> Rules:
        """The rules as they stand."""
        return RULES.read(self._house.home)

    # -- what a person has

    def purse(self, who: str, limit: int = 20) -> PurseView:
        """Everything a person earned, and the last movements of it."""
        person = self.person(who)
        with self._house.books.reading() as unit:
            return self._purse(unit, person, limit)

    def of_person(self, person: str, limit: int = 8) -> PurseView | None:
        """The same by id, for the page of the person; None where points are off and
        they never had any."""
        with self._house.books.reading() as unit:
            found = self._purse(unit, person, limit)
        return found if found.postings or self.rules.on else None

    # -- at the till

    def earn(
        self,
        who: str,
        key: str,
        *,
        kind: str = "points",
        amount: int | None = None,
        order: str | None = None,
        total: int = 0,
        channel: str | None = None,
        why: str = "",
        by: str = "",
    ) -> DoneView:
        """A person earns: `amount`, or what an order of `total` minor units earns by the rules.

        Raises `Refused` where points are off, have ended, or the order earns nothing.
        """
        rules, person, now = self.rules, self.person(who), self._now
        rules.must_issue(self._today)
        one = rules.kind(kind)
        if amount is None:
            amount = one.earned(total, channel, self._currency)
            if amount <= 0:
                raise Refused(f"an order of {total} earns no {kind}", to_try="--amount 100")
        with self._house.books.unit() as unit:
            new = book.earn(
                unit, person, kind, amount, key, now,
                clears_at=one.clears(now), expires_at=one.expires(now, self._settings.zone),
                order=Order(order, total) if order else None, why=why, by=by,
            )  # fmt: skip
        return self._done(person, one, amount, new)

    def burn(
        self,
        who: str,
        amount: int,
        key: str,
        *,
        kind: str = "points",
        order: str | None = None,
        total: int = 0,
        why: str = "",
        by: str = "",
    ) -> DoneView:
        """A person spends. Raises `Refused` for less than the least, and for more than there is."""
        one, person = self._spent(kind), self.person(who)
        one.may_burn(amount)
        with self._house.books.unit() as unit:
            told = Order(order, total) if order else None
            new = book.burn(unit, person, kind, amount, key, self._now, order=told, why=why, by=by)
        return self._done(person, one, amount, new)

    def refund(self, order: str, back: int, key: str, by: str = "") -> RefundView:
        """Goods of an order came back, worth `back` minor units; once for `key`."""
        with self._house.books.unit() as unit:
            done = orders.refund(unit, order, back, key, self._now, by=by)
        return RefundView(order, done.new, done.taken, done.given)

    def pay_out(self, who: str, amount: int, key: str, by: str = "", why: str = "") -> DoneView:
        """Pay stored value out that was not spent."""
        person, one = self.person(who), self._spent("stored")
        with self._house.books.unit() as unit:
            new = book.pay_out(unit, person, "stored", amount, key, self._now, why=why, by=by)
        return self._done(person, one, amount, new)

    def gift(
        self,
        who: str,
        amount: int,
        why: str,
        by: str,
        *,
        kind: str = "points",
        key: str | None = None,
    ) -> DoneView:
        """Staff give something by hand, and say why; at most what the rules allow at once."""
        rules, person, now = self.rules, self.person(who), self._now
        rules.must_issue(self._today)
        one = rules.kind(kind)
        if amount > rules.gift_most:
            raise Refused(
                f"at most {rules.gift_most} are given by hand at once",
                to_try="change [gift] most in the rules",
            )
        with self._house.books.unit() as unit:
            ends = one.expires(now, self._settings.zone)
            told = key or f"gift:{new_id()}"
            new = book.gift(unit, person, kind, amount, told, now, why=why, by=by, expires_at=ends)
        return self._done(person, one, amount, new)

    def expire(self) -> Mapping[str, int]:
        """Do what is due now, as each daily run does: clear what waited, end what is over."""
        with self._house.books.unit() as unit:
            cleared = until_none(due.clear, unit, self._now)
            return {"cleared": cleared, "expired": until_none(due.expire, unit, self._now)}

    # -- the whole

    def liability(self) -> tuple[LiabilityView, ...]:
        """What is owed of each kind that is on or was ever earned."""
        rules = self.rules
        with self._house.books.reading() as unit:
            return tuple(self._liabilities(unit, rules))

    def _liabilities(self, unit: Unit, rules: Rules) -> Iterator[LiabilityView]:
        known = standing.owed(unit)
        for name, kind in rules.kinds.items():
            if name not in known and not (rules.on and kind.on):
                continue
            owed = known.get(name, standing.Owed(0, 0, 0, 0))
            broken = estimate(standing.lived(unit, name, self._now))
            outstanding = max(0, owed.available + owed.pending - owed.debt)
            worth = kind.worth(outstanding)
            likely = round(worth * (1 - broken.share)) if broken else None
            yield LiabilityView(
                name, KINDS[name], owed.people, owed.available, owed.pending, owed.debt,
                Money(worth, self._currency), broken,
                Money(likely, self._currency) if likely is not None else None,
                _broken_words(broken), name in IN_MONEY, self._months(unit, name),
            )  # fmt: skip

    def _months(self, unit: Unit, kind: str) -> tuple[MonthView, ...]:
        today = self._now
        first = today.year * 12 + today.month - MONTHS
        names = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(first, first + MONTHS)]
        since = datetime(first // 12, first % 12 + 1, 1, tzinfo=UTC)
        found = standing.flows(unit, kind, since)
        nothing = dict.fromkeys(standing.FLOWS, 0)
        return tuple(MonthView(name, **found.get(name, nothing)) for name in names)

    # -- inside

    def person(self, who: str) -> str:
        """The id of one customer, by id or by what the shop knows them by."""
        edition = self._house.lake.current()
        if edition is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        asked = finding.spellings(who.strip(), self._settings)
        keyed = set(edition.table("keys", only=("key", asked))["person_id"].to_pylist())
        if len(keyed) == 1:
            return str(keyed.pop())
        # A shop too small for a forecast has no shelf to look on: its people have their ids.
        if edition.table("holders", only=("person_id", [who.strip()])).num_rows:
            return who.strip()
        for member in finding.members(self._house, who.strip()):
            return member
        return str(finding.found(self._house, self._settings, edition, who)["person_id"])

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    @property
    def _today(self) -> date:
        return self._now.astimezone(self._settings.zone).date()

    @property
    def _currency(self) -> str:
        return self._settings.money

    def _spent(self, kind: str) -> Kind:
        """A kind that may be spent, switched on or not: what people have stays theirs."""
        found = self.rules.kinds.get(kind)
        if found is None:
            raise BadInput(f"there is no kind {kind!r}", to_try="points, stamps, cashback, stored")
        return found

    def _purse(self, unit: Unit, person: str, limit: int) -> PurseView:
        rules = self.rules
        rows = book.postings(unit, person, limit)
        balances = []
        for name, kind in rules.kinds.items():
            found = book.balance(unit, person, name, self._now)
            if (rules.on and kind.on) or found.available or found.pending or found.debt:
                balances.append(self._balance(found, kind))
        return PurseView(person, tuple(balances), tuple(self._posting(row) for row in rows))

    def _balance(self, found: book.Balance, kind: Kind) -> BalanceView:
        last = None
        if found.ends_at is not None:
            # It ends with the first moment of the day after.
            last = date.fromordinal(
                found.ends_at.astimezone(self._settings.zone).date().toordinal() - 1
            )
        return BalanceView(
            found.kind, KINDS[found.kind], found.available, found.pending, found.debt,
            found.spendable, Money(kind.worth(found.spendable), self._currency), found.ending,
            last, kind.card, kind.name in IN_MONEY,
        )  # fmt: skip

    def _posting(self, row: Row) -> PostingView:
        return PostingView(
            row["key"], row["verb"], VERBS[row["verb"]], row["kind"], KINDS[row["kind"]],
            row["amount"], row["at"].astimezone(self._settings.zone).date(), row["order_key"],
            row["why"], row["by"], row["kind"] in IN_MONEY,
        )  # fmt: skip

    def _done(self, person: str, kind: Kind, amount: int, new: bool) -> DoneView:
        with self._house.books.reading() as unit:
            found = self._balance(book.balance(unit, person, kind.name, self._now), kind)
        return DoneView(
            person, kind.name, amount, new, Money(kind.worth(amount), self._currency), found
        )


def read_amount(text: str) -> int:
    """A number of points as a form or a command line tells it."""
    try:
        value = Decimal(text.strip().replace(",", ""))
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite() or value != value.to_integral_value() or not 0 < value <= 10**12:
        raise BadInput(f"{text!r} is not a number of points", to_try="100")
    return int(value)


def _broken_words(broken: Breakage | None) -> Sentence:
    if broken is None:
        return said("How much of it will end unspent is not known yet.")
    return said(
        "Of what was earned in {months} months that are over, {share} % ended unspent: between"
        " {low} % and {high} %, 9 times out of 10.",
        months=broken.months,
        share=round(100 * broken.share, 1),
        low=round(100 * broken.low, 1),
        high=round(100 * broken.high, 1),
    )
