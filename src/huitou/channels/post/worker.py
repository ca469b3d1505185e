"""One worker: while some messages are on the wire, the words of the next are made.

    worker = Worker(books, carrier, write, way, clock)
    worker.work(until=moment)             # until nothing is due, or told to end

Every round is one transaction (`book.turn`). Kill it anywhere: what was marked is in doubt, what
was not is free again when its lease runs out.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from huitou.channels.contract import Carrier, End, Handed, Outcome, Parcel
from huitou.channels.post import book
from huitou.channels.post.book import Done, HeldOut, Ready, Turn
from huitou.channels.post.rules import Way
from huitou.ground.clock import Clock
from huitou.ground.errors import Busy, Refused
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import new_id

if TYPE_CHECKING:
    from huitou.store.books import Books, Row

LONGEST_SLEEP = 0.5
"""Seconds between looks while nothing may go yet; a stop is seen at least so often."""

TIDIES_EACH = timedelta(seconds=10)
"""How long between two looks through all that waits."""

PACE_SECONDS = 2.0
"""A channel whose next message may go within this time is waited for."""


@dataclass(frozen=True)
class Words:
    """A claimed message, written: its parcel, or why there is none."""

    ready: Ready
    parcel: Parcel | None = None


class Write(Protocol):
    """Makes the words of claimed messages; see `runs.desks.sending`."""

    def __call__(self, rows: Sequence[Row], now: datetime) -> list[Words]:
        """One for each, in their order."""
        ...


@dataclass
class Tally:
    """What one worker did."""

    handed: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    stopped: bool = False

    def count(self, handed: Sequence[Handed]) -> None:
        """Add what became of a batch."""
        self.handed += sum(each.outcome.stage != "waiting" for each in handed)
        for each in handed:
            name = each.outcome.end.value
            self.ends[name] = self.ends.get(name, 0) + 1


class Worker:
    """Hands over what is due on one channel.

    `halted` sees a stop that needs no books; `held_out` knows whom the lot of the year holds out.
    """

    def __init__(
        self,
        books: Books,
        carrier: Carrier,
        write: Write,
        way: Way,
        clock: Clock,
        *,
        halted: Callable[[], bool] = lambda: False,
        held_out: HeldOut = book.nobody,
        name: str | None = None,
    ) -> None:
        self._books, self._carrier, self._write = books, carrier, write
        # Whoever begins at the end of the lease still has the whole time that one message may take.
        self._way = replace(way, lease=way.lease + timedelta(seconds=carrier.longest))
        self._clock, self._halted = clock, halted
        self._held_out = held_out
        self._over = threading.Event()
        self._tidied_at: datetime | None = None
        self.name = name or new_id()

    def end(self) -> None:
        """Finish the batch and go."""
        self._over.set()

    def work(self, *, patience: float = 0.0, seconds: float | None = None) -> Tally:
        """Work until nothing is due within `patience` seconds, or all is stopped.

        After `seconds` nothing more is claimed: what was begun is finished.
        """
        tally, done, words = Tally(), list[Done](), list[Words]()
        until = time.monotonic() + (math.inf if seconds is None else seconds)
        with ThreadPoolExecutor(1, "post") as wire:
            while True:
                claims = not self._over.is_set() and time.monotonic() < until
                turn = self._turn(done, [each.ready for each in words], claims=claims)
                tally.stopped |= turn.stopped
                go = [each for each in words if each.ready.id in turn.go]
                handing = self._hand(wire, go, turn)
                words = self._write(turn.claimed, self._clock.now()) if turn.claimed else []
                handed = handing.result() if handing else []
                failpoint("post.handed")
                tally.count(handed)
                done = [
                    Done(each.ready.id, each.ready.fence, one)
                    for each, one in zip(go, handed, strict=True)
                ]
                if not done and not words and not self._wait(turn, patience):
                    break
        self._carrier.close()
        return tally

    def _turn(self, done: Sequence[Done], ready: Sequence[Ready], *, claims: bool) -> Turn:
        now = self._clock.now()
        tidies = self._tidied_at is None or abs(now - self._tidied_at) >= TIDIES_EACH
        for _ in range(20):
            try:
                with self._books.unit() as unit:
                    turn = book.turn(
                        unit, self._way, done, ready, now, self.name,
                        halted=self._halted(), claims=claims, tidies=tidies,
                        held_out=self._held_out,
                    )  # fmt: skip
                self._tidied_at = now if tidies else self._tidied_at
                return turn
            except (Busy, Refused):  # others are quicker; nothing of this turn happened
                self._over.wait(0.05)
        raise Busy("the books are too busy to send anything", to_try="huitou send")

    def _hand(
        self, wire: ThreadPoolExecutor, words: Sequence[Words], turn: Turn
    ) -> Future[list[Handed]] | None:
        parcels = [each.parcel for each in words if each.parcel is not None]
        if not parcels:
            return None
        last = turn.lease_until - timedelta(seconds=self._carrier.longest)

        def may() -> bool:
            # By the clock, before each: whoever slept past the lease begins nothing more.
            return self._clock.now() < last and not self._halted()

        return wire.submit(self._carry, parcels, may)

    def _carry(self, parcels: Sequence[Parcel], may: Callable[[], bool]) -> list[Handed]:
        try:
            return self._carrier.carry(parcels, may)
        except Exception as bug:  # a carrier's own bug: what it did is unknown, and said so
            unclear = Handed(Outcome(End.IN_DOUBT, "carrier", f"{type(bug).__name__}: {bug}"))
            return [unclear for _ in parcels]

    def _wait(self, turn: Turn, patience: float) -> bool:
        """Whether it is worth staying; sleeps a little when it is."""
        # A pace that lets one go every so often is no reason to leave.
        soon = max(patience, PACE_SECONDS)
        if turn.stopped or self._over.is_set() or turn.wait is None or turn.wait > soon:
            return False
        before = self._clock.now()
        self._over.wait(min(LONGEST_SLEEP, max(turn.wait or 0.0, 0.005)))
        # What a clock that stands, or was set back, has not let go yet is left to the next worker.
        return self._clock.now() > before
