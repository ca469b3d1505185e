"""What can be done for a customer: the list of acts, what each costs, and whom it may reach."""

from __future__ import annotations

from dataclasses import dataclass

from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

STAGES = ("new", "active", "loyal", "slipping", "lost", "returned")
"""Stages of a customer, as the facts judge them."""

LEAVING = frozenset({"slipping", "lost"})
"""Private return offers go only to these, so that no regular ever pays more than a newcomer."""


@dataclass(frozen=True)
class Act:
    """One thing that can be done. Two offers of another depth are two acts of one kind."""

    name: str
    kind: str
    """nothing, thank, remind, mended, offer or call: chooses the letter."""
    claim: Sentence
    """What it is, for the merchant."""
    depth: float = 0.0
    """Share taken off one order, in [0, 1); 0 for all but offers."""
    by_phone: bool = False
    staff_minutes: float = 0.0
    """Minutes of staff for a call, or for a letter on paper; e-mail takes none."""
    attention: float = 0.0
    """Share of the person's value that being addressed once is taken to cost (see `price`)."""
    stages: frozenset[str] = frozenset(STAGES)
    """Stages in which the act is allowed at all."""


ACTS: Registry[Act] = Registry("act")
"""Every act huitou knows. `nothing` comes first and is always allowed."""

NOTHING = ACTS.add(Act("nothing", "nothing", said("Leave them in peace")))

LETTER_MINUTES = 0.5
"""Fold, stamp and post one printed letter."""
CALL_MINUTES = 10.0
"""Look up, call (or try twice), write down what was said."""
LETTER_ATTENTION = 0.001
"""One in 500 addressed in vain asks for silence, and half of what they were worth goes with it."""

PRIOR_LETTERS = 500
"""Letters that the prior weighs: after as many of its own, the shop's figure counts half."""
SILENCED_BY = 1 / 500
"""Share of letters that the prior takes to be answered by asking for silence."""


def measured_attention(letters: int, silences: int) -> float:
    """How many times the prior it costs this shop to address somebody, shrunken towards 1.

    `letters` have left the house and `silences` people asked to be left alone soon after one.
    """
    share = (SILENCED_BY * PRIOR_LETTERS + silences) / (PRIOR_LETTERS + letters)
    return share / SILENCED_BY


ACTS.add(
    Act(
        "thank",
        "thank",
        said("A thank-you note that asks for nothing"),
        staff_minutes=LETTER_MINUTES,
        attention=LETTER_ATTENTION / 2,
    )
)
ACTS.add(
    Act(
        "remind",
        "remind",
        said("A reminder of what they usually buy"),
        staff_minutes=LETTER_MINUTES,
        attention=LETTER_ATTENTION,
    )
)
ACTS.add(
    Act(
        "mended",
        "mended",
        said("Word that what hurt them is mended, once for each fix"),
        staff_minutes=LETTER_MINUTES,
        attention=LETTER_ATTENTION / 2,
    )
)
for _percent in (5, 10, 15, 20):
    ACTS.add(
        Act(
            f"offer_{_percent}",
            "offer",
            said("A private return offer: {percent} % off one order", percent=_percent),
            depth=_percent / 100,
            staff_minutes=LETTER_MINUTES,
            attention=LETTER_ATTENTION,
            stages=LEAVING,
        )
    )
ACTS.add(
    Act(
        "call",
        "call",
        said("A call by staff"),
        by_phone=True,
        staff_minutes=CALL_MINUTES,
        attention=2 * LETTER_ATTENTION,
    )
)
