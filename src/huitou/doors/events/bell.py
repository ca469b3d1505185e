"""From the thread that writes to the loop that answers: it is woken once for all that is kept."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

Failed = BaseException | None


class Bell:
    """Hands on what became of requests that were written together.

    A group of them is on the disk at once; a call to the loop for each would cost more than its
    answer does.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._told: deque[tuple[asyncio.Future[None], Failed]] = deque()
        self._rung = False

    def tell(self, waits: asyncio.Future[None], failed: Failed) -> None:
        """Let the waiting one go on, from whatever thread; `failed` is what went wrong."""
        self._told.append((waits, failed))
        if self._rung:
            return
        self._rung = True
        # A house that is being closed has no loop any more, and nobody who waits.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        # First this: whatever is told from here on rings again.
        self._rung = False
        while self._told:
            waits, failed = self._told.popleft()
            if waits.done():
                continue
            if failed is None:
                waits.set_result(None)
            else:
                waits.set_exception(OSError(str(failed)))
