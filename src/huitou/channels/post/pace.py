"""How fast a channel may go: tokens that come back with time, a quarter second's worth at most."""

from __future__ import annotations

import math
from dataclasses import dataclass

WHOLE = 1000
"""Tokens are kept in thousandths of a message, whole numbers on every database."""

BURST_SECONDS = 0.25
"""With a whole second's worth the first second after a pause went half as fast again as allowed."""


@dataclass(frozen=True)
class Pace:
    """Tokens at a moment, for a rate in messages a second."""

    rate: float
    tokens: int
    at: int
    """Milliseconds since 1970."""

    @property
    def most(self) -> int:
        """The most tokens that are saved up: at least one message's."""
        return max(WHOLE, int(self.rate * BURST_SECONDS * WHOLE))

    def now(self, moment: int) -> Pace:
        """The same at another moment. A clock that went back gives no tokens, and takes none."""
        gained = int(max(0, moment - self.at) * self.rate)
        if moment < self.at or self.tokens + gained >= self.most:
            return Pace(self.rate, min(self.most, self.tokens + gained), moment)
        # What is too short a time for a thousandth of a message counts the next time.
        return Pace(self.rate, self.tokens + gained, self.at + math.ceil(gained / self.rate))

    @property
    def messages(self) -> int:
        """How many may go."""
        return self.tokens // WHOLE

    def without(self, messages: int) -> Pace:
        """After so many have gone."""
        return Pace(self.rate, self.tokens - messages * WHOLE, self.at)

    def seconds_until(self, messages: int) -> float:
        """How long until so many may go, or as many as ever at once."""
        wanted = min(self.most, messages * WHOLE)
        return max(0.0, (wanted - self.tokens) / (self.rate * WHOLE))
