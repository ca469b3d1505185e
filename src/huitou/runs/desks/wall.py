"""The wall around a customer: what leaving would cost them, in money, time and worry.

Each brick is something they have here and would have to do without or build anew elsewhere. What is
not there, and would fit them, is a brick that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.identity.book import names
from huitou.loyalty import book as loyalty
from huitou.loyalty.ladder import book as ladder
from huitou.loyalty.membership import book as membership
from huitou.loyalty.points import book as points

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from huitou.store.books import Unit

REGULAR_DAYS = 3
"""Bought on so many days, something is a habit."""
MONEY, TIME, WORRY = "money", "time", "worry"

COLLECTED = {
    "cashback": said("Cashback they have not spent"),
    "stored": said("What they have paid in beforehand"),
}

HABITS = """
    WITH theirs AS (
        SELECT coalesce(product, sku) AS name, count(DISTINCT day) AS days, max(day) AS last
        FROM lines WHERE list_contains($people, person_id) AND is_product AND NOT is_return
            AND coalesce(sku, product) IS NOT NULL
        GROUP BY coalesce(sku, product), coalesce(product, sku))
    SELECT count(*) FILTER (days >= $regular), count(*),
        (SELECT min(day) FROM lines WHERE list_contains($people, person_id)) FROM theirs"""


@dataclass(frozen=True)
class Brick:
    """One thing that holds them."""

    kind: str
    """money, time or worry."""
    name: str
    words: Sentence
    there: bool
    amount: Money | None = None


@dataclass(frozen=True)
class WallView:
    """All bricks, those that are there first, and which one to lay next."""

    bricks: tuple[Brick, ...]
    missing: Brick | None
    money: Money
    """What would be lost in money, as far as it is kept here."""

    @property
    def there(self) -> tuple[Brick, ...]:
        """What holds them."""
        return tuple(brick for brick in self.bricks if brick.there)


@dataclass(frozen=True)
class Asked:
    """Whose wall it is, and in which money and on which day it is counted."""

    person: str
    day: date
    currency: str
    known: date
    """The last day of which orders are known."""
    now: datetime
    """What is over by then holds nobody."""


def wall(
    unit: Unit, lines: DuckDBPyConnection, asked: Asked, *, machines: int, next_name: str | None
) -> WallView:
    """The wall of one person, from the books and the lines of the last run."""
    bricks = (
        *_owed(unit, asked),
        *_habits(unit, lines, asked),
        _machines(machines),
        *_step(unit, asked.person),
    )
    missing = next((brick for brick in bricks if not brick.there), None)
    if next_name is not None:
        fits = said("One more product that fits them: {product}", product=next_name)
        missing = Brick(TIME, "next", fits, there=False)
    held = sum(brick.amount.minor for brick in bricks if brick.amount is not None)
    ordered = sorted(bricks, key=lambda brick: not brick.there)
    return WallView(tuple(ordered), missing, Money(held, asked.currency))


def _owed(unit: Unit, asked: Asked) -> Sequence[Brick]:
    """Balances, promises and what is left of a card."""
    promised = loyalty.held(unit, [asked.person]).get(asked.person, 0)
    term = membership.held(unit, asked.day, [asked.person]).get(asked.person)
    rest = membership.term_of(term).unearned(asked.day) if term else 0

    def money(minor: int) -> Money | None:
        return Money(minor, asked.currency) if minor else None

    offers = [Brick(MONEY, "offers", said("Offers promised to them"), True, money(promised))]
    card = said("The rest of their card") if term else said("They hold no card")
    kept = [
        Brick(MONEY, kind, COLLECTED[kind], True, money(minor))
        for kind, minor in _balances(unit, asked).items()
        if minor
    ]
    return (
        *kept,
        *(offers if promised else ()),
        Brick(MONEY, "card", card, term is not None, money(rest)),
    )


def _balances(unit: Unit, asked: Asked) -> dict[str, int]:
    """What they have collected that is worth money, and can still be spent."""
    return {
        kind: points.balance(unit, asked.person, kind, asked.now).spendable for kind in COLLECTED
    }


def _step(unit: Unit, person: str) -> Sequence[Brick]:
    held = ladder.held(unit, person)
    if held is None:
        return (Brick(WORRY, "step", said("They climbed no step yet"), False),)
    return (Brick(WORRY, "step", said("Their step: {step}", step=str(held.step)), True),)


def _habits(unit: Unit, lines: DuckDBPyConnection, asked: Asked) -> Sequence[Brick]:
    people = sorted(names(unit, [asked.person]).every([asked.person]))
    told = {"people": people, "regular": REGULAR_DAYS}
    row = lines.execute(HABITS, told).fetchone() or (0, 0, None)
    regular, products, first = row
    years = (asked.known - first).days / 365.25 if first else 0.0
    usual = (
        said("{n} things they buy again and again, and know where they stand", n=regular)
        if regular
        else said("Nothing that they buy again and again yet")
    )
    known = said("{n} products of ours they know", n=products)
    long = said("Years with us: {years}", years=round(years, 1))
    return (
        Brick(TIME, "habits", usual, regular > 0),
        Brick(TIME, "products", known, products > 1),
        Brick(WORRY, "years", long, years >= 1),
    )


def _machines(count: int) -> Brick:
    if count:
        return Brick(WORRY, "machines", said("Machines that we look after: {n}", n=count), True)
    return Brick(WORRY, "machines", said("No machine of theirs is written down"), False)
