"""Two customers who may be one: who they are, why it may be so, and somebody's word on it.

desk.page()              those to look at, the likeliest first, and those that are one
desk.same(pair, by)      they are one, from the next run on
desk.different(pair, by) they are two, for ever: never asked again
desk.undo(pair, by)      that word is taken back
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.identity.alike import book, levels
from huitou.identity.alike.book import DIFFERENT, JOINED, OPEN, SAME, UNDONE

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

SHOWN = 200
"""Pairs of a kind that a page shows."""

WORDS: Mapping[str, Mapping[str, Sentence]] = {
    levels.NAME: {
        levels.SAME: said("Same name"),
        levels.SOUND: said("Same name in other letters"),
        levels.TURNED: said("Same name, turned round"),
        levels.NEAR: said("Almost the same name"),
        levels.PART: said("Similar name"),
        "homophone": said("Names that sound alike"),
        "surname": said("Same surname, other given name"),
        "given": said("Same given name, other surname"),
        "part_turned": said("Part of the name, turned round"),
        levels.DIFFERENT: said("Other name"),
    },
    levels.BIRTHDAY: {
        levels.SAME: said("Same birthday"),
        levels.NEAR: said("Birthday one figure apart"),
        levels.SWAPPED: said("Day and month of birth turned round"),
        levels.PART: said("Birthday two figures apart"),
        levels.DIFFERENT: said("Other birthday"),
    },
    levels.PHONE: {
        levels.SAME: said("Same phone"),
        levels.NEAR: said("Phone one figure apart"),
        levels.DIFFERENT: said("Other phone"),
    },
    levels.EMAIL: {
        levels.SAME: said("Same e-mail"),
        levels.BOX: said("Same e-mail name elsewhere"),
        levels.DIFFERENT: said("Other e-mail"),
    },
    levels.NUMBER: {
        levels.SAME: said("Same house number"),
        levels.NEAR: said("House number one figure apart"),
        levels.DIFFERENT: said("Other house number"),
    },
    levels.STREET: {
        levels.SAME: said("Same street"),
        levels.NEAR: said("Almost the same street"),
        levels.PART: said("Similar street"),
        levels.DIFFERENT: said("Other street"),
    },
    levels.DISTRICT: {
        levels.SAME: said("Same town"),
        levels.NEAR: said("Almost the same town"),
        "most": said("Almost the same town"),
        levels.PART: said("Similar town"),
        "some": said("Similar town"),
        levels.DIFFERENT: said("Other town"),
    },
    levels.POSTCODE: {
        levels.SAME: said("Same postcode"),
        levels.NEAR: said("Postcode one figure apart"),
        levels.DIFFERENT: said("Other postcode"),
    },
}
"""How a field of two customers agrees, or does not."""

STATES: Mapping[str, Sentence] = {
    OPEN: said("Waits for somebody to look"),
    JOINED: said("One, as they are so alike"),
    SAME: said("One, as somebody said"),
    DIFFERENT: said("Two, as somebody said"),
    UNDONE: said("Taken back"),
}

_AGREE = {levels.SAME, levels.SOUND, levels.TURNED, levels.NEAR, levels.SWAPPED, levels.BOX, "most"}


@dataclass(frozen=True)
class SideView:
    """One of the two."""

    person: str
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    address: str | None
    birthday: date | None
    member_no: str | None
    orders: int
    since: date
    until: date


@dataclass(frozen=True)
class WordView:
    """What was said of a pair, by whom and when, at which weight."""

    word: str
    words: Sentence
    by: str
    at: datetime
    weight: float


@dataclass(frozen=True)
class PairView:
    """Two customers, and why they may be one."""

    id: str
    left: SideView
    right: SideView
    chance: float
    """That they are one."""
    weight: float
    """Base-2 logarithm of the odds, as it was last looked at."""
    agrees: tuple[Sentence, ...]
    differs: tuple[Sentence, ...]
    state: str
    state_words: Sentence
    by: str
    at: datetime
    said: tuple[WordView, ...]


@dataclass(frozen=True)
class DuplicatesPage:
    """How things stand."""

    open: tuple[PairView, ...]
    one: tuple[PairView, ...]
    """Made one, by likeness or by somebody's word; the latest first."""
    two: tuple[PairView, ...]
    """Said to be two."""
    counts: Mapping[str, int]
    last: PairView | None
    """Of which somebody spoke last: that word can be taken back."""
    merges_itself: bool
    """Whether the shop is large enough to make two one without being asked."""
    wrong: float
    """Share of those made one by themselves that is expected to be wrong."""
    found: float
    """Share of all true pairs that is expected among them."""
    waits: bool
    """Whether somebody spoke since the last run: it counts with the next."""


