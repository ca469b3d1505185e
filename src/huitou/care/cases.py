"""When a lost customer becomes a case, what to ask them, and what an answer is: pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huitou.care.reasons import WHYS
from huitou.ground.words import Sentence, said

ASK: Mapping[str, Sentence] = {
    "returned_goods": said("Did we put it right when you sent something back?"),
    "price": said("Did our prices keep you away?"),
    "assortment": said("Was there something you looked for and did not find?"),
    "habit_stopped": said("Do you still need what you used to buy from us?"),
    "one_purchase": said("How was your first order with us? What would have made it better?"),
    "never_hooked": said("How was your first order with us? What would have made it better?"),
    "gift_season": said("Shall we remind you before the next season for gifts?"),
    "unknown": said("What would make you come back?"),
}
"""Suspected cause -> the question that would settle it."""

WHERE_TO = said("Where do you buy these things now?")
"""Asked of everybody: no list of orders can tell."""

MAX_SUSPECTS = 3


@dataclass(frozen=True)
class Suspect:
    """One cause that the facts point to, with its posterior."""

    cause: str
    posterior: float


@dataclass(frozen=True)
class NewCase:
    """A lost customer worth asking: `worth` is what they would be worth if kept, minor units."""

    person_id: str
    as_of: date
    worth: int
    suspects: tuple[Suspect, ...] = ()
    opened_by: str | None = None
    """Who of the staff opened it by hand; None where a run did."""


@dataclass(frozen=True)
class Answer:
    """What the customer said, as staff wrote it down."""

    why: str
    where_to: str | None = None
    words: str | None = None

    def __post_init__(self) -> None:
        """Refuse an answer that is none of the list."""
        if self.why not in WHYS:
            raise ValueError(f"{self.why!r} is not one of {', '.join(WHYS)}")


def worth_asking(
    people: Iterable[Mapping[str, Any]], as_of: date, *, line: int, most: int
) -> list[NewCase]:
    """The cases to open: lost, worth at least `line`, the worthiest `most` of them.

    Args:
        people: rows with person_id, stage, value_if_kept (minor units), and `suspects`, a list of
            (cause, posterior) pairs that may be absent.
        as_of: the last day known.
        line: least worth of a case, minor units; below it asking costs more than it brings.
        most: how many cases staff can take up.
    """
    lost = [row for row in people if row["stage"] == "lost" and row["value_if_kept"] >= line]
    lost.sort(key=lambda row: (-row["value_if_kept"], row["person_id"]))
    return [_case(row, as_of) for row in lost[:most]]


def questions(suspects: Iterable[Suspect]) -> tuple[Sentence, ...]:
    """What to ask, likeliest cause first, without asking anything twice; then where they went."""
    asked = [ASK.get(suspect.cause, ASK["unknown"]) for suspect in suspects] or [ASK["unknown"]]
    distinct = {sentence.text: sentence for sentence in asked}
    return (*distinct.values(), WHERE_TO)


def _case(row: Mapping[str, Any], as_of: date) -> NewCase:
    ranked = sorted(row.get("suspects") or (), key=lambda pair: -pair[1])[:MAX_SUSPECTS]
    suspects = tuple(Suspect(cause, posterior) for cause, posterior in ranked)
    return NewCase(row["person_id"], as_of, int(row["value_if_kept"]), suspects)
