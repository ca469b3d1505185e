"""Who has chores done while the house is open: looks what is due, takes it, does it, says how.

    with Foreman(shop).at_work():      # APScheduler wakes it; the books decide who does what
        wait()

Any number of them may be at work, in one process or in many: see `book`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from huitou.ground.errors import Busy, HuitouError, NotYet
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import new_id
from huitou.runs.chores import Chore, chores
from huitou.runs.schedule import book, slots

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

BEAT_SECONDS = 5.0
"""How often whoever does a chore says so."""
STILL_SECONDS = 60.0
"""After so long without a beat, watched by one's own watch, a process is called gone."""
DAILY_LOOK = 60
"""Seconds between two looks whether a chore of the day is due."""

log = logging.getLogger("huitou.foreman")


@dataclass(frozen=True)
class Fired:
    """What became of one look at a chore."""

    chore: str
    state: str
    """not_due, taken (somebody else), done, not_yet, failed, lost."""
    did: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None


class Foreman:
    """Has the chores of one shop done, under one name, until it is stopped."""

    def __init__(
        self,
        shop: Shop,
        *,
        all_chores: tuple[Chore, ...] | None = None,
        watch: Callable[[], float] = time.monotonic,
        beat_seconds: float = BEAT_SECONDS,
        tell: Callable[[Fired], None] | None = None,
    ) -> None:
        self.name = new_id()
        self._shop = shop
        self._chores = chores() if all_chores is None else all_chores
        self._watch = watch
        self._beat_seconds = beat_seconds
        self._tell = tell or (lambda _fired: None)
        self._seen: dict[str, tuple[int, int, float]] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """At work in the background until the block ends; what is being done is ended first."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        pool = {"default": ThreadPoolExecutor(max(2, len(self._chores)))}
        # Missed looks are one look; a chore that takes longer than its span is not begun twice.
        ways = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        waker = BackgroundScheduler(timezone=UTC, executors=pool, job_defaults=ways)
        for chore in self._chores:
            seconds = DAILY_LOOK if chore.at else chore.every.total_seconds()
            waker.add_job(partial(self.look, chore), "interval", seconds=seconds, id=chore.name)
        # That a look is left out while a chore is still being done is meant, and no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        waker.start()
        try:
            yield
        finally:
            waker.shutdown(wait=True)

    def look_at_all(self) -> tuple[Fired, ...]:
        """Do everything that is due now, one after the other."""
        return tuple(self.look(chore) for chore in self._chores)

    def look(self, chore: Chore) -> Fired:
        """Do a chore if it is due and nobody has it; what became of it. Raises nothing."""
        try:
            fired = self._look(chore)
        except (Busy, NotYet) as later:
            fired = Fired(chore.name, "not_yet", reason=str(later))
        except Exception as unforeseen:
            log.exception("the chore %s could not be looked at", chore.name)
            fired = Fired(chore.name, "failed", reason=str(unforeseen))
        self._tell(fired)
        return fired

    def _look(self, chore: Chore) -> Fired:
        now = self._shop.clock.now()
        slot = self._slot(chore, now)
        if slot is None:
            return Fired(chore.name, "not_due")
        with self._shop.books.unit() as unit:
            taken = book.begin(unit, chore.name, slot, self.name, now)
        if taken is None:
            self._mind(chore, now)
            return Fired(chore.name, "taken")
        failpoint("chore.begun")
        return self._do(chore, taken, now)

    def _slot(self, chore: Chore, now: datetime) -> datetime | None:
        if chore.at is None:
            return slots.every(chore.every, now)
        at = chore.at(self._shop.settings)
        return slots.daily(at, self._shop.settings.zone, now) if at is not None else None

    def _do(self, chore: Chore, taken: int, now: datetime) -> Fired:
        over = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(taken, over), daemon=True)
        pulse.start()
        try:
            fired = Fired(chore.name, "done", chore.do(self._shop, now))
        except (Busy, NotYet) as later:
            fired = Fired(chore.name, "not_yet", reason=str(later))
        except HuitouError as refused:
            log.warning("%s: %s", chore.name, refused)
            fired = Fired(chore.name, "failed", reason=str(refused))
        except Exception as unforeseen:
            log.exception("the chore %s failed", chore.name)
            fired = Fired(chore.name, "failed", reason=repr(unforeseen))
        finally:
            over.set()
            pulse.join()
        return self._ended(fired, taken)

    def _ended(self, fired: Fired, taken: int) -> Fired:
        failed = fired.reason if fired.state == "failed" else None
        with self._shop.books.unit() as unit:
            now = self._shop.clock.now()
            mine = book.end(unit, taken, self.name, now, did=fired.did, failed=failed)
        return fired if mine else Fired(fired.chore, "lost", reason="it was taken by another")

    def _pulse(self, taken: int, over: threading.Event) -> None:
        while not over.wait(self._beat_seconds):
            try:
                with self._shop.books.unit() as unit:
                    if not book.beat(unit, taken, self.name):
                        return
            except Busy:
                continue

    def _mind(self, chore: Chore, now: datetime) -> None:
        """Watch whoever has the chore; call them lost when their beats stood still for long."""
        with self._shop.books.reading() as unit:
            row = book.running(unit, chore.name)
        if row is None:
            self._seen.pop(chore.name, None)
            return
        fired, beats, moment = row["id"], row["beats"], self._watch()
        before = self._seen.get(chore.name)
        if before is None or before[:2] != (fired, beats):
            self._seen[chore.name] = (fired, beats, moment)
        elif moment - before[2] >= STILL_SECONDS:
            with self._shop.books.unit() as unit:
                book.call_lost(unit, fired, beats, now)
            self._seen.pop(chore.name, None)
