"""What every answer carries and every change must show, so that no page can forget it."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from huitou.doors.console.visit import SESSION, token_for
from huitou.ground.errors import Refused

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No inline script, no inline style, no eval, nothing from elsewhere."""

_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Headers:
    """Puts the security headers on every answer, and keeps pages out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and dress the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_file = scope["path"].startswith("/static/")
        keep = b"public, max-age=31536000, immutable" if is_file else b"no-store"

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                named = {name for name, _ in said}
                # What customers open may be stricter: its own word stands.
                usual = (*_HEADERS, (b"cache-control", keep))
                message["headers"] = [*said, *(each for each in usual if each[0] not in named)]
            await send(message)

        await self.app(scope, receive, dressed)


async def own_changes_only(request: Request) -> None:
    """Refuse a change that another site's page asks for (cross-site request forgery).

    The browser's own word for where a request comes from must say it is ours; and with a session
    the form must carry the session's token, in a field or, from htmx, in a header.
    """
    if request.method not in _UNSAFE:
        return
    if not _is_from_here(request):
        raise Refused("this change came from another site")
    session = request.cookies.get(SESSION)
    if not session:
        return
    shown = request.headers.get("x-csrf-token") or (await request.form()).get("csrf", "")
    if not hmac.compare_digest(str(shown).encode(), token_for(session).encode()):
        raise Refused("this page is too old; open it again and repeat the change")


def _is_from_here(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host")
    return request.headers.get("sec-fetch-site") in ("same-origin", "none")
