"""Who is meant: a tree of conditions over what is known of a person, never words of SQL.

    {all: [{stage: slipping}, {value: {at_least: 200}}, {not: {store: Bund}}]}

The tree is a frozen value. It is asked of one person (`holds`), of a table of people (`mask`), and
compiled to bound parameters for the books (`moves.book`). What is not known fits no condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from huitou.care.reasons import GROUPS, REASONS
from huitou.facts.life import STAGES
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["word", "whole", "money", "share", "channel"]


@dataclass(frozen=True)
class Field:
    """One thing that is known of people."""

    name: str
    kind: Kind
    column: str
    title: Sentence
    choices: tuple[str, ...] = ()


def _reasons() -> tuple[str, ...]:
    return tuple(REASONS)


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("stage", "word", "stage", said("Stage"), STAGES),
        Field("cause", "word", "cause", said("Likeliest cause"), _reasons()),
        Field("why", "word", "why", said("Group of causes"), tuple(GROUPS)),
        Field("orders", "whole", "orders", said("Orders so far")),
        Field("days_bought", "whole", "days_bought", said("Days on which they bought")),
        Field("quiet_days", "whole", "quiet_days", said("Days since the last purchase")),
        Field("known_days", "whole", "known_days", said("Days since the first purchase")),
        Field("value", "money", "value", said("Profit still expected")),
        Field("profit", "money", "profit", said("Profit so far")),
        Field("spent", "money", "spent", said("Spent so far")),
        Field("basket", "money", "basket", said("Usual basket")),
        Field("p_buy", "share", "p_buy", said("Chance to buy again")),
        Field("p_alive", "share", "p_alive", said("Chance to be still a customer")),
        Field("store", "word", "store", said("Store of the last order")),
        Field("channel", "word", "channel", said("Channel of the last order")),
        Field("region", "word", "region", said("Region")),
        Field("reach", "channel", "reach", said("Can be reached by")),
    )
}
"""Everything a filter may ask, by the name it has in YAML."""


PLACES = frozenset({"store", "channel", "region", "reach"})
"""Fields that say where somebody is and how to reach them. All others come from what they bought,
or from what is forecast of it: who is chosen by one of them is chosen by their traits."""


@dataclass(frozen=True)
class Heard:
    """Something that happened to a person: its name, when it was, and when we learned of it."""

    name: str
    at: datetime
    noted_at: datetime


@dataclass(frozen=True)
class Asked:
    """What a condition may look at for one person."""

    facts: Mapping[str, Any]
    heard: Sequence[Heard] = ()
    as_of: datetime | None = None
    """What was known when they came in reached to here."""
    now: datetime | None = None


@dataclass(frozen=True)
class Among:
    """A word is one of these."""

    field: str
    words: tuple[str, ...]

    def holds(self, asked: Asked) -> bool:
        """Whether it fits one person."""
        known = asked.facts.get(FIELDS[self.field].column)
        if FIELDS[self.field].kind == "channel":
            return known is not None and any(f",{word}," in known for word in self.words)
        return known in self.words

    def mask(self, table: pa.Table) -> pa.Array:
        """Whom of a table it fits."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = table[FIELDS[self.field].column]
        if FIELDS[self.field].kind == "channel":
            found = pa.array([False] * len(column))
            for word in self.words:
                there = pc.fill_null(pc.match_substring(column, f",{word},"), False)
                found = pc.or_(found, there)
            return found
        return pc.is_in(column, pa.array(self.words, column.type))


@dataclass(frozen=True)
class Within:
    """A number lies in a range; None: no end on that side."""

    field: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    above: float | None = None

    @property
    def ends(self) -> tuple[tuple[str, float], ...]:
        """The ends that are given, by name."""
        named = ("at_least", "at_most", "below", "above")
        return tuple((name, end) for name in named if (end := getattr(self, name)) is not None)

    def holds(self, asked: Asked) -> bool:
        """Whether it fits one person."""
        known = asked.facts.get(FIELDS[self.field].column)
        return known is not None and all(_fits(name, known, end) for name, end in self.ends)

    def mask(self, table: pa.Table) -> pa.Array:
        """Whom of a table it fits."""
        import pyarrow.compute as pc

        column = table[FIELDS[self.field].column]
        found = pc.is_valid(column)
        compare = {
            "at_least": pc.greater_equal,
            "at_most": pc.less_equal,
            "below": pc.less,
            "above": pc.greater,
        }
        for name, end in self.ends:
            found = pc.and_(found, pc.fill_null(compare[name](column, end), False))
        return found


@dataclass(frozen=True)
class Happened:
    """An event was heard: since they came in, or within so many days."""

    event: str
    within_days: int | None = None

    def since(self, asked: Asked) -> datetime | None:
        """What is later than this counts."""
        if self.within_days is None or asked.now is None:
            return asked.as_of
        return asked.now - timedelta(days=self.within_days)

    def holds(self, asked: Asked) -> bool:
        """Whether it fits one person."""
        since = self.since(asked)
        return since is not None and any(
            each.name == self.event and each.at > since for each in asked.heard
        )

    def mask(self, table: pa.Table) -> pa.Array:
        """Nobody: a table of people has heard nothing since they came in."""
        import pyarrow as pa

        return pa.array([False] * table.num_rows, pa.bool_())


@dataclass(frozen=True)
class All:
    """Every part fits; without parts, everybody."""

    parts: tuple[Filter, ...] = ()

    def holds(self, asked: Asked) -> bool:
        """Whether it fits one person."""
        return all(part.holds(asked) for part in self.parts)

    def mask(self, table: pa.Table) -> pa.Array:
        """Whom of a table it fits."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pa.array([True] * table.num_rows, pa.bool_())
        for part in self.parts:
            found = pc.and_(found, part.mask(table))
        return found


@dataclass(frozen=True)
class Some:
    """At least one part fits."""

    parts: tuple[Filter, ...]

    def holds(self, asked: Asked) -> bool:
        """Whether it fits one person."""
        return any(part.holds(asked) for part in self.parts)

    def mask(self, table: pa.Table) -> pa.Array:
        """Whom of a table it fits."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pa.array([False] * table.num_rows, pa.bool_())
        for part in self.parts:
            found = pc.or_(found, part.mask(table))
        return found


@dataclass(frozen=True)
class Not:
    """The part does not fit."""

    part: Filter

    def holds(self, asked: Asked) -> bool:
        """Whether it fits one person."""
        return not self.part.holds(asked)

    def mask(self, table: pa.Table) -> pa.Array:
        """Whom of a table it fits."""
        import pyarrow.compute as pc

        return pc.invert(self.part.mask(table))


Filter = Among | Within | Happened | All | Some | Not


def events_of(tree: Filter) -> set[str]:
    """The events a filter asks for."""
    if isinstance(tree, Happened):
        return {tree.event}
    if isinstance(tree, Not):
        return events_of(tree.part)
    if isinstance(tree, (All, Some)):
        return set().union(*(events_of(part) for part in tree.parts)) if tree.parts else set()
    return set()


def by_traits(tree: Filter) -> bool:
    """Whether a filter asks for anything that comes from what somebody bought."""
    if isinstance(tree, (Among, Within)):
        return tree.field not in PLACES
    if isinstance(tree, Not):
        return by_traits(tree.part)
    return isinstance(tree, (All, Some)) and any(by_traits(part) for part in tree.parts)


def _fits(name: str, known: float, end: float) -> bool:
    if name == "at_least":
        return known >= end
    if name == "at_most":
        return known <= end
    return known < end if name == "below" else known > end