class Duplicates:
    """Customers of this shop who may be one."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def page(self) -> DuplicatesPage:
        """Those to look at, those that are one, and those that are two."""
        people, cut = self._people(), self._cut()
        with self._house.books.reading() as unit:
            shown = {
                name: _views(unit, book.listed(unit, states, SHOWN), people)
                for name, states in _KINDS.items()
            }
            counts = book.counted(unit)
            joins = book.stands(unit).rows
        spoken = [each for each in (*shown["one"], *shown["two"]) if each.by != book.ITSELF]
        return DuplicatesPage(
            open=tuple(shown["open"]),
            one=tuple(sorted(shown["one"], key=lambda each: each.at, reverse=True)),
            two=tuple(shown["two"]),
            counts={state: counts.get(state, 0) for state in (OPEN, JOINED, SAME, DIFFERENT)},
            last=max(spoken, key=lambda each: each.at, default=None),
            merges_itself=cut.get("merge") is not None,
            wrong=float(cut.get("wrong") or 0.0),
            found=float(cut.get("found") or 0.0),
            waits=any(_waits(each, joins) for each in spoken),
        )

    def find(self, pair: str) -> PairView:
        """One pair with every word about it."""
        with self._house.books.reading() as unit:
            return _view(unit, book.find(unit, pair), self._people())

    def same(self, pair: str, by: str) -> PairView:
        """Somebody looked: they are one, from the next run on."""
        return self._say(pair, SAME, by)

    def different(self, pair: str, by: str) -> PairView:
        """Somebody looked: they are two. If they were one, the next run parts them again."""
        return self._say(pair, DIFFERENT, by)

    def undo(self, pair: str, by: str) -> PairView:
        """Take the last word back."""
        with self._house.books.unit() as unit:
            row = book.take_back(unit, pair, by, self._house.clock.now())
            return _view(unit, row, self._people())

    def _say(self, pair: str, word: str, by: str) -> PairView:
        with self._house.books.unit() as unit:
            row = book.say(unit, pair, word, by, self._house.clock.now())
            return _view(unit, row, self._people())

    def _people(self) -> Mapping[str, Mapping[str, Any]]:
        edition = self._house.lake.current()
        if edition is None or not edition.has("alike_people"):
            return {}
        return {row["person"]: row for row in edition.table("alike_people").to_pylist()}

    def _cut(self) -> Mapping[str, float | None]:
        edition = self._house.lake.current()
        return (edition.noted("alike") if edition is not None else None) or {}


# -- inside

_KINDS = {"open": (OPEN,), "one": (JOINED, SAME), "two": (DIFFERENT,)}


def _views(
    unit: Any, rows: Sequence[Row], people: Mapping[str, Mapping[str, Any]]
) -> list[PairView]:
    """Those of whom something is known: nothing is of who was forgotten."""
    known = [row for row in rows if row["left_id"] in people and row["right_id"] in people]
    return [_view(unit, row, people) for row in known]


def _view(unit: Any, row: Row, people: Mapping[str, Mapping[str, Any]]) -> PairView:
    agrees = [(field, row["fields"][field]) for field in levels.FIELDS if field in row["fields"]]
    return PairView(
        id=row["id"],
        left=_side(row["left_id"], people.get(row["left_id"], {})),
        right=_side(row["right_id"], people.get(row["right_id"], {})),
        chance=row["chance"],
        weight=round(row["weight"], 2),
        agrees=tuple(WORDS[field][code] for field, code in agrees if code in _AGREE),
        differs=tuple(WORDS[field][code] for field, code in agrees if code not in _AGREE),
        state=row["state"],
        state_words=STATES[row["state"]],
        by=row["by"],
        at=row["at"],
        said=tuple(
            WordView(each["word"], STATES[each["word"]], each["by"], each["at"], each["weight"])
            for each in book.said_of(unit, row["id"])
        ),
    )


def _side(person: str, told: Mapping[str, Any]) -> SideView:
    unknown = date.min
    return SideView(
        person=person,
        name=told.get("name") or person,
        phones=tuple(told.get("phones") or ()),
        emails=tuple(told.get("emails") or ()),
        address=told.get("address"),
        birthday=told.get("birthday"),
        member_no=told.get("member_no"),
        orders=int(told.get("orders") or 0),
        since=told["since"].date() if told else unknown,
        until=told["until"].date() if told else unknown,
    )


def _waits(each: PairView, joins: Mapping[str, Row]) -> bool:
    """Whether what somebody said of a pair does not yet hold in the books."""

    def now(person: str) -> str:
        return str(joins[person]["survivor"]) if person in joins else person

    are_one = now(each.left.person) == now(each.right.person)
    return are_one != (each.state == SAME)
