"""Where connected shops, sites and apps tell us by themselves: in front of all other doors.

    POST /v1/track   Authorization: Basic <write key>:     and identify, page, screen, group, alias
    POST /v1/batch   {"writeKey": "…", "batch": […]}       and the short paths /v1/i, /v1/t, …
    POST /v1/webhooks/<connection>                         signed by Shopify, WooCommerce, …

It answers 200 when the request is on the disk as it came, and not before. Before that, only what
the answer needs is looked at: the key or signature, the size, and that it is JSON. What the
messages say is read later; one that cannot be taken is kept with its reason.
"""

from __future__ import annotations

import asyncio
import binascii
import json
import zlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic_core import SchemaValidator, ValidationError, core_schema
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from huitou.doors.events.bell import Bell
from huitou.doors.events.known import Known
from huitou.sources.live.segment import LARGEST_BATCH, LARGEST_EVENT, PATHS

if TYPE_CHECKING:
    from huitou.runs.shop import Shop
    from huitou.sources.live.contract import Connection

LARGEST_HOOK = 2 * 2**20
"""Bytes of a signed message: an order of many lines."""
ROOT, HOOKS, PROJECTS = "/v1/", "/v1/webhooks/", "/v1/projects/"
PLACES: Mapping[str, str] = {f"{ROOT}{short}": kind for short, kind in PATHS.items()}

CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    # Libraries add headers of their own; authorization has to be named even so.
    (b"access-control-allow-headers", b"*, authorization"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"access-control-max-age", b"86400"),
)
"""Whoever has a key may tell from wherever they stand; no cookie is ever read here."""

Headers = Mapping[bytes, bytes]


def _just(**fields: core_schema.CoreSchema) -> core_schema.CoreSchema:
    """An object of which only these fields are made into values: the rest is read past."""
    wanted = {
        name: core_schema.typed_dict_field(schema, required=False)
        for name, schema in fields.items()
    }
    return core_schema.typed_dict_schema(wanted, extra_behavior="ignore")


_KEY = core_schema.str_schema(max_length=200)
_EVENT = SchemaValidator(_just(writeKey=_KEY))
_BATCH = SchemaValidator(_just(writeKey=_KEY, batch=core_schema.list_schema(_just())))


@dataclass(frozen=True)
class Refusal(Exception):
    """Why a request is not kept."""

    status: int
    reason: str


