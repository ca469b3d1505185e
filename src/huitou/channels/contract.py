"""What a channel is: it takes one message and says what became of it, and never guesses.

The four ends are those of TRUST C.1. A channel that cannot tell whether a message was taken
answers `in_doubt`; nothing in doubt is ever sent again by the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from huitou.journeys.messages import Message


class End(StrEnum):
    """What became of one hand-over."""

    ACCEPTED = "accepted"
    """Taken: by the mail server, or written to its file."""
    REFUSED = "refused"
    """Not taken, and never will be."""
    IN_DOUBT = "in_doubt"
    """It may have been taken. Only a provider's report or a human settles it."""
    RETRY_SAFE = "retry_safe"
    """Surely not taken; the same again later."""


@dataclass(frozen=True)
class Outcome:
    """The end of one hand-over, how far it came, and the reason as the other side gave it."""

    end: End
    stage: str
    reason: str | None = None


class Channel(Protocol):
    """A way out of the house. `name` is the channel a message is written for."""

    @property
    def name(self) -> str:
        """email, paper or call."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether a hand-over cut off half-way may simply be done again: files yes, mail never."""
        ...

    @property
    def batch(self) -> int:
        """How many messages one durable marker covers: so many may be in doubt after a crash."""
        ...

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        """Hand one message over. Raises nothing that the other side could cause."""
        ...

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        """Called when all is handed over, with everything accepted so far; safe to repeat."""
        ...


@dataclass(frozen=True)
class Parcel:
    """One message of the outbox `sending`, with its words, ready to be handed over."""

    id: str
    """The sending's own: Message-ID, client reference, and idempotency key are made of it."""
    person_id: str
    channel: str
    purpose: str
    template: str
    to: str
    """Where it goes: an address, a number, an openid; empty for paper."""
    language: str
    subject: str
    text: str
    html: str = ""
    name: str = ""
    address: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the template was told, with values as people read them."""
    unsubscribe: str = ""
    """One-click address by which the recipient ends messages of this kind; empty: none."""
    by: str = ""
    """The colleague who hands it over, where the channel works through one."""


@dataclass(frozen=True)
class Handed:
    """What became of one parcel."""

    outcome: Outcome
    reference: str | None = None
    """The provider's own name of it."""
    wait: float | None = None
    """Seconds the other side wants to be left alone."""
    ours: bool = False
    """The failure is about us (no line, a wrong password, a stop), not about the recipient: it
    counts as no attempt, and the whole channel rests."""


class Carrier(Protocol):
    """A way out for parcels of the outbox."""

    @property
    def name(self) -> str:
        """The channel it serves."""
        ...

    @property
    def longest(self) -> float:
        """Seconds one hand-over may take at most."""
        ...

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Hand these over, and say of each what became of it, in their order.

        `go` is asked before each: when it says no, the rest was surely not sent. Raises nothing
        that the other side could cause.
        """
        ...

    def close(self) -> None:
        """Nothing more for now."""
        ...


NOT_BEGUN = Handed(Outcome(End.RETRY_SAFE, "waiting", "it was not begun"), ours=True)
"""Of a parcel whose turn had not come when sending stopped."""


def one_by_one(
    parcels: Sequence[Parcel], go: Callable[[], bool], hand: Callable[[Parcel], Handed]
) -> list[Handed]:
    """Hand parcels over one after the other, as a carrier with one line does.

    After a failure that is ours the others are not tried: they would fail the same way.
    """
    handed: list[Handed] = []
    for parcel in parcels:
        down = bool(handed) and handed[-1].ours
        handed.append(NOT_BEGUN if down or not go() else hand(parcel))
    return handed
