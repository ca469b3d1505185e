"""Why customers leave, as one tree: what they tick, what staff read, what a complaint is about.

    we_failed   product, service, delivery, price, assortment, returned_goods, our_mail
    outside     moved, ill, out_of_work
    no_need     no_longer_needed, gift_season
    habit       habit_stopped, never_hooked
    rival       competitor
    other       unknown, not_lost, leave_me_alone

Complaints, interviews, sorted texts, suspicions and playbooks all speak of these codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

LEAVE_ALONE = "leave_me_alone"
"""The answer that is obeyed at once, on every channel, for ever."""
UNKNOWN = "unknown"
"""An honest class of its own: nobody knows."""

GROUPS: Mapping[str, Sentence] = {
    "we_failed": said("We failed them"),
    "outside": said("Something happened in their life"),
    "no_need": said("They no longer need it"),
    "habit": said("Their habit changed"),
    "rival": said("Somebody else does it better"),
    "other": said("Something else"),
}
"""The first question, as staff read it; in the order it is asked."""


@dataclass(frozen=True)
class Reason:
    """One leaf of the tree."""

    name: str
    group: str
    words: Sentence
    """As staff read it."""
    own: Sentence
    """As the customer ticks it."""


REASONS: Registry[Reason] = Registry("reason")
"""Every reason, in the order in which it is offered."""

for _name, _group, _words, _own in (
    ("product", "we_failed", said("The goods let them down"), said("The goods let me down")),
    ("service", "we_failed", said("They were not treated well"), said("I was not treated well")),
    (
        "delivery",
        "we_failed",
        said("It came late, wrong or broken"),
        said("It came late, wrong or broken"),
    ),
    ("price", "we_failed", said("It became too dear"), said("It became too dear for me")),
    (
        "assortment",
        "we_failed",
        said("What they came for is not sold any more"),
        said("You no longer have what I came for"),
    ),
    (
        "returned_goods",
        "we_failed",
        said("They sent goods back, and it was not put right"),
        said("I sent something back, and it was not put right"),
    ),
    (
        "our_mail",
        "we_failed",
        said("We wrote to them too often"),
        said("You wrote to me too often"),
    ),
    ("moved", "outside", said("They moved away"), said("I moved away")),
    ("ill", "outside", said("They or their family are ill"), said("Illness, mine or in my family")),
    ("out_of_work", "outside", said("They have less to spend"), said("I have less to spend now")),
    (
        "no_longer_needed",
        "no_need",
        said("They do not need it any more"),
        said("I do not need it any more"),
    ),
    (
        "gift_season",
        "no_need",
        said("They only buy gifts, once a year"),
        said("I only buy gifts, once a year"),
    ),
    ("habit_stopped", "habit", said("Their days changed"), said("My days have changed")),
    (
        "never_hooked",
        "habit",
        said("They bought once and did not think of us again"),
        said("It was a single purchase"),
    ),
    (
        "competitor",
        "rival",
        said("Somebody else is nearer, better or cheaper"),
        said("I buy elsewhere now"),
    ),
    ("not_lost", "other", said("They are not lost at all"), said("I have not left at all")),
    (LEAVE_ALONE, "other", said("They want to be left alone"), said("Please leave me alone")),
    (UNKNOWN, "other", said("They would not say"), said("I would rather not say")),
):
    REASONS.add(Reason(_name, _group, _words, _own))

WHYS: Mapping[str, Sentence] = {reason.name: reason.words for reason in REASONS.values()}
"""Code -> what it means, for staff."""


def of_group(group: str) -> tuple[Reason, ...]:
    """The reasons under one branch."""
    return tuple(reason for reason in REASONS.values() if reason.group == group)
