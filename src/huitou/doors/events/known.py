"""Which write keys and connections are in use, without asking the books for each request."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool

from huitou.sources.live.contract import Connection

FRESH = 1.0
"""Seconds after which the books are asked again: an ended key is refused by then."""

Open = tuple[Mapping[str, Connection], Mapping[str, Connection]]


class Known:
    """All open connections, as the books knew them a moment ago."""

    def __init__(
        self, ask: Callable[[], Open], watch: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._watch = ask, watch
        self._open: Open = ({}, {})
        self._until = float("-inf")
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
        if self._watch() < self._until:
            return
        self._open = await run_in_threadpool(self._ask)
        self._by_key = {}
        self._until = self._watch() + FRESH
