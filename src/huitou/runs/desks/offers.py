"""The desk of offers: those that are out, what became of them, and the rules they go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.loyalty import book as loyalty
from huitou.loyalty.codes import tidy
from huitou.loyalty.offers import RULES, OfferRules
from huitou.runs import till
from huitou.runs.views import OfferView

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row


@dataclass(frozen=True)
class OfferRow:
    """One offer in a list: whose it is, what it is worth, and how it stands."""

    id: str
    code: str
    person: str
    name: str | None
    state: str
    """open, settled (used), expired, released (taken back) or dead (they bought first)."""
    personal: bool
    most: Money
    made: date
    last_day: date
    order_id: str | None
    given: Money | None


@dataclass(frozen=True)
class UseView:
    """One use of an offer for an order."""

    order_id: str
    total: Money
    off: Money
    payable: Money
    by: str
    day: date
    reversed_by: str | None
    reversed_on: date | None


@dataclass(frozen=True)
class Share:
    """People of one arm who were to come back: how many did, how many left again."""

    people: int
    back: int
    gone_again: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True)
class RelapseView:
    """Who came back by a return offer and left again, beside those who came by themselves."""

    asked: Share
    alone: Share
    more_stayed: float
    low: float
    high: float
    verdict: str
    """more, fewer or not_proven: of the share of all asked who came back and stayed."""


class Offers:
    """What staff and tills do with offers, besides checking and using a code."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def listed(self, state: str | None = None, limit: int = 50) -> tuple[OfferRow, ...]:
        """The newest offers, all or those in a state."""
        asked = "released" if state == "dead" else state
        with self._house.books.reading() as unit:
            rows = loyalty.latest(unit, asked, limit)
        seen = [self._row(row) for row in rows]
        return tuple(each for each in seen if state in (None, each.state))

    def counted(self) -> Mapping[str, int]:
        """How many offers there are in each state."""
        with self._house.books.reading() as unit:
            return loyalty.counted(unit)

    def uses(self, code: str) -> tuple[UseView, ...]:
        """Every use of a code, the latest first, reversed ones too."""
        with self._house.books.reading() as unit:
            row = loyalty.by_code(unit, tidy(code))
            return tuple(self._use(each) for each in loyalty.uses_of(unit, [row["id"]]))

    def reverse(self, code: str, order_id: str, by: str = "") -> OfferView:
        """An order was cancelled: its code is open again where its time is not over."""
        return till.reverse(self._house, self._settings, code, order_id, by)

    def tell_sale(self, order_id: str, total: int, customer: str, by: str = "") -> bool:
        """A till tells of a sale to a named customer; whether it was new."""
        return till.tell_sale(self._house, self._settings, order_id, total, customer, by)

    def cancel_sale(self, order_id: str) -> bool:
        """The sale was taken back; whether it stood until now."""
        return till.cancel_sale(self._house, order_id)

    def relapse(self) -> RelapseView | None:
        """Whether who was won back stays; None before a first run, or with too few customers."""
        edition = self._house.lake.current()
        noted: Any = edition.noted("relapse") if edition is not None else None
        if not noted:
            return None
        asked, alone = Share(**noted["asked"]), Share(**noted["alone"])
        more, low, high = (float(noted[name]) for name in ("more_stayed", "low", "high"))
        return RelapseView(asked, alone, more, low, high, noted["verdict"])

    @property
    def rules(self) -> OfferRules:
        """What the merchant decided."""
        return RULES.read(self._house.home)

    def _row(self, row: Row) -> OfferRow:
        seen = till.offer_view(row, self._settings, self._house.clock.now())
        dead = row["state"] == "released" and row["why"] is not None
        known = self._shelved(row["person_id"])
        return OfferRow(
            id=row["id"],
            code=seen.code,
            person=row["person_id"],
            name=(known["name"] or known["key"]) if known else None,
            state="dead" if dead else seen.state,
            personal=seen.personal,
            most=seen.most,
            made=row["made_at"].astimezone(self._settings.zone).date(),
            last_day=seen.last_day,
            order_id=seen.order_id,
            given=seen.given,
        )

    def _shelved(self, person: str) -> Mapping[str, Any] | None:
        shelf = self._house.shelf
        return shelf.find(person) if shelf.file.exists() else None

    def _use(self, row: Row) -> UseView:
        zone, money = self._settings.zone, self._settings.money
        undone = row["reversed_at"]
        told = UseView(
            order_id=row["order_id"],
            total=Money(row["total"], money),
            off=Money(row["off"], money),
            payable=Money(row["payable"], money),
            by=row["by"],
            day=row["at"].astimezone(zone).date(),
            reversed_by=row["reversed_by"],
            reversed_on=None,
        )
        return replace(told, reversed_on=undone.astimezone(zone).date()) if undone else told
