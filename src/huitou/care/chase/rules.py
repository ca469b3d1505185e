"""Do not chase: who is left for good, and who is left until a date. Rules as values.

never         abusive                  staff say so, with their reason; somebody looks again
not for now   rival, life_changed      with the date to look again; they may come back any day
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from huitou.ground.errors import BadInput
from huitou.ground.words import Sentence, said

NEVER = "never"
NOT_NOW = "not_now"

REVIEW_DAYS: Mapping[str, int] = {"abusive": 365, "rival": 180, "life_changed": 180}
"""When somebody looks again, where nobody names a day."""

WHYS: Mapping[str, tuple[str, Sentence]] = {
    "abusive": (NEVER, said("Abusive: takes advantage, threatens, or insults staff")),
    "rival": (NOT_NOW, said("A rival is clearly better for them")),
    "life_changed": (NOT_NOW, said("Their life has changed")),
}
"""Why somebody is not chased -> for how long, and its words."""

LEAST_WORDS = 10
MOST_WORDS = 1_000


@dataclass(frozen=True)
class Mark:
    """What staff say when they mark somebody."""

    why: str
    words: str
    """What happened, so that whoever reviews it can judge."""
    review_on: date

    @property
    def holds(self) -> str:
        """`NEVER` or `NOT_NOW`."""
        return WHYS[self.why][0]


def mark(why: str, words: str, review_on: date | None, today: date) -> Mark:
    """A mark that can stand. Raises `BadInput` in words for one that cannot."""
    if why not in WHYS:
        raise BadInput(f"{why!r} is no reason not to chase somebody", to_try=", ".join(WHYS))
    told = " ".join(words.split())
    if not LEAST_WORDS <= len(told) <= MOST_WORDS:
        raise BadInput("say in a sentence what happened: somebody will judge by it")
    until = review_on or today + timedelta(days=REVIEW_DAYS[why])
    if until <= today:
        raise BadInput(f"{until} is not ahead: it is the day to look again", to_try="a later day")
    return Mark(why, told, until)
