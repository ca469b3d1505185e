"""The only way by which the house calls another machine over HTTP.

    answer = Egress().call("POST", "https://api.example/send", headers, body)

The address is resolved once, each number it resolves to is looked at, and the call goes to that
very number: nobody can answer with another one in between. No redirects; https only, but for the
machine itself; small answers, soon, or none. What went wrong says whether it may have been heard:

    NotSent     no line, no name, no encryption, a rule said no: surely not heard
    Unclear     the line broke, or nobody answered in time: it may have been heard
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from huitou.ground.errors import HuitouError, Refused

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; a code and a number need a hundred."""

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> the addresses it goes by."""

Number = ipaddress.IPv4Address | ipaddress.IPv6Address

ITSELF = ("localhost", "127.0.0.1", "::1")
"""Names that say openly that they are this machine: no other name may lead here."""

_TUNNELS = tuple(
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Numbers that hide an older number within: NAT64, 6to4, Teredo."""


class NotSent(HuitouError):
    """Surely not heard by the other side."""


class Unclear(HuitouError):
    """It may have been heard: nobody can say."""


class Barred(Refused):
    """An address that is not called, whatever stands behind it. `host` is what it named."""

    def __init__(self, sentence: str, host: str, *, to_try: str | None = None) -> None:
        super().__init__(sentence, to_try=to_try)
        self.host = host


@dataclass(frozen=True)
class Answer:
    """What came back, as far as it was read."""

    status: int
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    whole: bool = True
    """Whether the body was read to its end."""

    @property
    def retry_after(self) -> float | None:
        """Seconds it asks to be left alone; None where it does not say."""
        told = self.headers.get("retry-after", "")
        return min(float(told), 3600.0) if told.isdigit() else None


@dataclass
class Egress:
    """A way out, with its lines kept open between calls. `close` when done."""

    timeout: float = TIMEOUT_SECONDS
    private_host: str | None = None
    """A host inside the merchant's own network that may be called; no other may."""
    resolve: Resolve | None = None
    """Stands in for the system's own resolver in tests."""
    largest: int = LARGEST_ANSWER
    _client: httpx.Client | None = field(default=None, repr=False)

    def call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """One call. Raises `NotSent`, `Unclear`, or `Barred` by a rule of the house."""
        import httpx

        at, host = self.pinned(url)
        name = urlsplit(url).hostname or ""
        told = {**headers, "host": host, "accept-encoding": "identity"}
        try:
            with self._open().stream(
                method, at, content=body, headers=told, extensions={"sni_hostname": name}
            ) as answer:
                return self._read(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failed:
            raise NotSent(f"{name} cannot be reached: {type(failed).__name__}") from failed
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as failed:
            raise NotSent(f"{name} cannot be called so: {type(failed).__name__}") from failed
        except httpx.HTTPError as failed:
            raise Unclear(f"{name} did not answer: {type(failed).__name__}") from failed

    def pinned(self, url: str) -> tuple[str, str]:
        """The address with the number it resolves to in place of its name, and the name.

        Raises `Barred` for anything but https, and for numbers inside a network that the merchant
        did not name; plain http is for the machine itself.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.username or parts.password or parts.scheme not in ("http", "https") or not host:
            raise Barred("it needs an address like https://host/path", host)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Barred("it needs an address like https://host/path", host) from None
        numbers = [ipaddress.ip_address(each) for each in (self.resolve or _resolve)(host, port)]
        if not numbers:
            raise NotSent(f"{host} is not known")
        for number in numbers:
            self._check(host, number, parts.scheme)
        shown = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])
        there = urlunsplit((parts.scheme, f"{shown}:{port}", parts.path, parts.query, ""))
        return there, parts.netloc

    def close(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _open(self) -> httpx.Client:
        import httpx

        if self._client is None:
            self._client = httpx.Client(
                timeout=self.timeout, follow_redirects=False, trust_env=False
            )
        return self._client

    def _read(self, answer: Any) -> Answer:
        import httpx

        until, taken, whole = time.monotonic() + self.timeout, b"", True
        try:
            for piece in answer.iter_raw():
                taken += piece
                if len(taken) > self.largest or time.monotonic() > until:
                    whole = False
                    break
        except httpx.HTTPError:
            whole = False
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, told, taken[: self.largest], whole)

    def _check(self, host: str, number: Number, scheme: str) -> None:
        inner = getattr(number, "ipv4_mapped", None) or number
        if scheme == "http" and not inner.is_loopback:
            raise Barred(
                "texts leave this machine over https only", host, to_try="an address with https://"
            )
        named = host in ITSELF if inner.is_loopback else inner.is_private
        if named and (inner.is_loopback or host == self.private_host):
            return
        if not inner.is_global or inner.is_multicast or _tunnels(inner):
            raise Barred(f"{host} leads into a network of its own, and is not called", host)


def _tunnels(number: Number) -> bool:
    return any(number.version == each.version and number in each for each in _TUNNELS)


def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise NotSent(f"{host} is not known") from unknown
    return [str(each[4][0]) for each in found]
