"""Giving what journeys want given: points, surprises, offers within what somebody is surely worth.

Where a journey chooses people by what they bought, who refused that gets no offer of it.

A surprise goes through the door of all surprises: its budget, its bound a year, and its lot, which
compares those who get one with those who do not. Only a gift that is kept for journeys (`when =
"journey"` in its rules) is given so: one that is drawn elsewhere, too, would spoil that lot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from huitou.care.chase import book as chase
from huitou.care.complaints import book as complaints
from huitou.care.consents import book as consents
from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.journeys.paths import book
from huitou.journeys.trials import book as trials
from huitou.loyalty import book as loyalty
from huitou.loyalty import offers
from huitou.loyalty.points import book as points
from huitou.loyalty.surprises import book as surprises
from huitou.loyalty.surprises import rules as kept
from huitou.loyalty.surprises.lots import Turn, at_milestones
from huitou.loyalty.surprises.rules import SurpriseRules
from huitou.runs.walking.rooms import House

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

AT_ONCE = 2_000
"""Gifts handed out in one look; the rest waits for the next minute."""
OFFER_DAYS = 30
"""How long an offer of a journey can be used."""
BY = "journeys"
NO_SURPRISES = SurpriseRules()


@dataclass(frozen=True)
class Known:
    """What is known of somebody that bounds what they are given."""

    hold_key: str = ""
    """By which lots are drawn: it survives merges."""
    bound: int = 0
    """Most that they may hold of us, minor units."""
    stage: str = "unknown"


@dataclass(frozen=True)
class Giving:
    """One gift, to be given now."""

    row: Row
    known: Known
    returns: offers.Returns
    now: datetime
    surprises: SurpriseRules = NO_SURPRISES
    salt: str = ""
    day: date = date.min
    """The day in the shop, whose month pays for a surprise."""
    by_traits: bool = False
    """Whether the journey chooses people by what they bought."""
    tested: Set[str] = frozenset()
    """Whose window in a planned test still runs."""

    @property
    def key(self) -> str:
        """The same gift however often it is tried."""
        return f"path:{self.mark}"

    @property
    def mark(self) -> str:
        """Tells the gift apart, and not whose it is: it stays where somebody is forgotten."""
        return fingerprint(self.row["id"])[:48]


def give(house: House, settings: Settings, now: datetime) -> int:
    """Give what was asked for and not given, once each; how many were given.

    Where a room refuses, the gift is refused for good, with its reason.
    """
    day = settings.day(now)
    with house.books.reading() as unit:
        rows = book.gifts_asked(unit, AT_ONCE)
        drawn = any(row["gift"] == "surprise" for row in rows)
        tested = trials.inside(unit, day) if drawn else set[str]()
        by_traits = book.by_traits(unit, {row["version"] for row in rows if row["gift"] == "offer"})
    if not rows:
        return 0
    known = _known(house, settings, [row["person_id"] for row in rows])
    returns, gifts = offers.RULES.read(house.home).returns, kept.RULES.read(house.home)
    given = 0
    for row in rows:
        mine = known.get(row["person_id"], Known())
        chosen = row["version"] in by_traits
        giving = Giving(row, mine, returns, now, gifts, settings.salt, day, chosen, tested)
        given += _one(house, giving)
    return given


def _one(house: House, giving: Giving) -> bool:
    identity, gives = giving.row["id"], GIVERS[giving.row["gift"]]
    try:
        with house.books.unit() as unit:
            if not book.gift_ends(unit, identity, "given", None, giving.now):
                return False  # Another worker was there first.
            if (why := gives(unit, giving)) is not None:
                # What the lot said is kept, whatever it said.
                book.gift_ends(unit, identity, "refused", why, giving.now, was="given")
                return False
    except Refused as refused:
        with house.books.unit() as unit:
            book.gift_ends(unit, identity, "refused", str(refused), giving.now)
        return False
    return True


def _points(unit: Unit, giving: Giving) -> str | None:
    row = giving.row
    why = f"journey {row['name']}"
    points.gift(
        unit, row["person_id"], "points", row["amount"], giving.key, giving.now, why=why, by=BY
    )
    return None


def _offer(unit: Unit, giving: Giving) -> str | None:
    stage, ends = giving.known.stage, giving.now + timedelta(days=OFFER_DAYS)
    terms = loyalty.Terms(
        loyalty.WHOLE,
        giving.row["amount"],
        ends,
        kind=giving.returns.kind(stage),
        stage=stage,
        returns=giving.returns,
    )
    person, bound = giving.row["person_id"], giving.known.bound
    if giving.by_traits and consents.not_by_traits(unit, [person]):
        raise Refused("not_by_traits")
    loyalty.make_offer(unit, giving.key, person, terms, bound, giving.now)
    return None


def _surprise(unit: Unit, giving: Giving) -> str | None:
    """Draw the lot of a surprise; why nothing came of it, where it is kept all the same."""
    row, rules = giving.row, giving.surprises
    found = [each for each in rules.gifts if (each.name, each.when) == (row["what"], "journey")]
    if not rules.on or not found:
        raise Refused(f"no surprise {row['what']!r} is kept for journeys, or none is drawn")
    person = row["person_id"]
    if chase.marked(unit, [person]) or complaints.people_waiting(unit, [person]):
        raise Refused("they wait for an answer, or are not to be chased")
    if person in surprises.drawn_since(unit, giving.day - timedelta(days=rules.window_days)):
        raise Refused("they were drawn of late, and what that moved is still being measured")
    if person in giving.tested:
        raise Refused("they are in a planned test, and nothing else is done with them meanwhile")
    key = giving.known.hold_key or person
    turn = Turn(person, key, f"journey:{giving.mark}", f"journey {row['name']}")
    (drawn,) = at_milestones(found[0], [turn], rules.control_share, giving.salt)
    receipt = {
        "because": turn.why, "arm": drawn.arm, "lot": drawn.lot, "chance": drawn.chance,
        "turns": 1, "cost": drawn.gift.cost, "day": giving.day.isoformat(),
        "what": dict(drawn.gift.by_language),
    }  # fmt: skip
    told = surprises.keep(unit, drawn, rules, giving.day, giving.now, receipt)
    return None if told in ("given", "known") else told


GIVERS: Mapping[str, Callable[[Unit, Giving], str | None]] = {
    "points": _points,
    "offer": _offer,
    "surprise": _surprise,
}
"""Gift -> who gives it. A journey that gives what nobody here gives is not started."""


def _known(house: House, settings: Settings, people: list[str]) -> dict[str, Known]:
    """Nobody of whom nothing is foreseen is promised an offer."""
    edition = house.lake.current()
    if edition is None or not edition.has("people"):
        return {}
    columns = ["person_id", "hold_key", "value_low", "stage"]
    table = edition.table("people", columns, only=("person_id", sorted(set(people))))
    return {row["person_id"]: _of(row, settings) for row in table.to_pylist()}


def _of(row: Mapping[str, Any], settings: Settings) -> Known:
    sure = max(float(row["value_low"] or 0), 0.0)
    bound = math.floor(settings.share_of_value * sure)
    return Known(row["hold_key"] or "", bound, str(row["stage"]))
