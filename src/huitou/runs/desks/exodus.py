"""The desk of exoduses: groups that stay away beyond what was expected, with what is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.models.exodus import LEAST_PEOPLE
from huitou.runs.people import money_range, person_row
from huitou.runs.steps.exodus import NOTE, PEOPLE
from huitou.runs.views import PersonRow, Range

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition

SHOWN = 12
"""Groups shown beside those that are named."""
LEVEL = 0.9

KINDS: Mapping[str, Sentence] = {
    "store": said("Store"),
    "channel": said("Channel"),
    "region": said("Region"),
    "campaign": said("Campaign"),
    "category": said("Kind of goods"),
    "sku": said("Product"),
    "acquisition": said("Where they came from"),
    "tier": said("Step of the ladder"),
}


@dataclass(frozen=True)
class GroupView:
    """One group: how many were expected, how many came, and what is at stake."""

    kind: str
    name: Sentence
    """The kind in words."""
    part: str
    start: date
    end: date
    people: int
    expected: float
    """So many would have come, had they been like others of their chance."""
    came: int
    share: float
    """Of those expected, beyond what is usual for this group; with its 90 % interval."""
    low: float
    high: float
    surprise: float
    """How often as much is seen in a group where nothing happened."""
    named: bool
    """Whether it is an exodus."""
    revenue: Range
    """At stake within one horizon."""
    profit: Range
    """At stake over the time that worth is counted for."""
    words: Sentence


@dataclass(frozen=True)
class ExodusView:
    """What is to be said of all groups."""

    as_of: date
    looked: int
    """Groups that were looked at."""
    horizon_days: int
    named: tuple[GroupView, ...]
    others: tuple[GroupView, ...]
    """The next surest; nothing is wrong with them as far as is known."""
    words: tuple[Sentence, ...]


@dataclass(frozen=True)
class AwayView:
    """Who of a named group was expected and stayed away, the dearest first."""

    kind: str
    part: str
    people: int
    rows: tuple[PersonRow, ...]


def seen(settings: Settings, edition: Edition) -> ExodusView:
    """The verdicts of the last run."""
    noted: Mapping[str, Any] | None = edition.noted(NOTE)
    moment = edition.noted("moment")
    day, horizon = date.fromisoformat(moment["day"]), moment["horizon_days"]
    if noted is None:
        words = said(
            "Too little is known yet: it takes {n} customers, and a moment of the past to compare.",
            n=4 * LEAST_PEOPLE,
        )
        return ExodusView(day, 0, horizon, (), (), (words,))
    groups = [_view(row, settings) for row in noted["groups"] if _fewer(row)]
    named = tuple(group for group in groups if group.named)
    others = tuple(group for group in groups if not group.named)[:SHOWN]
    return ExodusView(
        day, noted["looked"], horizon, named, others, _words(noted["looked"], len(named))
    )


def away(
    house: House, settings: Settings, edition: Edition, kind: str, part: str, limit: int = 50
) -> AwayView:
    """The people of a named group who stayed away. Raises `NotYet` for a group that is not."""
    table = edition.table(PEOPLE)
    rows = [row for row in table.to_pylist() if row["kind"] == kind and row["part"] == part]
    if not rows:
        raise NotYet(said("No exodus of {what} is known.", what=part), to_try="huitou exodus")
    rows.sort(key=lambda row: (-row["chance"] * max(row["value"], 0), row["person_id"]))
    found = (house.shelf.find(row["person_id"]) for row in rows[:limit])
    shown = tuple(person_row(each, settings.money) for each in found if each is not None)
    return AwayView(kind, part, len(rows), shown)


def named(edition: Edition) -> int:
    """How many groups are named."""
    noted = edition.noted(NOTE)
    return sum(row["named"] and _fewer(row) for row in noted["groups"]) if noted else 0


def _fewer(row: Mapping[str, Any]) -> bool:
    """Whether fewer came than were expected, as it is written.

    The share is weighed by how surely each was expected and held against the group's own past, so
    it may be above nought where no fewer came: then there is no loss to show anybody.
    """
    return bool(row["came"] < round(row["expected"]))


def _view(row: Mapping[str, Any], settings: Settings) -> GroupView:
    start = date.fromisoformat(row["start"])
    end = start + timedelta(days=row["days"])
    revenue, profit = (
        money_range(
            row[f"{name}_share"], row[f"{name}_low"], row[f"{name}_high"], settings.money, LEVEL
        )
        for name in ("revenue", "value")
    )
    return GroupView(
        kind=row["kind"],
        name=KINDS[row["kind"]],
        part=row["part"],
        start=start,
        end=end,
        people=row["people"],
        expected=row["expected"],
        came=row["came"],
        share=row["share"],
        low=row["low"],
        high=row["high"],
        surprise=row["chance"],
        named=row["named"],
        revenue=revenue,
        profit=profit,
        words=_sentence(row, end, revenue),
    )


def _sentence(row: Mapping[str, Any], end: date, revenue: Range) -> Sentence:
    return said(
        "{kind} {part}: from {start} to {end} {came} came where {expected} were expected of"
        " {people}; {share} % stayed away beyond what is usual (between {low} and {high}). At"
        " stake: {revenue} of revenue.",
        kind=KINDS[row["kind"]],
        part=row["part"],
        start=date.fromisoformat(row["start"]),
        end=end,
        came=row["came"],
        expected=round(row["expected"]),
        people=row["people"],
        share=round(100 * row["share"]),
        low=round(100 * row["low"]),
        high=round(100 * row["high"]),
        revenue=revenue.value,
    )


def _words(looked: int, named: int) -> tuple[Sentence, ...]:
    if named:
        first = said(
            "Groups that stay away beyond what was expected: {n} of {looked}.",
            n=named,
            looked=looked,
        )
    else:
        first = said("None of {looked} groups stays away beyond what was expected.", looked=looked)
    return (
        first,
        said(
            "What is expected is what customers of the same chance outside the group did, so a"
            " forecast that is wrong for the whole shop accuses nobody; what is usual for a group"
            " comes from its own past. Of looks at a quiet shop some 5 in 100 name somebody all the"
            " same."
        ),
    )