class Events:
    """The door: takes what is told here, and hands everything else on."""

    def __init__(self, app: ASGIApp, shop: Shop) -> None:
        self.app = app
        self._shop = shop
        self._connections = shop.connections
        self._clock = shop.clock
        self._known = Known(self._connections.open_ones)
        self._bell: Bell | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        kind = PLACES.get(path)
        if kind is not None and method == "POST":
            await self._answered(self._told(kind, scope, receive), send)
        elif path.startswith(HOOKS) and method == "POST":
            await self._answered(self._hooked(path.removeprefix(HOOKS), scope, receive), send)
        elif method == "OPTIONS" and (kind is not None or path.startswith(PROJECTS)):
            await _say(send, 204, b"")
        elif method == "GET" and path.startswith(PROJECTS) and path.endswith("/settings"):
            await self._answered(self._settings(path.split("/")[3], scope), send)
        else:
            await self.app(scope, receive, send)

    async def _answered(self, told: Any, send: Send) -> None:
        try:
            answer = await told
        except Refusal as no:
            answer = json.dumps({"success": False, "message": no.reason}).encode()
            await _say(send, no.status, answer)
        else:
            await _say(send, 200, answer)

    # -- the Segment convention

    async def _told(self, kind: str, scope: Scope, receive: Receive) -> bytes:
        headers: Headers = dict(scope["headers"])
        largest = LARGEST_BATCH if kind == "batch" else LARGEST_EVENT
        body = _unpacked(await _read(receive, largest), headers, largest)
        shown = _basic(headers)
        in_body = _checked(body, kind)
        one = await self._known.by_key(shown or in_body or "")
        if one is None:
            raise Refusal(401, "this write key opens nothing")
        await self._kept(one, {"path": kind}, body)
        return b'{"success":true}'

    async def _kept(self, one: Connection, more: Mapping[str, str], body: bytes) -> None:
        bell = self._bell_here()
        waits: asyncio.Future[None] = bell.loop.create_future()
        head = {"by": one.id, "at": self._clock.now().isoformat(), **more}
        self._connections.hand_in(head, body, partial(bell.tell, waits))
        try:
            await waits
        except OSError as full:
            raise Refusal(503, "this could not be kept just now: send it again") from full

    def _bell_here(self) -> Bell:
        loop = asyncio.get_running_loop()
        if self._bell is None or self._bell.loop is not loop:
            self._bell = Bell(loop)
        return self._bell

    async def _settings(self, key: str, scope: Scope) -> bytes:
        """What the script for browsers asks for before it begins: where to tell, and no more.

        It would load parts of itself for whatever else is named here, and report to its maker.
        """
        if await self._known.by_key(key) is None:
            raise Refusal(404, "this write key opens nothing")
        protocol, host = await run_in_threadpool(self._address, scope)
        wanted = {
            "apiKey": key,
            "apiHost": f"{host}{ROOT}".rstrip("/"),
            "protocol": protocol,
            "unbundledIntegrations": [],
            "addBundledMetadata": True,
        }
        told = {"integrations": {"Segment.io": wanted}, "metrics": {"sampleRate": 0}}
        return json.dumps(told).encode()

    def _address(self, scope: Scope) -> tuple[str, str]:
        """(https or http, host) under which this shop is reached."""
        if root := self._shop.settings.public_url:
            protocol, _, host = root.rstrip("/").partition("://")
            return protocol, host
        asked: Headers = dict(scope["headers"])
        return scope["scheme"], asked.get(b"host", b"").decode("latin-1")

    # -- shops that sign

    async def _hooked(self, connection: str, scope: Scope, receive: Receive) -> bytes:
        one = await self._known.by_id(connection)
        if one is None or one.is_key:
            raise Refusal(404, "there is no such connection")
        raw = await _read(receive, LARGEST_HOOK)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in
                   scope["headers"]}  # fmt: skip
        found = await run_in_threadpool(self._signed, one, raw, headers)
        if found is None:
            return b'{"success":true}'
        await self._kept(one, found, raw)
        return b'{"code":0,"msg":"success"}'

    def _signed(
        self, one: Connection, raw: bytes, headers: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        """What a message is about, by a signature that is right; None for a mere greeting."""
        provider = self._connections.signed(one, raw, headers, self._clock.now())
        if provider is None:
            if self._connections.is_greeting(one, raw):
                return None
            raise Refusal(401, "the signature is wrong")
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError) as torn:
            raise Refusal(400, "this is no JSON") from torn
        _checked(raw, "webhook")
        topic = provider.topic(headers, body if isinstance(body, dict) else {})
        return {"topic": topic[:120]}


async def _read(receive: Receive, largest: int) -> bytes:
    """The body as it came; `Refusal` as soon as it is too large."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal(400, "it ended in the middle")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > largest:
                break
        body = b"".join(parts)
    if len(body) > largest:
        raise Refusal(400, f"this is larger than {largest // 1024} KB")
    return body


def _unpacked(body: bytes, headers: Headers, largest: int) -> bytes:
    if headers.get(b"content-encoding", b"").lower() != b"gzip":
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(body, largest + 1)
    except zlib.error as torn:
        raise Refusal(400, "this is no gzip") from torn
    if len(plain) > largest:
        raise Refusal(400, f"this is larger than {largest // 1024} KB")
    if not unpacking.eof:
        raise Refusal(400, "it ended in the middle")
    return plain


def _checked(body: bytes, kind: str) -> str | None:
    """The write key in the body, if any; `Refusal` for what is no JSON object."""
    try:
        found = (_BATCH if kind == "batch" else _EVENT).validate_json(body)
    except ValidationError as wrong:
        if any(each["type"] == "json_invalid" for each in wrong.errors(include_url=False)):
            raise Refusal(400, "this is no JSON") from wrong
        # Rare, and slow: something in it has another type, and that is said of each message.
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as torn:
            raise Refusal(400, "this is no JSON") from torn
    if not isinstance(found, dict):
        raise Refusal(400, "this is no JSON object")
    if kind == "batch" and not isinstance(found.get("batch"), list):
        raise Refusal(400, "it holds no list `batch`")
    key = found.get("writeKey")
    return key if isinstance(key, str) else None


def _basic(headers: Headers) -> str | None:
    """The user of Basic authorization: the write key."""
    way, _, told = headers.get(b"authorization", b"").partition(b" ")
    if way.lower() != b"basic":
        return None
    try:
        user, _, _ = b64decode(told, validate=True).partition(b":")
    except binascii.Error:
        return None
    return user.decode("utf-8", "replace")


async def _say(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), *CORS,
               (b"content-length", str(len(body)).encode())]  # fmt: skip
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
