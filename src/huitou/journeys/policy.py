"""What may still stop a letter between the plan and the post: rules as a pure function.

The plan respected them too, when it was drafted; between then and now somebody may have asked for
silence, a complaint may have come, or a case may have been opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from huitou.ground.words import Sentence, said
from huitou.journeys.messages import Recipient

WHY_NOT: Mapping[str, Sentence] = {
    "held_out": said("Held out by lot: nothing may be sent."),
    "silent": said("They asked to be left alone."),
    "never": said("Staff marked them as not to be chased."),
    "let_go": said("They were let go: nothing that sells, and no gift, reaches them for a time."),
    "open_case": said("Their case is open: its owner speaks to them."),
    "open_complaint": said("Their complaint is open: they are promoted nothing meanwhile."),
    "not_for_now": said("They said why they stay away: not before the date to look again."),
    "no_channel": said("There is no address they may be reached at any more."),
    "bound": said("With what they hold already it would pass the bound."),
    "rests": said("They had a return offer not long ago, or a smaller one would be nothing."),
    "told": said("They were told already that it is mended."),
    "late": said("What it offers has ended before it could leave."),
}
"""Code of a rule that stopped a message -> its words."""


@dataclass(frozen=True)
class Standing:
    """How things stand with the people of one chunk, now."""

    silent: Set[tuple[str, str]]
    """(person, channel) that may not be used."""
    open_cases: Set[str]
    holds: Mapping[str, int]
    """What each person holds of us, in minor units."""
    complaints: Set[str] = frozenset()
    """Who waits for an answer to a complaint."""
    never: Set[str] = frozenset()
    """Whom staff marked as never to be chased."""
    let_go: Set[str] = frozenset()
    """Who is given nothing for a time."""
    resting: Set[str] = frozenset()
    """Who is not to be chased for now."""
    mended: Mapping[str, Any] = field(default_factory=dict)
    """person -> the fix they are to be told of, and were not."""
    by_hand: bool = True
    """Whether a letter may be handed over in the shop where no postal address is known."""


def stopped_by(
    decision: Mapping[str, Any], recipient: Recipient | None, standing: Standing
) -> str | None:
    """The rule that stops this decision now, or None when it may go on."""
    person, channel = decision["person_id"], decision["channel"]
    if decision["arm"] != "treated":
        return "held_out"
    if person in standing.never:
        return "never"
    if person in standing.let_go:
        return "let_go"
    if (person, channel) in standing.silent:
        return "silent"
    if person in standing.complaints and channel != "call":
        return "open_complaint"
    if decision["act"] == "mended" and person not in standing.mended:
        return "told"
    if person in standing.open_cases and channel != "call":
        return "open_case"
    if person in standing.resting:
        return "not_for_now"
    if recipient is None or not reachable(recipient, channel, standing.by_hand):
        return "no_channel"
    if standing.holds.get(person, 0) + decision["worst_cost"] > decision["bound"]:
        return "bound"
    return None


def reachable(recipient: Recipient, channel: str, by_hand: bool) -> bool:
    """Whether there is what the channel needs: for paper an address, or leave to hand it over."""
    paper = by_hand or recipient.address
    needed = {"email": recipient.email, "call": recipient.phone, "paper": paper}
    return bool(needed.get(channel))
