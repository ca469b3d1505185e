"""Who is held to be one by likeness, and every word about it, in the books.

    propose(unit, pairs, now)             what a look found: pairs to look at, pairs made one
    say(unit, pair, SAME, by, now)        somebody looked; a pair that is DIFFERENT is never asked
    take_back(unit, pair, by, now)        their last word is taken back
    told(unit)                            what was said, for the next look

    parted = no_longer(unit, joins)       whose join has ended: `part` puts back what it did
    joined = stands(unit)                 who is joined with whom, and since when

Ids follow keys: a pair is of the people as keys alone know them, and stays of whom they become.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import fingerprint
from huitou.identity.alike.tables import alike_join, alike_pair, alike_word
from huitou.identity.book import Pairs
from huitou.identity.tables import person_alias
from huitou.store.books import Row, Unit

OPEN, JOINED, SAME, DIFFERENT, UNDONE = "open", "joined", "same", "different", "undone"
ITSELF = "huitou"
"""Who makes two one where they are as like as one."""


@dataclass(frozen=True)
class Alike:
    """A pair that a look found."""

    left: str
    right: str
    weight: float
    chance: float
    fields: Mapping[str, str]
    """Field -> how it agrees."""
    is_one: bool
    """Whether they are one by themselves, unless somebody says otherwise."""

    @property
    def id(self) -> str:
        """The same for the same two."""
        return pair_id(self.left, self.right)


def pair_id(one: str, other: str) -> str:
    """What a pair goes by."""
    return fingerprint("alike", *sorted((one, other)))[:26]


def propose(unit: Unit, found: Sequence[Alike], now: datetime) -> dict[str, int]:
    """Keep what a look found; how many pairs are open, and how many were made one now.

    Nothing is changed of what somebody said. What nobody spoke of and is no longer likely goes.
    """
    known = {row["id"]: row for row in unit.rows(select(alike_pair))}
    counts = {OPEN: 0, JOINED: 0}
    for each in found:
        before = known.pop(each.id, None)
        counts[OPEN] += not each.is_one and (before is None or before["state"] == OPEN)
        counts[JOINED] += _keep(unit, each, before, now)
    for row in known.values():
        if row["state"] in (OPEN, JOINED):
            _end(unit, row, now)
    return counts


def say(unit: Unit, pair: str, word: str, by: str, now: datetime) -> Row:
    """Somebody says that two are the same, or different; the pair as it stands now.

    The same word again changes nothing; another takes the place of the first.
    """
    if word not in (SAME, DIFFERENT):
        raise Refused(f"{word!r} is no answer", to_try=f"{SAME} or {DIFFERENT}")
    row = find(unit, pair)
    if row["state"] != word:
        _set(unit, row, word, word, by, now)
    return find(unit, pair)


def take_back(unit: Unit, pair: str, by: str, now: datetime) -> Row:
    """Take the last word of a pair back: it waits to be looked at again."""
    row = find(unit, pair)
    if row["state"] not in (SAME, DIFFERENT):
        raise Refused("nobody has said anything of these two", to_try="huitou duplicates list")
    last = select(alike_word.c.word).where(alike_word.c.pair_id == pair)
    words = unit.column(last.order_by(alike_word.c.id.desc()).limit(2))
    before = JOINED if len(words) > 1 and words[1] == JOINED else OPEN
    _set(unit, row, before, UNDONE, by, now)
    return find(unit, pair)


def find(unit: Unit, pair: str) -> Row:
    """One pair; an error in words for an unknown id."""
    row = unit.first(select(alike_pair).where(alike_pair.c.id == pair))
    if row is None:
        raise HuitouError(f"there is no pair {pair!r}", to_try="huitou duplicates list")
    return row


def listed(unit: Unit, states: Collection[str], limit: int = 200) -> list[Row]:
    """Pairs in these states, the likeliest first."""
    query = select(alike_pair).where(alike_pair.c.state.in_(sorted(states)))
    order = (alike_pair.c.weight.desc(), alike_pair.c.id)
    return unit.rows(query.order_by(*order).limit(limit))


def counted(unit: Unit) -> dict[str, int]:
    """How many pairs there are in each state."""
    rows = unit.rows(
        select(alike_pair.c.state, func.count().label("n")).group_by(alike_pair.c.state)
    )
    return {row["state"]: row["n"] for row in rows}


def said_of(unit: Unit, pair: str) -> list[Row]:
    """Every word about a pair, in order."""
    query = select(alike_word).where(alike_word.c.pair_id == pair)
    return unit.rows(query.order_by(alike_word.c.id))


@dataclass(frozen=True)
class Told:
    """What people said of pairs, as (person, person)."""

    same: Pairs
    different: Pairs


def told(unit: Unit) -> Told:
    """What counts for the next look."""
    columns = (alike_pair.c.left_id, alike_pair.c.right_id, alike_pair.c.state)
    rows = unit.rows(select(*columns).order_by(alike_pair.c.at, alike_pair.c.id))

    def pairs(state: str) -> Pairs:
        return [(row["left_id"], row["right_id"]) for row in rows if row["state"] == state]

    return Told(pairs(SAME), pairs(DIFFERENT))


def mark(unit: Unit) -> str:
    """Changes with every word that somebody says."""
    query = select(func.count(), func.max(alike_word.c.id)).where(alike_word.c.by != ITSELF)
    return fingerprint(*map(str, unit.execute(query).one()))


# -- who is joined with whom


@dataclass(frozen=True)
class Joins:
    """Who goes by another's id for now."""

    rows: Mapping[str, Row] = field(default_factory=dict)

    def block(self, person: str, now: str) -> str:
        """The id under which keys alone know somebody who goes by `now`."""
        return str(self.rows[person]["block"]) if person in self.rows else now

    def since(self, now: str) -> datetime | None:
        """When the last of those joined under this id was; None where nobody is."""
        moments = [row["at"] for row in self.rows.values() if row["survivor"] == now]
        return max(moments, default=None)


