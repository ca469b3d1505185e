"""The outermost layer of `/p`: how much may come in, how often, and what each answer carries.

Nothing is parsed before it has passed here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from huitou.doors.public.floods import COST, Buckets, household

LARGEST = 16 * 2**20
"""Bytes of a body: three files and the words."""
LARGEST_PLAIN = 256 * 2**10
"""Bytes of a body without files."""
LARGEST_HEAD = 16 * 2**10
"""Bytes of all headers."""
PATIENCE = 300.0
"""Seconds a body may take: a photo over a slow network, not a line held open for ever."""
GRACE = 20.0
"""Seconds in which what is refused may still be sent to its end."""

_HEADERS = (
    # The address of a page is its key: it is told to nobody.
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
_FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")

Refusal = Callable[[Request, int, float], Response]
"""Draws the page that says what went wrong: request, status, seconds to wait."""


class TooMuch(Exception):
    """The body is larger than it may be."""

    def __init__(self, has_more: bool) -> None:
        super().__init__()
        self.has_more = has_more


class Gate:
    """Holds off floods and what is too large; says so in plain words."""

    def __init__(self, app: ASGIApp, refuse: Refusal, buckets: Buckets | None = None) -> None:
        self.app = app
        self.refuse = refuse
        self.buckets = buckets or Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the request, hand it on, and dress the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        dressed = _dressed(send, is_file="/static/" in scope["path"])
        status, wait = self._verdict(scope)
        if status:
            await _discard(receive)
            await self._say(scope, receive, dressed, status, wait)
            return
        counted = _counted(scope, receive)
        try:
            await self.app(scope, counted, dressed)
        except TooMuch as much:
            if much.has_more:
                await _discard(receive)
            await self._say(scope, receive, dressed, 413, 0)
        except TimeoutError:
            await self._say(scope, receive, dressed, 408, 0)

    def _verdict(self, scope: Scope) -> tuple[int, float]:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
            return 431, 0
        declared = _header(scope, b"content-length")
        if declared and (not declared.isdigit() or int(declared) > _most(scope)):
            return 413, 0
        address = household((scope.get("client") or ("unknown", 0))[0])
        cost = COST.get(scope["method"], 1.0)
        wait = self.buckets.take(address, cost, time.monotonic())
        return (429, wait) if wait else (0, 0)

    async def _say(
        self, scope: Scope, receive: Receive, send: Send, status: int, wait: float
    ) -> None:
        answer = self.refuse(Request(scope), status, wait)
        answer.headers["connection"] = "close"
        await answer(scope, receive, send)


def _most(scope: Scope) -> int:
    has_files = _header(scope, b"content-type").startswith(b"multipart/form-data")
    return LARGEST if has_files else LARGEST_PLAIN


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((bytes(value) for name, value in scope["headers"] if name == wanted), b"")


def _counted(scope: Scope, receive: Receive) -> Receive:
    """Receive that never hands on more than may come, nor waits longer than may be."""
    most = _most(scope)
    until = time.monotonic() + PATIENCE
    came = 0
    is_whole = False

    async def counting() -> Message:
        nonlocal came, is_whole
        if is_whole:  # what comes now is only whether the visitor is still there
            return await receive()
        async with asyncio.timeout(max(0.0, until - time.monotonic())):
            message = await receive()
        came += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if came > most:
            raise TooMuch(not is_whole)
        return message

    return counting


async def _discard(receive: Receive) -> None:
    """Let the visitor finish, within bounds: a browser that is cut off shows no answer at all."""
    left = 4 * LARGEST
    try:
        async with asyncio.timeout(GRACE):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _dressed(send: Send, *, is_file: bool) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            keep = (_FOREVER,) if is_file and message["status"] == 200 else ()
            message["headers"] = [*message.get("headers", ()), *_HEADERS, *keep]
        await send(message)

    return dressed
