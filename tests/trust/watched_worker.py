"""`huitou worker`, as it is, in a town where an hour can pass at once and a bell is rung.

    python -m tests.trust.watched_worker HOME

The clock is the machine's, and as many seconds ahead as the file `AHEAD` in the shop's folder says.
Who stands still is called lost after seconds, not after a minute. The bell is a chore that is not
safe to do twice: each of its moments must have one line in the file `BELL`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from huitou.ground import clock
from huitou.runs import chores
from huitou.runs.schedule import foreman, slots

AHEAD = "ahead"
BELL = "bell"
EVERY = timedelta(seconds=1)
BEAT_SECONDS = 0.2
STILL_SECONDS = 4.0
LOOKS = 10
"""So many times more often than in a shop somebody looks whether a chore is due."""


def ring(shop: Any, now: datetime) -> dict[str, int]:
    """One line for this second, and whose it is."""
    with (shop.home / BELL).open("a", encoding="utf-8") as out:
        out.write(f"{slots.every(EVERY, now).isoformat()} {os.getpid()}\n")
    return {}


def watched(home: Path) -> None:
    """Make this process such a worker's."""
    wall, shipped = clock.WallClock.now, chores.chores
    ahead = home / AHEAD

    def now(self: clock.WallClock) -> datetime:
        return wall(self) + timedelta(seconds=float(ahead.read_text(encoding="utf-8")))

    clock.WallClock.now = now
    bell = chores.Chore("bell", EVERY, ring)
    foreman.chores = lambda: (*shipped(), bell)
    foreman.STILL_SECONDS = STILL_SECONDS
    _look_often()


def _look_often() -> None:
    from apscheduler.schedulers.background import BackgroundScheduler

    add: Callable[..., Any] = BackgroundScheduler.add_job

    def often(self: Any, job: Any, kind: str, *, seconds: float, **more: Any) -> Any:
        return add(self, job, kind, seconds=seconds / LOOKS, **more)

    BackgroundScheduler.add_job = often
    told = foreman.Foreman.__init__.__kwdefaults__
    assert told is not None
    told["beat_seconds"] = BEAT_SECONDS


if __name__ == "__main__":
    from huitou.doors.cli.main import main

    watched(Path(sys.argv[1]))
    main(["--home", sys.argv[1], "worker"])
