"""What the books know of somebody follows them when they turn out to be another, and back.

Merges by keys are for good: what either asked for is said anew for the one who stays. Two who are
one by likeness, or by somebody's word, may be two again: nothing is written for them that could not
be taken back, so parting them restores every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from huitou.care import book as care
from huitou.identity import book as identity
from huitou.identity.alike import book as alike
from huitou.runs.work import Result

if TYPE_CHECKING:
    from huitou.store.books import Unit


@dataclass(frozen=True)
class Told:
    """What the lake says of who is who."""

    merged: identity.Pairs
    """(given up, used now), joined ones among them."""
    split: identity.Pairs
    joined: Sequence[tuple[str, str, str]]
    """(person, the id under which keys know them, used now)."""


def follow(unit: Unit, told: Told, now: datetime) -> Result:
    """Let the books follow; how many ids moved, by keys and by likeness."""
    back = _part(unit, told)
    joined = {person for person, _, _ in told.joined}
    merged = identity.new_merges(unit, told.merged)
    split = identity.new_splits(unit, told.split)
    # Who comes back to the name that keys gave them was followed there before.
    by_keys = [pair for pair in merged if pair[0] not in joined | back]
    moved = [*by_keys, *((origin, person) for person, origin in split)]
    silenced = care.follow(unit, moved, now)
    fresh = alike.join(unit, told.joined, now)
    identity.keep(unit, merged, split)
    doubles = care.close_doubles(unit, now)
    _note(unit, doubles)
    return {
        "rows": len(moved),
        "silenced": silenced,
        "closed": len(doubles),
        "joined": len(fresh),
        "parted": len(back),
    }


def _part(unit: Unit, told: Told) -> set[str]:
    """Take back what joins did that no longer hold; of whom."""
    ended = alike.no_longer(unit, told.joined)
    alike.part(unit, ended)
    for row in ended:
        for case in row["cases"]:
            care.reopen(unit, case)
    return {row["person_id"] for row in ended}


def _note(unit: Unit, closed: Sequence[tuple[str, str]]) -> None:
    """Which of the closed cases are open again when a join ends: those of whoever it joined."""
    joins = alike.stands(unit).rows
    names = identity.names(unit)
    cases: dict[str, list[str]] = {}
    for case, person in closed:
        now = names.now(person)
        whose = person if person in joins else next(
            (each for each, row in joins.items() if row["survivor"] == now), None
        )  # fmt: skip
        if whose is not None:
            cases.setdefault(whose, [*joins[whose]["cases"]]).append(case)
    alike.note_cases(unit, cases)
