"""What a channel is: it takes one message and says what became of it, and never guesses.

The four ends are those of TRUST C.1. A channel that cannot tell whether a message was taken
answers `in_doubt`; nothing in doubt is ever sent again by the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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
