"""What can come of a call, what each outcome means for the list, and when to try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from huitou.care.reasons import WHYS
from huitou.ground.errors import BadInput
from huitou.ground.words import Sentence, said

OUTCOMES: Mapping[str, Sentence] = {
    "will_come": said("Reached, and will come"),
    "answered": said("Reached, and said why"),
    "not_reached": said("Not reached"),
    "call_back": said("Call back on a day"),
    "wrong_number": said("Wrong number"),
    "silence": said("Wants no calls or letters"),
}
"""Code of an outcome -> its words; in the order of the buttons."""

ENDS: Mapping[str, str] = {
    "will_come": "done",
    "answered": "done",
    "not_reached": "tried",
    "call_back": "reached",
    "wrong_number": "dropped",
    "silence": "dropped",
}
"""Outcome -> the state the call is in afterwards."""

SPOKEN = ("will_come", "answered", "call_back")
"""Outcomes of a call in which something can have been promised."""

OPEN = ("todo", "tried", "reached")
"""States in which a call is still to be made."""

MOST_TRIES = 3
"""Rung in vain so often, a call is given up: a fourth time is a nuisance, not a service."""
DAYS_BETWEEN = (1, 3)
"""Days until the second and the third try: another day of the week, and another hour."""

DROPPED: Mapping[str, Sentence] = {
    "silence": said("They asked to be left alone."),
    "held_out": said("Held out by lot: nobody calls them."),
    "wrong_number": said("The number is not theirs."),
    "not_reached": said("Not reached after several tries."),
    "case_over": said("Their case is over."),
    "no_phone": said("There is no phone number."),
    "too_late": said("The plan that meant the call is too old."),
}
"""Why a call was taken off the list."""


@dataclass(frozen=True)
class Outcome:
    """What came of one call, as the clerk wrote it down."""

    code: str
    words: str | None = None
    minutes: int = 0
    next_day: date | None = None
    """When to call again; only for `not_reached` and `call_back`."""
    why: str | None = None
    """The reason they gave; needed for `answered`."""
    where_to: str | None = None
    offer_id: str | None = None
    """The offer that was promised, if one was."""

    def __post_init__(self) -> None:
        """Refuse an outcome that cannot stand."""
        if self.code not in OUTCOMES:
            raise BadInput(
                f"{self.code!r} is no outcome of a call", to_try=f"one of: {', '.join(OUTCOMES)}"
            )
        if self.code == "answered" and self.why is None:
            raise BadInput("an answer must say why", to_try=f"one of: {', '.join(WHYS)}")
        if self.why is not None and self.why not in WHYS:
            raise BadInput(f"{self.why!r} is no answer", to_try=f"one of: {', '.join(WHYS)}")
        if self.code == "call_back" and self.next_day is None:
            raise BadInput("to call back one needs a day", to_try="the day they named")
        if not 0 <= self.minutes <= 24 * 60:
            raise BadInput(f"{self.minutes} minutes cannot be", to_try="minutes of one day")


def state_after(outcome: Outcome, tries: int) -> str:
    """The state of a call after an outcome; `tries` counts this one."""
    if outcome.code == "not_reached" and tries >= MOST_TRIES:
        return "dropped"
    return ENDS[outcome.code]


def due_after(outcome: Outcome, tries: int, today: date) -> date | None:
    """When the call is due again; None when it is over. A day that is past means tomorrow."""
    if state_after(outcome, tries) not in OPEN:
        return None
    usual = today + timedelta(days=DAYS_BETWEEN[min(tries, len(DAYS_BETWEEN)) - 1])
    if outcome.next_day is None:
        return usual
    return max(outcome.next_day, today + timedelta(days=1))
