"""Who is who in the books: every id a person was ever known by leads to the one used now.

Look-ups by person go through `names`: what was said to, promised to or asked of somebody counts
for them under each of their ids, whichever of them the asker knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import or_, select

from huitou.identity.tables import person_alias, person_split
from huitou.store.books import Unit

Pairs = Sequence[tuple[str, str]]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Names:
    """Ids that were given up -> the id that is used now."""

    survivor: Mapping[str, str] = field(default_factory=dict)

    def now(self, person: str) -> str:
        """The id somebody goes by now."""
        return self.survivor.get(person, person)

    def every(self, people: Iterable[str]) -> set[str]:
        """All ids of these people: those asked for, those used now, and those given up."""
        asked = {self.now(person) for person in people}
        return asked | {old for old, now in self.survivor.items() if now in asked}

    def spread(self, found: Mapping[str, Found]) -> dict[str, Found]:
        """What was found by the ids used now, under every id."""
        given_up = {old: found[now] for old, now in self.survivor.items() if now in found}
        return {**found, **given_up}


def names(unit: Unit, people: Iterable[str] | None = None) -> Names:
    """The names of these people, or of everybody; within one unit they are looked up once."""
    asked = None if people is None else frozenset(people)
    known: dict[object, Names] = unit.looked_up.setdefault(person_alias, {})
    if asked not in known:
        known[asked] = _names(unit, asked)
    return known[asked]


def _names(unit: Unit, asked: frozenset[str] | None) -> Names:
    query = select(person_alias)
    if asked is not None:
        theirs = select(person_alias.c.survivor).where(person_alias.c.person_id.in_(asked))
        now = person_alias.c.survivor
        query = query.where(or_(now.in_(asked), now.in_(theirs)))
    return Names({row["person_id"]: row["survivor"] for row in unit.rows(query)})


def new_merges(unit: Unit, merged: Pairs) -> Pairs:
    """Those of the pairs (given up, used now) that the books do not know yet."""
    known = names(unit).survivor
    return [(old, now) for old, now in merged if known.get(old) != now]


def new_splits(unit: Unit, split: Pairs) -> Pairs:
    """Those of the pairs (person, whose keys they were) that the books do not know yet."""
    known = {(row["person_id"], row["came_from"]) for row in unit.rows(select(person_split))}
    return [pair for pair in split if pair not in known]


def keep(unit: Unit, merged: Pairs, split: Pairs) -> None:
    """Keep who turned out to be whom, and whose keys belong to somebody else now."""
    for old, now in merged:
        unit.put(person_alias, {"person_id": old, "survivor": now})
    for person, origin in split:
        unit.add_new(person_split, {"person_id": person, "came_from": origin})
