"""Which keys are in use: the books are asked seldom, and once for all who are under way."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime

import pytest
from tests.loops import awaited

from huitou.doors.events.known import AHEAD, FRESH, Known
from huitou.sources.live.contract import Connection

ONE = Connection("c-1", "server", "web", "web", None, datetime(2026, 1, 1))


class Books:
    """Books that know one connection by its id, until it is ended; and a watch."""

    def __init__(self) -> None:
        self.now, self.asked, self.ended = 0.0, 0, False
        self.may_answer = threading.Event()
        self.may_answer.set()

    def open_ones(self) -> tuple[dict[str, Connection], dict[str, Connection]]:
        self.asked += 1
        assert self.may_answer.wait(5)
        return {}, {} if self.ended else {ONE.id: ONE}

    def known(self) -> Known:
        return Known(self.open_ones, lambda: self.now)


def test_a_hundred_requests_ask_the_books_once() -> None:
    books = Books()

    async def come() -> list[Connection | None]:
        known = books.known()
        return await asyncio.gather(*(known.by_id(ONE.id) for _ in range(100)))

    assert awaited(come()) == [ONE] * 100
    assert books.asked == 1


def test_they_are_asked_again_before_anybody_has_to_wait() -> None:
    books = Books()

    async def come() -> None:
        known = books.known()
        await known.by_id(ONE.id)
        books.now = FRESH * (1 + AHEAD) / 2
        books.may_answer.clear()
        assert await asyncio.wait_for(known.by_id(ONE.id), 1) == ONE
        assert await asyncio.wait_for(known.by_id(ONE.id), 1) == ONE
        books.may_answer.set()
        async with asyncio.timeout(10):
            while books.asked < 2:
                await asyncio.sleep(0.001)

    awaited(come())


def test_an_ended_key_is_refused_when_the_time_is_over() -> None:
    books = Books()

    async def come() -> tuple[Connection | None, Connection | None]:
        known = books.known()
        await known.by_id(ONE.id)
        books.ended = True
        books.now = FRESH * AHEAD / 2
        early = await known.by_id(ONE.id)
        books.now = FRESH
        return early, await known.by_id(ONE.id)

    assert awaited(come()) == (ONE, None)


def test_whoever_leaves_does_not_take_the_answer_from_the_others() -> None:
    books = Books()
    books.may_answer.clear()

    async def come() -> Connection | None:
        known = books.known()
        first = asyncio.create_task(known.by_id(ONE.id))
        second = asyncio.create_task(known.by_id(ONE.id))
        await asyncio.sleep(0.01)
        first.cancel()
        books.may_answer.set()
        return await second

    assert awaited(come()) == ONE
    assert books.asked == 1


def test_books_that_cannot_be_read_are_asked_again_by_the_next() -> None:
    books = Books()

    def locked() -> tuple[dict[str, Connection], dict[str, Connection]]:
        if books.asked == 0:
            books.asked += 1
            raise OSError("the books are locked")
        return books.open_ones()

    async def come() -> Connection | None:
        known = Known(locked, lambda: books.now)
        with pytest.raises(OSError, match="locked"):
            await known.by_id(ONE.id)
        return await known.by_id(ONE.id)

    assert awaited(come()) == ONE
