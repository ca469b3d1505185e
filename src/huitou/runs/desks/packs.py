"""The desk of packs: sessions sold, used one visit at a time, and paid back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from huitou.ground.errors import Refused
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.loyalty.packs import book
from huitou.loyalty.points.rules import RULES, PackRule
from huitou.runs.desks.points import Desk as Points

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row


@dataclass(frozen=True)
class PackView:
    """One pack of a person."""

    id: str
    person: str
    name: str
    sessions: int
    left: int
    price: Money
    worth_left: Money
    """What would be paid back for the sessions left."""
    sold_on: date
    last_day: date | None
    by: str
    over: bool
    """Used up, ended or paid back."""


@dataclass(frozen=True)
class PaidBack:
    """A pack that was paid back."""

    pack: PackView
    paid: Money


class Desk:
    """Packs of sessions."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    @property
    def offered(self) -> Mapping[str, PackRule]:
        """Packs that the rules offer, by name."""
        return RULES.read(self._house.home).packs

    def sell(
        self,
        who: str,
        name: str,
        key: str,
        *,
        sessions: int | None = None,
        price: int | None = None,
        by: str = "",
    ) -> PackView:
        """Sell a pack, once for `key`: one of the rules, or one of so many sessions for a price."""
        rules, now = RULES.read(self._house.home), self._now
        rules.must_issue(now.astimezone(self._settings.zone).date())
        known = rules.packs.get(name) or PackRule(name, sessions or 0, price or 0)
        if not (sessions or known.sessions) or (price is None and name not in rules.packs):
            raise Refused(
                f"there is no pack {name!r} in the rules",
                to_try="say how many sessions, and for how much",
            )
        sale = book.Sale(
            name, sessions or known.sessions, known.price if price is None else price,
            known.expires(now, self._settings.zone),
        )  # fmt: skip
        person = Points(self._house, self._settings).person(who)
        with self._house.books.unit() as unit:
            return self._view(book.sell(unit, person, sale, key, now, by=by))

    def use(self, pack_id: str, key: str, sessions: int = 1, by: str = "") -> PackView:
        """Use sessions of a pack, once for `key`."""
        with self._house.books.unit() as unit:
            return self._view(book.use(unit, pack_id, key, self._now, sessions=sessions, by=by))

    def use_of(
        self, who: str, key: str, *, name: str | None = None, sessions: int = 1, by: str = ""
    ) -> PackView:
        """Use sessions of whichever pack of a person ends soonest, once for `key`."""
        person = Points(self._house, self._settings).person(who)
        with self._house.books.unit() as unit:
            used = book.used_with(unit, key)
            pack_id = used or book.open_pack(unit, person, name, self._now)["id"]
            return self._view(book.use(unit, pack_id, key, self._now, sessions=sessions, by=by))

    def refund(self, pack_id: str, key: str, by: str = "") -> PaidBack:
        """Pay the sessions left back, once for `key`."""
        with self._house.books.unit() as unit:
            paid = book.refund(unit, pack_id, key, self._now, by=by)
            pack = self._view(book.find(unit, pack_id))
        return PaidBack(pack, Money(paid, self._settings.money))

    def of(self, who: str) -> tuple[PackView, ...]:
        """All packs of a person, those with sessions left first."""
        return self.of_person(Points(self._house, self._settings).person(who))

    def of_person(self, person: str) -> tuple[PackView, ...]:
        """The same by id."""
        with self._house.books.reading() as unit:
            return tuple(self._view(row) for row in book.of_person(unit, person))

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _view(self, row: Row) -> PackView:
        zone, currency = self._settings.zone, self._settings.money
        ends = row["ends_at"]
        last = ends.astimezone(zone).date() - timedelta(days=1) if ends is not None else None
        return PackView(
            row["id"], row["person_id"], row["name"], row["sessions"], row["left"],
            Money(row["price"], currency), Money(book.worth(row, row["left"]), currency),
            row["at"].astimezone(zone).date(), last, row["by"],
            not row["left"] or (ends is not None and ends <= self._now),
        )  # fmt: skip
