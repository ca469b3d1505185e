"""What is done with a message whose end is unclear, or that failed safely: by its kind.

                     unclear end                 failed safely
marketing, service   in doubt, for people        again, later each time, five times in all
transactional mail   again (it may come twice)   the same
webhook              again (its id keeps it one) the same
any SMS, WeCom, …    in doubt: each is paid for  the same
"""

from __future__ import annotations

from datetime import timedelta

from huitou.ground.ids import lot

TRIES = 5
"""After so many safe failures that were about the recipient a message is given up."""

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=4)
"""How long the first failure makes a message wait, and the longest it ever waits."""

REST_FIRST, REST_LONGEST = timedelta(seconds=5), timedelta(minutes=10)
"""The same for a whole channel whose other side cannot be reached."""


def repeats(channel: str, purpose: str) -> bool:
    """Whether a message with an unclear end is handed over again."""
    return channel == "webhook" or (channel == "email" and purpose == "transactional")


def pause(sending_id: str, attempt: int) -> timedelta:
    """How long a message waits after its `attempt`-th failure: doubled each time, spread by lot."""
    whole: timedelta = min(LONGEST, FIRST * (1 << min(attempt, 20)))
    return whole * (0.75 + 0.5 * lot("post.pause", sending_id, str(attempt)))


def rest(failures: int) -> timedelta:
    """How long a channel rests after so many failures in a row."""
    return min(REST_LONGEST, REST_FIRST * (1 << min(failures - 1, 20)))
