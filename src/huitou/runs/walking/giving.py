"""Giving what journeys want given: points, and offers within what somebody is surely worth.

A surprise is drawn by a lot of its own, which compares those who get one with those who do not: a
journey that gave some away beside that lot would spoil what is learned from it, so none does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import Refused
from huitou.ground.settings import Settings
from huitou.journeys.paths import book
from huitou.loyalty import book as loyalty
from huitou.loyalty import offers
from huitou.loyalty.points import book as points
from huitou.runs.walking.rooms import House

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

AT_ONCE = 2_000
"""Gifts handed out in one look; the rest waits for the next minute."""
OFFER_DAYS = 30
"""How long an offer of a journey can be used."""
BY = "journeys"


@dataclass(frozen=True)
class Worth:
    """What is known of somebody that bounds an offer."""

    bound: int
    """Most that they may hold of us, minor units."""
    stage: str


@dataclass(frozen=True)
class Giving:
    """One gift, to be given now."""

    row: Row
    worth: Worth
    returns: offers.Returns
    now: datetime

    @property
    def key(self) -> str:
        """The same gift however often it is tried."""
        return f"path:{self.row['id']}"


def give(house: House, settings: Settings, now: datetime) -> int:
    """Give what was asked for and not given, once each; how many were given.

    Where a room refuses, the gift is refused for good, with its reason.
    """
    with house.books.reading() as unit:
        rows = book.gifts_asked(unit, AT_ONCE)
    if not rows:
        return 0
    worth = _worth(house, settings, [row["person_id"] for row in rows])
    returns = offers.RULES.read(house.lake.root.parent).returns
    given = 0
    for row in rows:
        mine = worth.get(row["person_id"], Worth(0, "unknown"))
        given += _one(house, Giving(row, mine, returns, now))
    return given


def _one(house: House, giving: Giving) -> bool:
    identity = giving.row["id"]
    try:
        with house.books.unit() as unit:
            book.gift_ends(unit, identity, "given", None, giving.now)
            GIVERS[giving.row["gift"]](unit, giving)
    except Refused as refused:
        with house.books.unit() as unit:
            book.gift_ends(unit, identity, "refused", str(refused), giving.now)
        return False
    return True


def _points(unit: Unit, giving: Giving) -> None:
    row = giving.row
    why = f"journey {row['name']}"
    points.gift(
        unit, row["person_id"], "points", row["amount"], giving.key, giving.now, why=why, by=BY
    )


def _offer(unit: Unit, giving: Giving) -> None:
    stage, ends = giving.worth.stage, giving.now + timedelta(days=OFFER_DAYS)
    terms = loyalty.Terms(
        loyalty.WHOLE,
        giving.row["amount"],
        ends,
        kind=giving.returns.kind(stage),
        stage=stage,
        returns=giving.returns,
    )
    person, bound = giving.row["person_id"], giving.worth.bound
    loyalty.make_offer(unit, giving.key, person, terms, bound, giving.now)


GIVERS: Mapping[str, Callable[[Unit, Giving], None]] = {"points": _points, "offer": _offer}
"""Gift -> who gives it. A journey that gives what nobody here gives is not started."""


def _worth(house: House, settings: Settings, people: list[str]) -> dict[str, Worth]:
    """Nobody of whom nothing is foreseen is promised an offer."""
    edition = house.lake.current()
    if edition is None or not edition.has("people"):
        return {}
    columns = ["person_id", "value_low", "stage"]
    table = edition.table("people", columns, only=("person_id", sorted(set(people))))
    return {row["person_id"]: _of(row, settings) for row in table.to_pylist()}


def _of(row: Mapping[str, Any], settings: Settings) -> Worth:
    sure = max(float(row["value_low"] or 0), 0.0)
    return Worth(math.floor(settings.share_of_value * sure), str(row["stage"]))