def stands(unit: Unit) -> Joins:
    """Who is joined with whom; within one unit it is looked up once."""
    known = unit.looked_up.setdefault(alike_join, {})
    if None not in known:
        rows = unit.rows(select(alike_join))
        known[None] = Joins({row["person_id"]: row for row in rows})
    found: Joins = known[None]
    return found


def no_longer(unit: Unit, joins: Iterable[tuple[str, str, str]]) -> list[Row]:
    """Joins of the books that are not among these (person, block, survivor) any more."""
    standing = set(joins)
    return [
        row
        for row in stands(unit).rows.values()
        if (row["person_id"], row["block"], row["survivor"]) not in standing
    ]


def part(unit: Unit, ended: Sequence[Row]) -> None:
    """Take joins away, and the names they gave."""
    people = [row["person_id"] for row in ended]
    unit.change(delete(person_alias).where(person_alias.c.person_id.in_(people)))
    unit.change(delete(alike_join).where(alike_join.c.person_id.in_(people)))


def join(unit: Unit, joins: Iterable[tuple[str, str, str]], now: datetime) -> list[str]:
    """Keep joins (person, block, survivor) that are not known yet; whose they are."""
    fresh = [each for each in joins if each[0] not in stands(unit).rows]
    rows = [
        {"person_id": person, "block": block, "survivor": survivor, "at": now, "cases": []}
        for person, block, survivor in fresh
    ]
    if rows:
        unit.add(alike_join, rows)
    return [person for person, _, _ in fresh]


def note_cases(unit: Unit, closed: Mapping[str, Sequence[str]]) -> None:
    """Remember which cases were closed because a person and another were one."""
    for person, cases in closed.items():
        mine = update(alike_join).where(alike_join.c.person_id == person)
        unit.change(mine.values(cases=list(cases)))


# -- inside


def _keep(unit: Unit, each: Alike, before: Row | None, now: datetime) -> bool:
    """Keep a pair as it is likely now; whether it was made one by itself just now."""
    fresh = {"weight": each.weight, "chance": each.chance, "fields": dict(each.fields)}
    state = JOINED if each.is_one else OPEN
    if before is None:
        ids = {"id": each.id, "left_id": each.left, "right_id": each.right}
        row = {**ids, **fresh, "state": state, "by": ITSELF, "at": now}
        unit.add(alike_pair, [row])
        if each.is_one:
            _write(unit, row, JOINED, ITSELF, now)
        return each.is_one
    mine = update(alike_pair).where(alike_pair.c.id == each.id)
    unit.change(mine.values(**fresh))
    if before["state"] in (SAME, DIFFERENT) or before["state"] == state:
        return False
    _set(unit, {**before, **fresh}, state, JOINED if each.is_one else UNDONE, ITSELF, now)
    return each.is_one


def _end(unit: Unit, row: Row, now: datetime) -> None:
    if row["state"] == JOINED or said_of(unit, row["id"]):
        if row["state"] == JOINED:
            _set(unit, row, OPEN, UNDONE, ITSELF, now)
        return
    unit.change(delete(alike_pair).where(alike_pair.c.id == row["id"]))


def _set(unit: Unit, row: Row, state: str, word: str, by: str, now: datetime) -> None:
    changed: dict[str, Any] = {"state": state, "by": by, "at": now}
    unit.change(update(alike_pair).where(alike_pair.c.id == row["id"]).values(**changed))
    _write(unit, row, word, by, now)


def _write(unit: Unit, row: Row, word: str, by: str, now: datetime) -> None:
    said = {"pair_id": row["id"], "word": word, "weight": row["weight"], "by": by, "at": now}
    unit.add(alike_word, [said])
