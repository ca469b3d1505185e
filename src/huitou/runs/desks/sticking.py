"""The desk of what holds customers: how many products they use, what fits next, and their wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.models.next_product import Group
from huitou.runs import owners
from huitou.runs.desks.wall import Asked, WallView, wall
from huitou.runs.steps.sticking import NEXT, NOTE, USED

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition

LISTED = 40
"""Products that are listed with those whom they fit."""


@dataclass(frozen=True)
class GroupView:
    """Customers with so many products, and what share of them bought again."""

    least: int
    most: int | None
    people: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class HeldOutView:
    """How often one of the products that were named was bought, against the most popular ones."""

    k: int
    days: int
    people: int
    rate: float
    popular: float
    difference: float
    low: float
    high: float
    beats: bool


@dataclass(frozen=True)
class NextView:
    """One product that fits somebody next, and what they have that speaks for it."""

    rank: int
    sku: str
    name: str
    because: str | None
    lift: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class FitView:
    """A product, and how many it would fit next of all."""

    sku: str
    name: str
    people: int


@dataclass(frozen=True)
class StickingView:
    """The page of what holds customers."""

    groups: tuple[GroupView, ...]
    """As they stood one horizon ago: it is known who bought again since."""
    now: tuple[GroupView, ...]
    days: int
    held_out: HeldOutView | None
    fits: tuple[FitView, ...]
    products: int
    """Products that are compared with each other."""


@dataclass(frozen=True)
class HoldView:
    """What holds one person."""

    person: str
    products: int
    nexts: tuple[NextView, ...]
    wall: WallView


class Desk:
    """What holds the customers of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def seen(self) -> StickingView:
        """Everybody: distribution, who stayed, and how well the next product was foretold."""
        from huitou.models import next_product

        edition = self._edition()
        told = edition.noted(NOTE)
        counts = edition.table(USED, ["products"])["products"].to_pylist()
        return StickingView(
            groups=tuple(_group(Group(**each)) for each in told["groups"]),
            now=tuple(_group(each) for each in next_product.groups(counts, None)),
            days=told.get("days", 0),
            held_out=_held_out(told),
            fits=_fits(edition),
            products=told.get("products", 0),
        )

    def of(self, who: str) -> HoldView:
        """One person, by id or by what the merchant knows them by."""
        return self.holding(owners.person(self._house, self._settings, who))

    def holding(self, person: str) -> HoldView:
        """What holds one person: what they use, what fits next, their wall."""
        from huitou.care.machines import book as machines

        edition = self._edition()
        mine = ("person_id", [person])
        used = edition.table(USED, only=mine).to_pylist()
        nexts = tuple(map(_next, _ranked(edition.table(NEXT, only=mine).to_pylist())))
        known = date.fromisoformat(edition.noted("moment")["day"])
        asked = Asked(person, self._today(), self._settings.money, known, self._house.clock.now())
        with self._house.books.reading() as unit, self._house.lake.reading(edition) as lines:
            around = wall(
                unit, lines, asked,
                machines=len(machines.of(unit, person)),
                next_name=nexts[0].name if nexts else None,
            )  # fmt: skip
        return HoldView(person, used[0]["products"] if used else 0, nexts, around)

    def _edition(self) -> Edition:
        edition = owners.current(self._house)
        if edition is None or not edition.has(NEXT):
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        return edition

    def _today(self) -> date:
        return self._house.clock.now().astimezone(self._settings.zone).date()


def _group(group: Group) -> GroupView:
    low, high = group.interval or (None, None)
    return GroupView(group.least, group.most, group.people, group.share, low, high)


def _held_out(told: Mapping[str, Any]) -> HeldOutView | None:
    found = told.get("held_out")
    if not found or not found["people"]:
        return None
    names = ("k", "people", "rate", "popular", "difference", "low", "high")
    return HeldOutView(
        days=told["days"], beats=found["low"] > 0, **{name: found[name] for name in names}
    )


def _fits(edition: Edition) -> tuple[FitView, ...]:
    rows = edition.table(NEXT, ["rank", "sku", "name"]).to_pylist()
    counted: dict[str, tuple[str, int]] = {}
    for row in rows:
        if row["rank"] == 1:
            name, count = counted.get(row["sku"], (row["name"], 0))
            counted[row["sku"]] = name, count + 1
    ordered = sorted(counted.items(), key=lambda each: (-each[1][1], each[0]))
    return tuple(FitView(sku, name, count) for sku, (name, count) in ordered[:LISTED])


def _ranked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["rank"])


def _next(row: Mapping[str, Any]) -> NextView:
    return NextView(
        rank=row["rank"],
        sku=row["sku"],
        name=row["name"],
        because=row["because_name"] or row["because"],
        lift=row["lift"],
        low=row["low"],
        high=row["high"],
    )
