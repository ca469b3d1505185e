"""What a fix is, and whom it concerns: rules without a book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from huitou.care.reasons import REASONS
from huitou.ground.errors import BadInput

NO_FAULT = frozenset({"unknown", "not_lost", "leave_me_alone"})
"""Answers that name nothing that could be mended."""

MENDABLE = tuple(
    name
    for name, reason in REASONS.items()
    if reason.group not in ("outside", "no_need") and name not in NO_FAULT
)
"""Causes a shop can do something about: its own failures, habits, and rivals."""

STEPS = ("ordering", "paying", "packing", "delivering", "serving", "returning", "writing")
"""Steps of the work in which a fix may lie."""

SUSPECTED = 0.5
"""Who said nothing is told of a fix only where its cause is likelier than all others together."""


@dataclass(frozen=True)
class Fix:
    """What was mended: of which cause, where, when, by whom, and what it is hoped to take away."""

    cause: str
    words: str
    owner: str
    made_on: date
    product: str | None = None
    store: str | None = None
    step: str | None = None
    expected: float | None = None
    """Share of the cause that is hoped to go away, in (0, 1]."""

    def check(self, today: date) -> None:
        """Raise a plain sentence for the first thing that cannot stand."""
        if self.cause not in MENDABLE:
            raise BadInput(
                f"{self.cause!r} cannot be mended", to_try=f"one of: {', '.join(MENDABLE)}"
            )
        if not self.words.strip() or len(self.words) > 200:
            raise BadInput("what was mended is said in 1 to 200 letters: customers read it")
        if not self.owner.strip() or len(self.owner) > 120:
            raise BadInput("a fix has an owner")
        if self.made_on > today:
            raise BadInput("a fix is entered once it is made, not before", to_try=today.isoformat())
        if self.step is not None and self.step not in STEPS:
            raise BadInput(f"there is no step {self.step!r}", to_try=f"one of: {', '.join(STEPS)}")
        if self.expected is not None and not 0 < self.expected <= 1:
            raise BadInput("what a fix takes away is a share above 0 and up to 1", to_try="0.3")


@dataclass(frozen=True)
class Hurt:
    """Somebody whom a cause hurt: they said so, or the orders make it likely."""

    person_id: str
    cause: str
    on: date
    """The day they said so, or last bought."""
    said: bool
    product: str | None = None
    store: str | None = None


@dataclass(frozen=True)
class Due:
    """A fix somebody is to be told of."""

    fix_id: str
    said: bool


def to_tell(
    fixes: Sequence[Mapping[str, Any]],
    hurt: Sequence[Hurt],
    bought: Mapping[str, Set[str]],
    stores: Mapping[str, str | None],
    informed: Set[tuple[str, str]],
) -> dict[str, Due]:
    """person -> the fix to tell them of: the latest made since that mends what hurt them.

    Args:
        fixes: rows of the book.
        hurt: who was hurt by what, and when.
        bought: product -> who ever bought it, for the products that fixes name.
        stores: person -> their store.
        informed: (fix, person) pairs of those who know.
    """
    latest = sorted(fixes, key=lambda each: (each["made_on"], each["at"], each["id"]))
    found: dict[str, Due] = {}
    for each in latest:
        for one in hurt:
            if (each["id"], one.person_id) in informed or not _mends(each, one, bought, stores):
                continue
            before = found.get(one.person_id)
            said = one.said or (before is not None and before.fix_id == each["id"] and before.said)
            found[one.person_id] = Due(each["id"], said)
    return found


def _mends(
    fix: Mapping[str, Any],
    one: Hurt,
    bought: Mapping[str, Set[str]],
    stores: Mapping[str, str | None],
) -> bool:
    if fix["cause"] != one.cause or one.on > fix["made_on"]:
        return False
    product, store = fix["product"], fix["store"]
    theirs = product is None or product == one.product or one.person_id in bought.get(product, ())
    here = store is None or store in (one.store, stores.get(one.person_id))
    return theirs and here
