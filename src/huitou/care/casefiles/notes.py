"""What staff write into the file of a lost customer: kinds of notes, and what a note must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huitou.care.reasons import WHYS
from huitou.ground.errors import BadInput
from huitou.ground.money import LARGEST
from huitou.ground.words import Sentence, said

KINDS: Mapping[str, Sentence] = {
    "call": said("Called"),
    "message": said("Wrote to them"),
    "found": said("Found"),
    "done": said("Done about it"),
    "lesson": said("Lesson for us"),
    "note": said("Note"),
}
"""Kind of a note -> what it is called; in the order of the work."""

LONGEST_DAY = 24 * 60
"""Minutes: nobody worked longer than a day on one line of a file."""


@dataclass(frozen=True)
class Note:
    """One line of a case file, as somebody of the staff wrote it."""

    kind: str
    words: str
    minutes: int = 0
    """Staff time it took."""
    cost: int = 0
    """Money out of pocket beside staff time, in minor units."""
    cause: str | None = None
    """What is held for the cause now (`found`), or what the lesson is about (`lesson`)."""

    def __post_init__(self) -> None:
        """Refuse what cannot stand in a file."""
        if self.kind not in KINDS:
            raise BadInput(
                f"{self.kind!r} is no kind of note", to_try=f"one of: {', '.join(KINDS)}"
            )
        if not self.words.strip() and not (self.kind == "found" and self.cause):
            raise BadInput("a note without words says nothing", to_try="one sentence")
        if not 0 <= self.minutes <= LONGEST_DAY or not 0 <= self.cost <= LARGEST:
            raise BadInput(
                f"{self.minutes} minutes and {self.cost} of cost cannot be",
                to_try="minutes of one day, and what was paid",
            )
        if self.cause is not None and self.cause not in WHYS:
            raise BadInput(f"{self.cause!r} is no cause", to_try=f"one of: {', '.join(WHYS)}")
        if self.kind == "found" and self.cause is None:
            raise BadInput(
                "what was found must name the cause", to_try=f"one of: {', '.join(WHYS)}"
            )
