"""Asking a machine outside the house, where the merchant named one: the only such way out.

Off until an address is set. What leaves is masked before it comes here. The address is resolved
once, each number it resolves to is looked at, and the call goes to that very number: nobody can
answer with another one in between. No redirects; small answers, soon, or none.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from huitou.ground.errors import HuitouError, Refused

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; a code and a number need a hundred."""

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> the addresses it goes by."""


class NoAnswer(HuitouError):
    """The other side did not answer in a way that can be used. Nothing depends on it."""


@dataclass(frozen=True)
class Outside:
    """A machine that speaks the way OpenAI's does, at an address the merchant named."""

    url: str
    """Of its API, as its makers name it: https://…/v1"""
    model: str
    key: str | None = None
    private_host: str | None = None
    """A host inside the merchant's own network that may be called; no other may."""
    timeout: float = TIMEOUT_SECONDS
    resolve: Resolve | None = None
    """Stands in for the system's own resolver in tests."""

    def ask(self, system: str, words: str) -> str:
        """The machine's answer to `words`, as text. Raises `NoAnswer`, or `Refused` by a rule."""
        body = {
            "model": self.model,
            "temperature": 0,
            "max_tokens": 60,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": words},
            ],
        }
        told = self._post("/chat/completions", body)
        try:
            answer = told["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as unread:
            raise NoAnswer("the model outside answered in another form") from unread
        if not isinstance(answer, str):
            raise NoAnswer("the model outside answered in another form")
        return answer

    def _post(self, path: str, body: Any) -> Any:
        import httpx

        pinned, host = self.pinned(path)
        headers = {"host": host, "content-type": "application/json", "accept-encoding": "identity"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        name = urlsplit(self.url).hostname or ""
        try:
            with (
                httpx.Client(
                    timeout=self.timeout, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    "POST",
                    pinned,
                    content=json.dumps(body, ensure_ascii=False).encode(),
                    headers=headers,
                    extensions={"sni_hostname": name},
                ) as answer,
            ):
                return _read(answer)
        except httpx.HTTPError as failed:
            raise NoAnswer(
                f"the model outside cannot be reached: {type(failed).__name__}"
            ) from failed

    def pinned(self, path: str) -> tuple[str, str]:
        """The address with the number it resolves to in place of its name, and the name.

        Raises `Refused` for anything but https, and for numbers inside a network that the merchant
        did not name; plain http is for the machine itself.
        """
        parts = urlsplit(self.url.rstrip("/") + path)
        host = parts.hostname or ""
        if parts.username or parts.password or parts.scheme not in ("http", "https") or not host:
            raise Refused("the model outside needs an address like https://host/v1")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        numbers = [ipaddress.ip_address(each) for each in (self.resolve or _resolve)(host, port)]
        if not numbers:
            raise NoAnswer(f"{host} is not known")
        for number in numbers:
            self._check(host, number, parts.scheme)
        shown = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])
        return urlunsplit((parts.scheme, f"{shown}:{port}", parts.path, "", "")), parts.netloc

    def _check(
        self, host: str, number: ipaddress.IPv4Address | ipaddress.IPv6Address, scheme: str
    ) -> None:
        inner = getattr(number, "ipv4_mapped", None) or number
        if scheme == "http" and not inner.is_loopback:
            raise Refused(
                "texts leave this machine over https only", to_try="an address with https://"
            )
        named = host in ITSELF if inner.is_loopback else inner.is_private
        if named and (inner.is_loopback or host == self.private_host):
            return
        if not inner.is_global or inner.is_multicast or _tunnels(inner):
            raise Refused(
                f"{host} leads into a network of its own, and is not called",
                to_try=f"huitou settings set text_model_private_host {host}",
            )


ITSELF = ("localhost", "127.0.0.1", "::1")
"""Names that say openly that they are this machine: no other name may lead here."""


_TUNNELS = tuple(
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Numbers that hide an older number within: NAT64, 6to4, Teredo."""


def _tunnels(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(number.version == each.version and number in each for each in _TUNNELS)


def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise NoAnswer(f"{host} is not known") from unknown
    return [str(each[4][0]) for each in found]


def _read(answer: Any) -> Any:
    if answer.status_code != 200:
        raise NoAnswer(f"the model outside answered {answer.status_code}")
    taken = b""
    for piece in answer.iter_bytes():
        taken += piece
        if len(taken) > LARGEST_ANSWER:
            raise NoAnswer("the model outside answered too much")
    try:
        return json.loads(taken)
    except ValueError as unread:
        raise NoAnswer("the model outside answered in another form") from unread
