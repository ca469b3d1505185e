"""Which write keys and connections are in use, without asking the books for each request."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool

from huitou.sources.live.contract import Connection

FRESH = 1.0
"""Seconds for which an answer of the books counts: an ended key is refused by then."""
AHEAD = 0.5
"""The part of that time after which they are asked again, while the last answer still counts."""

Open = tuple[Mapping[str, Connection], Mapping[str, Connection]]


class Known:
    """All open connections, as the books knew them a moment ago.

    However many requests are under way, the books are asked once, and before anybody has to wait.
    """

    def __init__(
        self, ask: Callable[[], Open], watch: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._watch = ask, watch
        self._open: Open = ({}, {})
        self._asked = float("-inf")
        """When the books answered last."""
        self._asking: asyncio.Task[None] | None = None
        self._by_key: dict[str, Connection] = {}
        """Keys that were shown and found: hashing is spared, and nobody can fill it up."""

    async def by_key(self, key: str) -> Connection | None:
        """The connection with this write key."""
        await self._look()
        found = self._by_key.get(key)
        if found is None and key:
            hashed = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
            found = self._open[0].get(hashed)
            if found is not None:
                self._by_key[key] = found
        return found

    async def by_id(self, name: str) -> Connection | None:
        """The connection with this id."""
        await self._look()
        return self._open[1].get(name)

    async def _look(self) -> None:
        age = self._watch() - self._asked
        if age >= FRESH * AHEAD and not self._is_asking():
            self._asking = asyncio.create_task(self._ask_again())
        if age >= FRESH and self._asking is not None:
            # Whoever leaves in the meantime does not take the answer from the others.
            await asyncio.shield(self._asking)

    def _is_asking(self) -> bool:
        asking = self._asking
        if asking is None or asking.done():
            return False
        return asking.get_loop() is asyncio.get_running_loop()

    async def _ask_again(self) -> None:
        self._open = await run_in_threadpool(self._ask)
        self._by_key = {}
        self._asked = self._watch()
