"""How much a stranger may send: whoever shows no session and no token is read a page of, no more.

A body is read before the page that it is for asks who sends it; so this stands before all pages.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 64 * 2**10
"""Bytes of a body from somebody unknown: a form to sign in, and some more."""
ELSEWHERE = "/p/"
"""What customers open has a gate of its own."""

Knows = Callable[[Request], bool]
"""Whether a request shows a session or a token that is in use."""


class _TooMuch(Exception):
    """A stranger sends more than is read from strangers."""


class Strangers:
    """Reads a large body only from whom the house knows."""

    def __init__(self, app: ASGIApp, knows: Knows) -> None:
        self.app = app
        self.knows = knows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; 413 where a stranger's body is too large."""
        if scope["type"] != "http" or scope["path"].startswith(ELSEWHERE):
            await self.app(scope, receive, send)
            return
        request, came, is_known, is_over = Request(scope), 0, False, False

        async def counted() -> Message:
            nonlocal came, is_known, is_over
            message = await receive()
            came += len(message.get("body", b""))
            if came > LARGEST and not is_known:
                is_known = await run_in_threadpool(self.knows, request)
                is_over = not is_known
                if is_over:
                    raise _TooMuch
            return message

        async def sent(message: Message) -> None:
            # Whoever was reading may have made an answer of its own of it.
            if not is_over:
                await send(message)

        with suppress(_TooMuch):
            await self.app(scope, counted, sent)
        if is_over:
            answer = PlainTextResponse("Sign in first: this is too large.", 413)
            answer.headers["connection"] = "close"
            await answer(scope, receive, send)
