"""The desk of super users: who they are, what sets them apart, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from huitou.care.complaints.rules import KINDS
from huitou.ground.errors import NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.loyalty.letting_go.rules import RULES
from huitou.runs.desks.letting_go.views import ApartView, GroupView, SuperPage, SuperUser
from huitou.runs.people import money_range
from huitou.runs.steps.contribution import CONTRIBUTION, NOTE
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition

COLUMNS = ["person_id", "baskets", "first_day", "last_day", "left", "low", "high", "is_super"]


class SuperUsers:
    """Who surely leaves far more than the usual customer."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def page(self, limit: int = 100) -> SuperPage:
        """The picture, and the list: those who surely leave most come first."""
        edition = self._edition()
        noted: Any = edition.noted(NOTE)
        if noted is None:
            raise NotYet(said("Nobody has ordered within the window yet."), to_try="huitou run")
        table = edition.table(CONTRIBUTION, COLUMNS)
        order = [("low", "descending"), ("person_id", "ascending")]
        chosen = table.filter(table["is_super"]).sort_by(order)
        worth = self._worth(edition, chosen["person_id"].to_pylist())
        whole, mine = noted["left"], noted["left_by_super"]
        return SuperPage(
            days=noted["days"],
            people=noted["people"],
            count=noted["super_users"],
            left=self._money(whole),
            left_by_super=self._money(mine),
            share=mine / whole if whole > 0 else 0.0,
            curve=tuple((x, y) for x, y in noted["curve"]),
            theirs=self._group(noted["super"]),
            others=self._group(noted["others"]),
            bought=tuple(
                ApartView(each["what"], each["theirs"], each["others"]) for each in noted["bought"]
            ),
            asked=tuple(
                ApartView(KINDS[each["kind"]], each["theirs"], each["others"])
                for each in noted["asked"]
            ),
            worth=self._money(sum(each.value.minor for each in worth.values())) if worth else None,
            users=tuple(self._user(row, worth) for row in chosen.slice(0, limit).to_pylist()),
        )

    def _user(self, row: Mapping[str, Any], worth: Mapping[str, Range]) -> SuperUser:
        level = RULES.read(self._house.home, self._settings.money).level
        shelf, person = self._house.shelf, row["person_id"]
        known = shelf.find(person) if shelf.file.exists() else None
        return SuperUser(
            person=person,
            name=(known["name"] or known["key"]) if known else person,
            orders=row["baskets"],
            net=money_range(row["left"], row["low"], row["high"], self._settings.money, level),
            first_day=row["first_day"],
            last_day=row["last_day"],
            worth=worth.get(person),
        )

    def _worth(self, edition: Edition, people: list[str]) -> dict[str, Range]:
        """What each is still expected to leave; nobody's where there is no forecast."""
        if not edition.has("people") or not people:
            return {}
        columns = ["person_id", "value", "value_low", "value_high"]
        rows = edition.table("people", columns, only=("person_id", people)).to_pylist()
        return {
            row["person_id"]: money_range(
                row["value"], row["value_low"], row["value_high"], self._settings.money
            )
            for row in rows
        }

    def _group(self, noted: Mapping[str, float | None]) -> GroupView | None:
        if noted["orders"] is None:
            return None
        told = {name: value or 0.0 for name, value in noted.items()}
        return GroupView(
            orders=told["orders"],
            basket=self._money(round(told["paid"])),
            back=told["back"],
            off=told["off"],
            left=self._money(round(told["left"])),
        )

    def _money(self, amount: int) -> Money:
        return Money(int(amount), self._settings.money)

    def _edition(self) -> Edition:
        edition = self._house.lake.current()
        if edition is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        return edition
