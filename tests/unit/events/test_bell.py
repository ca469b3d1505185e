"""What is kept is told to all who wait for it, with one call to their loop."""

from __future__ import annotations

import asyncio
import threading

import pytest
from tests.loops import awaited

from huitou.doors.events.bell import Bell


def test_a_whole_group_is_answered_and_the_loop_is_called_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def come() -> tuple[list[object], int]:
        loop, calls = asyncio.get_running_loop(), []
        real = loop.call_soon_threadsafe

        def counted(*what: object) -> object:
            calls.append(what)
            return real(*what)  # type: ignore[arg-type]  # passed on as it came

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        bell = Bell(loop)
        waits = [loop.create_future() for _ in range(50)]
        for place, one in enumerate(waits):
            bell.tell(one, OSError("the disk is full") if place == 7 else None)
        found = await asyncio.gather(*waits, return_exceptions=True)
        return found, len(calls)

    found, calls = awaited(come())
    assert calls == 1
    assert [str(each) for each in found if each is not None] == ["the disk is full"]
    assert str(found[7]) == "the disk is full"


def test_nobody_is_forgotten_while_two_threads_tell() -> None:
    async def come() -> int:
        loop = asyncio.get_running_loop()
        bell = Bell(loop)
        waits = [loop.create_future() for _ in range(20_000)]

        def tell(some: list[asyncio.Future[None]]) -> None:
            for one in some:
                bell.tell(one, None)

        halves = [threading.Thread(target=tell, args=(waits[n::2],)) for n in (0, 1)]
        for each in halves:
            each.start()
        await asyncio.wait_for(asyncio.gather(*waits), 30)
        return sum(one.done() for one in waits)

    assert awaited(come()) == 20_000


def test_a_house_that_is_closed_is_told_nothing_and_nothing_breaks() -> None:
    async def come() -> tuple[Bell, asyncio.Future[None]]:
        loop = asyncio.get_running_loop()
        return Bell(loop), loop.create_future()

    bell, waits = awaited(come())
    bell.tell(waits, None)
    assert not waits.done()
