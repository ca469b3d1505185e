"""E-mail for parcels of the outbox: several lines to the mail server, kept open between mails.

Threads, not an event loop: the dialogue of `channels.email` knows its stage at every moment, and
so it is one dialogue, tested once, for letters of a plan and for these. A line spends its time
waiting for the server; four to eight of them carry more than a thousand mails a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from huitou.channels.contract import NOT_BEGUN, End, Handed, Outcome, Parcel
from huitou.channels.email import ADDRESS, Email, Mailbox
from huitou.channels.mime import Head, Unfit
from huitou.ground.clock import Clock
from huitou.journeys.messages import plain

OURS = ("connect", "tls", "login", "mail")
"""Stages at which a failure says nothing about the recipient."""

STEPS = 6
"""A mail has so many answers to wait for, each at most the mailbox's timeout."""


class Mailing:
    """E-mail through one mailbox by several lines."""

    name = "email"

    def __init__(self, box: Mailbox, head: Head, clock: Clock, lines: int = 4) -> None:
        self._box, self._head, self._clock = box, head, clock
        self._count = lines
        self._lines: list[Email] = []
        self._pool: ThreadPoolExecutor | None = None

    @property
    def longest(self) -> float:
        """Seconds one mail may take."""
        return self._box.timeout * STEPS

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Hand these over, each line its share."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._count, "mail")
        # A line that was down is tried again with every batch, once.
        self._lines = [line if not line.is_down else Email(self._box) for line in self._lines]
        self._lines += [Email(self._box) for _ in range(self._count - len(self._lines))]
        now, handed = self._clock.now(), [NOT_BEGUN] * len(parcels)
        shares = [range(place, len(parcels), self._count) for place in range(self._count)]

        def share(line: Email, places: range) -> None:
            for place in places:
                if not go():
                    return
                handed[place] = self._hand(line, parcels[place], now)
                if handed[place].ours:
                    return

        list(self._pool.map(share, self._lines, shares))
        return handed

    def close(self) -> None:
        """Hang up."""
        for line in self._lines:
            line.close()
        self._lines = []
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _hand(self, line: Email, parcel: Parcel, now: datetime) -> Handed:
        if not (parcel.to.isascii() and ADDRESS.fullmatch(parcel.to)):
            words = f"{plain(parcel.to)!r} is not an address"
            return Handed(Outcome(End.REFUSED, "address", words))
        try:
            content = self._head.mail(parcel, now)
        except Unfit as unfit:
            return Handed(Outcome(End.REFUSED, "header", str(unfit)))
        outcome = line.post(parcel.to, content)
        return Handed(
            outcome,
            self._head.message_id(parcel.id) if outcome.end is End.ACCEPTED else None,
            ours=outcome.end is End.RETRY_SAFE and outcome.stage in OURS,
        )
